/** What the first bytes of a file say it is. */
export type ContentKind = "empty" | "text" | "picture" | "binary";

/** How the bytes of a text are to be read. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "iso-8859-1";

/** The judgement of {@link recognise}. */
export interface Content {
  readonly kind: ContentKind;
  readonly encoding: Encoding;
  /** Media type of a picture a browser shows. */
  readonly mediaType?: string;
}

function startsWith(bytes: Uint8Array, magic: readonly number[], at = 0): boolean {
  return magic.every((byte, index) => bytes[at + index] === byte);
}

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

const PICTURES: readonly {
  readonly magic: readonly number[];
  readonly at?: number;
  readonly type: string;
}[] = [
  { magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], type: "image/png" },
  { magic: [0xff, 0xd8, 0xff], type: "image/jpeg" },
  { magic: ascii("GIF87a"), type: "image/gif" },
  { magic: ascii("GIF89a"), type: "image/gif" },
  { magic: ascii("WEBP"), at: 8, type: "image/webp" },
  { magic: ascii("ftypavif"), at: 4, type: "image/avif" },
  { magic: ascii("ftypavis"), at: 4, type: "image/avif" },
  { magic: [0, 0, 1, 0], type: "image/x-icon" },
];

function pictureType(bytes: Uint8Array): string | undefined {
  for (const { magic, at, type } of PICTURES) if (startsWith(bytes, magic, at)) return type;
  // "BM" alone is two letters of text: the four reserved bytes of a bitmap header are zero.
  if (startsWith(bytes, ascii("BM")) && startsWith(bytes, [0, 0, 0, 0], 6)) return "image/bmp";
  return undefined;
}

function isUtf8(bytes: Uint8Array, whole: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
    return true;
  } catch {
    return false;
  }
}

/** Share of bytes that no text has: C0 controls but tab, line feed, form feed, carriage return, backspace, escape. */
function controlShare(bytes: Uint8Array): number {
  let controls = 0;
  for (const byte of bytes) {
    if (byte < 32 && (byte < 8 || byte === 11 || (byte > 13 && byte !== 27))) controls += 1;
  }
  return bytes.length === 0 ? 0 : controls / bytes.length;
}

/**
 * Judges a file by its first bytes, `whole` when there are no others.
 * Text in no known encoding is taken as Latin-1 when it has next to no control bytes; the reader is told so.
 */
export function recognise(bytes: Uint8Array, whole: boolean): Content {
  if (bytes.length === 0) return { kind: "empty", encoding: "utf-8" };
  const mediaType = pictureType(bytes);
  if (mediaType !== undefined) return { kind: "picture", encoding: "utf-8", mediaType };
  if (startsWith(bytes, [0xff, 0xfe])) return { kind: "text", encoding: "utf-16le" };
  if (startsWith(bytes, [0xfe, 0xff])) return { kind: "text", encoding: "utf-16be" };
  if (bytes.includes(0)) return { kind: "binary", encoding: "utf-8" };
  if (isUtf8(bytes, whole)) return { kind: controlShare(bytes) > 0.1 ? "binary" : "text", encoding: "utf-8" };
  return { kind: controlShare(bytes) > 0.02 ? "binary" : "text", encoding: "iso-8859-1" };
}

/** Whether a text is an SVG picture: shown through `<img>`, where its scripts do not run. */
export function isSvg(name: string, text: string): boolean {
  return (
    /\.svg$/iu.test(name) ||
    /^(?:\s|<\?xml[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^>]*>)*<svg[\s>]/u.test(text.slice(0, 2000))
  );
}

/** A line longer than this is laid out and parsed as a whole, which takes a browser and a parser too long. */
const LONGEST_LINE = 20_000;

/** Whether `text` has a line that is too long to colour. */
export function hasLongLine(text: string): boolean {
  let from = 0;
  while (text.length - from > LONGEST_LINE) {
    const end = text.lastIndexOf("\n", from + LONGEST_LINE);
    if (end < from) return true;
    from = end + 1;
  }
  return false;
}
