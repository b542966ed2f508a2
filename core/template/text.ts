/**
 * Go's strings are bytes. Here they are JavaScript strings in which a byte that is no part of valid UTF-8 stands as the lone surrogate
 * U+DC80 to U+DCFF (the byte is its low eight bits): what is cut in the middle of a character keeps its bytes, and all other text is itself.
 */

const ASCII = /^[\0-\x7f]*$/;

/** The length of `text` in bytes. */
export function byteLength(text: string): number {
  return ASCII.test(text) ? text.length : encodeText(text).length;
}

/** The bytes of `text`; stray bytes come back as they were. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes[length++] = code & 0xff;
    else length += ENCODER.encodeInto(char, bytes.subarray(length)).written;
  }
  return bytes.slice(0, length);
}

/** The text of `bytes`, stray bytes kept; {@link encodeText} is its inverse. */
export function decodeText(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const { code, width } = runeAt(bytes, at);
    text += String.fromCodePoint(code === STRAY ? 0xdc00 | (bytes[at] ?? 0) : code);
    at += width;
  }
  return text;
}

/** `text` with stray bytes that make a character together as that character. */
export function mended(text: string): string {
  // The first question is asked of halves of pairs as well, and is the one that millions of characters pass quickly.
  return /[\ud800-\udfff]/.test(text) && /\p{Cs}/u.test(text) ? decodeText(encodeText(text)) : text;
}

/** The bytes `[from, to)` of `text`. */
export function sliceText(text: string, from: number, to: number): string {
  return ASCII.test(text) ? text.slice(from, to) : decodeText(encodeText(text).subarray(from, to));
}

/** The characters of `text`: stray bytes are U+FFFD, as Go reads them. */
export function runesOf(text: string): number[] {
  if (ASCII.test(text)) return Array.from(text, (char) => char.charCodeAt(0));
  return Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return isSurrogate(code) ? REPLACEMENT : code;
  });
}

/** Whether a code point is half a pair: here a stray byte. */
export function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** Character that stands for what is none. */
export const REPLACEMENT = 0xfffd;

const ENCODER = new TextEncoder();
const STRAY = -1;

/** The character at `at`, by the table of well-formed sequences (Unicode 15, table 3-7). */
function runeAt(bytes: Uint8Array, at: number): { readonly code: number; readonly width: number } {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { code: lead, width: 1 };
  const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + width > bytes.length) return { code: STRAY, width: 1 };
  let code = lead & (0x7f >> width);
  for (let next = at + 1; next < at + width; next++) {
    const byte = bytes[next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return { code: STRAY, width: 1 };
    code = (code << 6) | (byte & 0x3f);
  }
  const smallest = width === 4 ? 0x10000 : width === 3 ? 0x800 : 0x80;
  if (code < smallest || code > 0x10ffff || isSurrogate(code)) return { code: STRAY, width: 1 };
  return { code, width };
}
