import { CoreError } from "../error.ts";

/** Bytes in a block: headers are one, content is padded to whole ones. */
export const BLOCK = 512;

/** A header field: where it is in the block and how long, with the name that errors call it by. */
export interface Field {
  readonly name: string;
  readonly at: number;
  readonly length: number;
}

const field = (name: string, at: number, length: number): Field => ({ name, at, length });

/**
 * Where the fields are: those of every header, then of POSIX ustar, of the STAR variant of it, and of GNU.
 * @see formats.md §7; POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual 1.34, "Basic Tar Format"
 */
export const FIELD = {
  name: field("name", 0, 100),
  mode: field("mode", 100, 8),
  uid: field("uid", 108, 8),
  gid: field("gid", 116, 8),
  size: field("size", 124, 12),
  mtime: field("mtime", 136, 12),
  checksum: field("checksum", 148, 8),
  typeflag: field("type", 156, 1),
  link: field("link name", 157, 100),
  magic: field("magic", 257, 8),
  uname: field("uname", 265, 32),
  gname: field("gname", 297, 32),
  major: field("device major", 329, 8),
  minor: field("device minor", 337, 8),
  prefix: field("prefix", 345, 155),
  starPrefix: field("prefix", 345, 131),
  starAtime: field("atime", 476, 12),
  starCtime: field("ctime", 488, 12),
  gnuAtime: field("atime", 345, 12),
  gnuCtime: field("ctime", 357, 12),
  gnuSparse: field("sparse map", 386, 96),
  gnuExtended: field("extended", 482, 1),
  gnuRealSize: field("real size", 483, 12),
} as const;

/** Which fields beyond `link` a header has. */
export type Dialect = "v7" | "ustar" | "star" | "gnu";

/** The dialect that the magic of the header at `at` names. */
export function dialectOf(bytes: Uint8Array, at: number): Dialect {
  const m = at + 257;
  // "ustar", then NUL for POSIX with any version, or space, space, NUL for GNU.
  if (
    bytes[m] !== 0x75 ||
    bytes[m + 1] !== 0x73 ||
    bytes[m + 2] !== 0x74 ||
    bytes[m + 3] !== 0x61 ||
    bytes[m + 4] !== 0x72
  ) {
    return "v7";
  }
  if (bytes[m + 5] === 0) {
    const t = at + 508;
    const star = bytes[t] === 0x74 && bytes[t + 1] === 0x61 && bytes[t + 2] === 0x72 && bytes[t + 3] === 0;
    return star ? "star" : "ustar";
  }
  return bytes[m + 5] === 0x20 && bytes[m + 6] === 0x20 && bytes[m + 7] === 0 ? "gnu" : "v7";
}

/**
 * Sum of the 512 bytes at `at`. Adds four bytes at a time in two 16-bit lanes: 128 words of at most 2 × 255 stay under 65,536.
 * Several times as fast as adding bytes, and the checksum is most of the time that listing takes.
 */
export function sumBlock(view: DataView, at: number): number {
  let lanes = 0;
  let others = 0;
  for (let i = at, end = at + BLOCK; i < end; i += 16) {
    const a = view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    const c = view.getInt32(i + 8, true);
    const d = view.getInt32(i + 12, true);
    lanes += (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff);
    others +=
      ((a >>> 8) & 0xff00ff) + ((b >>> 8) & 0xff00ff) + ((c >>> 8) & 0xff00ff) + ((d >>> 8) & 0xff00ff);
  }
  return (lanes & 0xffff) + (lanes >>> 16) + (others & 0xffff) + (others >>> 16);
}

/** What the checksum of the header at `at` should be, from the sum of the whole block: the field itself counts as eight spaces. */
export function checksumFromSum(bytes: Uint8Array, at: number, sum: number): number {
  let expected = sum + 8 * 0x20;
  for (let i = at + 148, end = at + 156; i < end; i++) expected -= bytes[i]!;
  return expected;
}

/** The difference that historic writers make who sum signed bytes: subtract it from the unsigned checksum. */
export function signedExcess(bytes: Uint8Array, at: number): number {
  let excess = 0;
  for (let i = 0; i < BLOCK; i++) {
    if ((i < 148 || i >= 156) && bytes[at + i]! > 127) excess += 256;
  }
  return excess;
}

/** Results of {@link octalAt} and {@link numberAt} that are no numbers. */
export const MALFORMED = Number.NaN;

/**
 * The octal number of `length` bytes at `at`: leading spaces and NULs are skipped, it ends at a NUL or at trailing spaces, and an
 * empty field is 0. {@link MALFORMED} for anything else.
 */
export function octalAt(bytes: Uint8Array, at: number, length: number): number {
  const end = at + length;
  let i = at;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0)) i++;
  let value = 0;
  while (i < end) {
    const digit = bytes[i]! ^ 0x30;
    if (digit > 7) break;
    // Up to twelve digits, 36 bits: beyond what shifts can do.
    value = value * 8 + digit;
    i++;
  }
  if (i === end || bytes[i] === 0) return value;
  for (; i < end; i++) if (bytes[i] !== 0x20 && bytes[i] !== 0) return MALFORMED;
  return value;
}

/**
 * The number of `length` bytes at `at`, octal or (bit 0x80 of the first byte) base-256 in two's complement. {@link MALFORMED} when it is
 * neither, ±Infinity when it is beyond ±(2^53 − 1).
 */
export function numberAt(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return octalAt(bytes, at, length);
  // Bit 0x40 is the sign. A negative number is −1 less the number whose bits are inverted.
  const invert = first & 0x40 ? 0xff : 0;
  let value = (first ^ invert) & 0x7f;
  for (let i = at + 1; i < at + length; i++) value = value * 256 + (bytes[i]! ^ invert);
  if (value > Number.MAX_SAFE_INTEGER) return invert ? -Infinity : Infinity;
  return invert ? -1 - value : value;
}

/** The number of `field` in the header at `at`, which stands at byte `position` of the archive. @throws CoreError `tar/header` */
export function readNumber(bytes: Uint8Array, at: number, place: { field: Field; position: number }): number {
  const { field, position } = place;
  const value = numberAt(bytes, at + field.at, field.length);
  if (value - value === 0) return value;
  throw headerError(
    position,
    Number.isNaN(value)
      ? `${field.name} at byte ${position + field.at} is ${printable(bytes, at + field.at, field.length)}, expected an octal number`
      : `${field.name} at byte ${position + field.at} is beyond 2^53`,
    { field: field.name, fieldOffset: position + field.at },
  );
}

/** Where the string of at most `length` bytes at `at` ends: at its first NUL, else at the full width. */
export function stringEnd(bytes: Uint8Array, at: number, length: number): number {
  const end = at + length;
  let i = at;
  while (i < end && bytes[i] !== 0) i++;
  return i;
}

/** An error about the header at byte `offset` of the archive. */
export function headerError(
  offset: number,
  what: string,
  detail: { readonly [key: string]: string | number } = {},
): CoreError {
  return new CoreError("tar/header", `Cannot read tar header at byte ${offset}: ${what}`, {
    offset,
    ...detail,
  });
}

/** `length` bytes at `at` as a quoted string of ASCII, for messages. */
export function printable(bytes: Uint8Array, at: number, length: number): string {
  let text = "";
  for (let i = at; i < at + length; i++) {
    const byte = bytes[i]!;
    text +=
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"`;
}
