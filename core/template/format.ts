import { type FloatVerb, formatFloat } from "./float.ts";
import { isPrintable, quoteRune, quoteText } from "./quote.ts";
import { encodeText, runesOf } from "./text.ts";

/** Flags, width and precision of a verb. */
export interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`: fields with their names. */
  plusV: boolean;
  /** `%#v`: as Go source. */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** The flags of a verb that has none. */
export function noFlags(): Flags {
  return {
    plus: false,
    minus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

/** `text` filled up to the width; zeros only on the left. */
export function padded(text: string, flags: Flags, zero = flags.zero): string {
  if (flags.width === undefined || text.length >= 2 * flags.width) return text;
  const missing = flags.width - runesOf(text).length;
  if (missing <= 0) return text;
  if (flags.minus) return text + " ".repeat(missing);
  return (zero ? "0" : " ").repeat(missing) + text;
}

/** `text` cut to the precision, in characters. */
function truncated(text: string, flags: Flags): string {
  if (flags.precision === undefined) return text;
  return Array.from(text).slice(0, flags.precision).join("");
}

/** `%t` */
export function formatBool(value: boolean, flags: Flags): string {
  return padded(String(value), flags);
}

/** `%s` */
export function formatText(text: string, flags: Flags): string {
  return padded(truncated(text, flags), flags);
}

/** `%q` */
export function formatQuoted(text: string, flags: Flags): string {
  const shown = truncated(text, flags);
  const raw = flags.sharp && canBackquote(shown);
  return padded(raw ? `\`${shown}\`` : quoteText(shown, flags.plus), flags);
}

function canBackquote(text: string): boolean {
  return !/[^\P{Cc}\t]|[`\ufeff]|\p{Cs}/u.test(text);
}

/** `%x`, `%X` of a text: its bytes. */
export function formatBytes(text: string, flags: Flags, upper: boolean): string {
  const all = encodeText(text);
  const bytes = flags.precision === undefined ? all : all.subarray(0, flags.precision);
  const prefix = flags.sharp ? (upper ? "0X" : "0x") : "";
  const pairs = Array.from(bytes, (byte) => hex(byte, upper).padStart(2, "0"));
  if (pairs.length === 0) return padded("", flags);
  return padded(flags.space ? pairs.map((pair) => prefix + pair).join(" ") : prefix + pairs.join(""), flags);
}

function hex(value: number | bigint, upper: boolean): string {
  const digits = value.toString(16);
  return upper ? digits.toUpperCase() : digits;
}

/** An integer in a base; `verb` decides over capitals and the prefix of `%O`. */
export function formatInteger(
  value: bigint,
  flags: Flags,
  { base, verb }: { readonly base: 2 | 8 | 10 | 16; readonly verb: string },
): string {
  const negative = value < 0n;
  const size = negative ? -value : value;
  if (flags.precision === 0 && size === 0n) return " ".repeat(flags.width ?? 0);
  let least = flags.precision ?? 0;
  if (flags.precision === undefined && flags.zero && !flags.minus && flags.width !== undefined) {
    least = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
  }
  let digits = size.toString(base).padStart(least, "0");
  if (verb === "X") digits = digits.toUpperCase();
  if (flags.sharp && base === 2) digits = `0b${digits}`;
  if (flags.sharp && base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
  if (flags.sharp && base === 16) digits = `${verb === "X" ? "0X" : "0x"}${digits}`;
  if (verb === "O") digits = `0o${digits}`;
  const sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  return padded(sign + digits, flags, false);
}

/** `%c` */
export function formatRune(code: number, flags: Flags): string {
  return padded(String.fromCodePoint(isRune(code) ? code : 0xfffd), flags);
}

/** `%q` of an integer. */
export function formatQuotedRune(code: number, flags: Flags): string {
  return padded(quoteRune(isRune(code) ? code : 0xfffd, flags.plus), flags);
}

/** `%U` */
export function formatUnicode(value: bigint, flags: Flags): string {
  const number = BigInt.asUintN(64, value);
  const text = `U+${hex(number, true).padStart(Math.max(4, flags.precision ?? 0), "0")}`;
  const char = number <= 0x10ffffn && isRune(Number(number)) ? String.fromCodePoint(Number(number)) : "";
  return padded(flags.sharp && char !== "" && isPrintable(char) ? `${text} '${char}'` : text, flags, false);
}

function isRune(code: number): boolean {
  return code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

/** A float by verb `e E f g G x X b`; `precision` counts where the flags have none. */
export function formatFloatVerb(
  value: number,
  flags: Flags,
  { verb, precision }: { readonly verb: FloatVerb; readonly precision: number | undefined },
): string {
  const digits = flags.precision ?? precision;
  const text = formatFloat(value, verb, digits);
  let signed = /^[+-]/.test(text) ? text : `+${text}`;
  if (flags.space && !flags.plus && signed.startsWith("+")) signed = ` ${signed.slice(1)}`;
  if (/Inf|NaN/.test(signed)) {
    const plain = text === "NaN" && !flags.space && !flags.plus;
    const shown = plain || (signed.startsWith("+") && !flags.plus) ? signed.slice(1) : signed;
    return padded(text === "+Inf" && !flags.space ? signed : shown, flags, false);
  }
  if (flags.sharp && verb !== "b") signed = withPoint(signed, verb, digits);
  if (!flags.plus && signed.startsWith("+")) return padded(signed.slice(1), flags);
  if (!flags.zero || flags.minus) return padded(signed, flags);
  return (signed[0] ?? "") + padded(signed.slice(1), { ...flags, width: (flags.width ?? 0) - 1 });
}

/** `#`: a point always, and for `g` the zeros at the end. */
function withPoint(text: string, verb: FloatVerb, precision: number | undefined): string {
  const hexadecimal = verb === "x" || verb === "X";
  const mark = text.search(hexadecimal ? /[pP]/ : /[eE]/);
  const head = mark < 0 ? text : text.slice(0, mark);
  const tail = mark < 0 ? "" : text.slice(mark);
  let missing = 0;
  if (verb === "g" || verb === "G" || verb === "x") {
    missing = precision ?? 6;
    missing -= head.slice(1).replace(".", "").replace(/^0+/, "").length;
    if (/^.0$/.test(head)) missing--;
  }
  const pointed = head.includes(".") ? head : `${head}.`;
  return pointed + "0".repeat(Math.max(missing, 0)) + tail;
}
