import { isPrintable } from "./quote.ts";
import { encodeText } from "./text.ts";

const HTML: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

/** `text` as it may stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => HTML[char] ?? char);
}

/** `text` as it may stand in a string of JavaScript. */
export function escapeJs(text: string): string {
  let escaped = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === "\\" || char === "'" || char === '"') escaped += `\\${char}`;
    else if (code < 0x20 || "<>&=".includes(char)) escaped += `\\u${hex(code, 4)}`;
    else if (code < 0x80 || isPrintable(char)) escaped += char;
    else escaped += `\\u${hex(code, 4)}`;
  }
  return escaped;
}

/** `text` as it may stand in the query of a URL. */
export function escapeQuery(text: string): string {
  let escaped = "";
  for (const byte of encodeText(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(char)) escaped += char;
    else escaped += byte === 0x20 ? "+" : `%${hex(byte, 2)}`;
  }
  return escaped;
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}
