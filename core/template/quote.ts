import { isSurrogate, REPLACEMENT } from "./text.ts";

/** What Go counts as printable: letters, marks, numbers, punctuation, symbols, and of the spaces the one of ASCII. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Whether Go would show this character rather than escape it. */
export function isPrintable(char: string): boolean {
  return PRINTABLE.test(char);
}

const SHORT: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

/** `text` as a string literal of Go; with `ascii` nothing beyond ASCII stands in it. */
export function quoteText(text: string, ascii = false): string {
  let quoted = '"';
  for (const char of text) quoted += char === '"' ? '\\"' : escapeChar(char, ascii);
  return `${quoted}"`;
}

/** `code` as a character literal of Go. */
export function quoteRune(code: number, ascii = false): string {
  const char = String.fromCodePoint(code < 0 || code > 0x10ffff || isSurrogate(code) ? REPLACEMENT : code);
  return `'${char === "'" ? "\\'" : escapeChar(char, ascii)}'`;
}

/** A character with its number, as messages show one: `U+0023 '#'`. */
export function describeRune(char: string): string {
  const number = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return isPrintable(char) ? `U+${number} '${char}'` : `U+${number}`;
}

function escapeChar(char: string, ascii: boolean): string {
  const short = SHORT[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  if (isSurrogate(code)) return `\\x${hex(code & 0xff, 2)}`;
  if (isPrintable(char) && !(ascii && code > 0x7e)) return char;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
