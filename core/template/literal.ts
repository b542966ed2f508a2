import type { NumberNode } from "./node.ts";
import { quoteText } from "./quote.ts";
import { decodeText, isSurrogate, mended } from "./text.ts";

/** What a string literal of Go means, quoted or raw; undefined when it is none. */
export function unquoteText(literal: string): string | undefined {
  const quote = literal[0];
  const content = literal.slice(1, -1);
  if (quote === "`") return content.replaceAll("\r", "");
  const escapes = /\\|\n/.test(content);
  if (!escapes) return content;
  const parts: string[] = [];
  for (let at = 0; at < content.length; ) {
    const char = readChar(content, at, '"');
    if (char === undefined) return undefined;
    parts.push(char.byte ? decodeText(Uint8Array.of(char.code)) : String.fromCodePoint(char.code));
    at += char.length;
  }
  return mended(parts.join(""));
}

interface Char {
  readonly code: number;
  readonly length: number;
  /** Whether it stands for one byte, not for a character. */
  readonly byte: boolean;
}

const SHORT: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** The character at `at` of what stands between quotes. */
function readChar(text: string, at: number, quote: string): Char | undefined {
  const first = text.codePointAt(at);
  if (first === undefined || first === 0x0a || text[at] === quote) return undefined;
  if (text[at] !== "\\") return { code: first, length: first > 0xffff ? 2 : 1, byte: isSurrogate(first) };
  const letter = text[at + 1] ?? "";
  const short = letter === quote ? quote : SHORT[letter];
  if (short !== undefined) return { code: short.charCodeAt(0), length: 2, byte: false };
  const octal = /^[0-7]{3}/.exec(text.slice(at + 1, at + 4));
  if (octal !== null) {
    const code = Number.parseInt(octal[0], 8);
    return code > 255 ? undefined : { code, length: 4, byte: code > 0x7f };
  }
  const digits = letter === "x" ? 2 : letter === "u" ? 4 : letter === "U" ? 8 : 0;
  const number = text.slice(at + 2, at + 2 + digits);
  if (digits === 0 || number.length !== digits || !/^[0-9a-fA-F]+$/.test(number)) return undefined;
  const code = Number.parseInt(number, 16);
  if (letter !== "x" && (code > 0x10ffff || isSurrogate(code))) return undefined;
  return { code, length: 2 + digits, byte: letter === "x" && code > 0x7f };
}

const LARGEST_INT = 2n ** 63n - 1n;
const LARGEST_UNSIGNED = 2n ** 64n - 1n;

/** The number that a token stands for, in every kind it fits, or the message of what is wrong with it. */
export function parseNumber(
  kind: "number" | "char" | "complex",
  text: string,
): Omit<NumberNode, "kind" | "at"> | string {
  const none = {
    text,
    int: undefined,
    unsigned: false,
    float: undefined,
    complex: undefined,
    char: false,
  };
  if (kind === "char") {
    const char = readChar(text, 1, "'");
    if (char === undefined) return "invalid syntax";
    if (1 + char.length !== text.length - 1) return `malformed character constant: ${text}`;
    return { ...none, int: BigInt(char.code), float: char.code, char: true };
  }
  if (kind === "complex") {
    const split = Math.max(text.lastIndexOf("+"), text.lastIndexOf("-"));
    const real = parseFloatLiteral(text.slice(0, split));
    const imaginary = parseFloatLiteral(text.slice(split, -1));
    if (real === undefined || imaginary === undefined) return "syntax error scanning complex number";
    return { ...none, ...whole(real, imaginary), complex: [real, imaginary] };
  }
  if (text.endsWith("i")) {
    const imaginary = parseFloatLiteral(text.slice(0, -1));
    if (imaginary !== undefined) return { ...none, ...whole(0, imaginary), complex: [0, imaginary] };
  }
  const integer = parseInteger(text);
  if (integer !== undefined && integer >= -LARGEST_INT - 1n && integer <= LARGEST_UNSIGNED) {
    const unsigned = integer > LARGEST_INT;
    return { ...none, int: unsigned ? undefined : integer, unsigned, float: Number(integer) };
  }
  const float = parseFloatLiteral(text);
  if (float === undefined) return `illegal number syntax: ${quoteText(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quoteText(text)}`;
  return { ...none, ...whole(float, 0) };
}

function whole(
  real: number,
  imaginary: number,
): { readonly int: bigint | undefined; readonly float: number | undefined } {
  if (imaginary !== 0) return { int: undefined, float: undefined };
  const fits = Number.isInteger(real) && Math.abs(real) < 2 ** 63;
  return { int: fits ? BigInt(real) : undefined, float: real };
}

/** An integer literal: underscores stand between digits or behind a prefix; a leading zero alone means octal. */
function parseInteger(text: string): bigint | undefined {
  const parts =
    /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])+)|([1-9](?:_?[0-9])*|0))$/.exec(
      text,
    );
  if (parts === null) return undefined;
  const [, sign, hex, binary, octal, oldOctal, decimal] = parts;
  const prefix = hex !== undefined ? "0x" : binary !== undefined ? "0b" : decimal === undefined ? "0o" : "";
  const digits = hex ?? binary ?? octal ?? oldOctal ?? decimal ?? "";
  const value = BigInt(prefix + digits.replaceAll("_", ""));
  return sign === "-" ? -value : value;
}

/** A float literal: decimal, or hexadecimal with a binary exponent. Too large for a double is none. */
function parseFloatLiteral(text: string): number | undefined {
  const hex = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9_]+)$/.exec(text);
  if (hex !== null) {
    const [, sign, before = "", after = "", exponent = "0"] = hex;
    const digits = (before + after).replaceAll("_", "");
    if (digits === "" || digits.length > 1000) return undefined;
    const power = Number(exponent.replaceAll("_", "")) - 4 * after.replaceAll("_", "").length;
    const value = Number(BigInt(`0x${digits}`)) * 2 ** power;
    return Number.isFinite(value) ? (sign === "-" ? -value : value) : undefined;
  }
  const digits = text.replace(/(?<=[0-9])_(?=[0-9])/g, "");
  if (!/^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}
