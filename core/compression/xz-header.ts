import { crc32 } from "./crc32.ts";

/** Length of a stream header, and of a footer. */
export const STREAM_HEADER_BYTES = 12;
/** Filter ID of LZMA2. */
export const LZMA2 = 0x21;

const HEADER_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const;
const FOOTER_MAGIC = [0x59, 0x5a] as const;

/** A filter of a block's chain. */
export interface XzFilter {
  readonly id: number;
  readonly properties: Uint8Array;
}

/** What a block header says. */
export interface XzBlockHeader {
  /** Sizes of the compressed and of the decompressed data, where they are given. */
  readonly compressed: number | undefined;
  readonly uncompressed: number | undefined;
  /** In the order in which an encoder applies them: LZMA2 last. */
  readonly filters: readonly XzFilter[];
}

/**
 * The kind of check out of a stream header, or what is wrong with it, as the end of a message.
 * @see https://tukaani.org/xz/xz-file-format-1.2.1.txt §2.1.1
 */
export function decodeStreamHeader(header: Uint8Array): number | string {
  if (HEADER_MAGIC.some((byte, at) => header[at] !== byte)) return "there is no xz stream header";
  const found = crc32(0, header.subarray(6, 8));
  const expected = uint32(header, 8);
  if (found !== expected) return crcText("the stream header", found, expected);
  return decodeFlags(header.subarray(6, 8));
}

/**
 * The kind of check and the size of the index out of a stream footer, or what is wrong.
 * @see §2.1.2
 */
export function decodeStreamFooter(footer: Uint8Array): { check: number; indexBytes: number } | string {
  if (FOOTER_MAGIC.some((byte, at) => footer[10 + at] !== byte)) return "there is no xz stream footer";
  const found = crc32(0, footer.subarray(4, 10));
  const expected = uint32(footer, 0);
  if (found !== expected) return crcText("the stream footer", found, expected);
  const check = decodeFlags(footer.subarray(8, 10));
  if (typeof check === "string") return check;
  return { check, indexBytes: (uint32(footer, 4) + 1) * 4 };
}

function decodeFlags(flags: Uint8Array): number | string {
  if (flags[0] !== 0 || flags[1]! > 15) return "the stream flags have bits that are not defined";
  return flags[1]!;
}

/**
 * What a block header, size byte to CRC, says, or what is wrong with it.
 * @see §3.1
 */
export function decodeBlockHeader(header: Uint8Array): XzBlockHeader | string {
  const end = header.length - 4;
  const found = crc32(0, header.subarray(0, end));
  const expected = uint32(header, end);
  if (found !== expected) return crcText("a block header", found, expected);
  const flags = header[1]!;
  if (flags & 0x3c) return "the block flags have bits that are not defined";
  const reader = { header, at: 2, end };
  const compressed = flags & 0x40 ? readNumber(reader) : undefined;
  const uncompressed = flags & 0x80 ? readNumber(reader) : undefined;
  const filters: XzFilter[] = [];
  for (let count = (flags & 3) + 1; count > 0; count--) {
    const id = readNumber(reader);
    const size = readNumber(reader);
    if (!(reader.at + size <= end)) return "a block header is too short for what it says";
    filters.push({ id, properties: header.slice(reader.at, reader.at + size) });
    reader.at += size;
  }
  if (Number.isNaN(compressed) || Number.isNaN(uncompressed)) return "a size in a block header is malformed";
  if (compressed === 0) return "a block header gives a compressed size of 0";
  if (header.subarray(reader.at, end).some((byte) => byte !== 0))
    return "a block header is not padded with zeros";
  return { compressed, uncompressed, filters };
}

/** The next number, seven bits a byte, least significant first; NaN when it is malformed, cut, or past what a size can be. */
function readNumber(reader: { readonly header: Uint8Array; at: number; readonly end: number }): number {
  let value = 0;
  for (let place = 0; reader.at < reader.end; place++) {
    const next = addDigit(value, reader.header[reader.at++]!, place);
    if (next.done) return next.value;
    value = next.value;
  }
  return Number.NaN;
}

/**
 * A number with its digit `byte` at `place` added, and whether that was the last; NaN when it is malformed or not a safe integer.
 * @see §1.2
 */
export function addDigit(value: number, byte: number, place: number): { value: number; done: boolean } {
  const sum = value + (byte & 0x7f) * 2 ** (7 * place);
  if (place > 8 || (byte === 0 && place > 0) || !Number.isSafeInteger(sum))
    return { value: Number.NaN, done: true };
  return { value: sum, done: byte < 0x80 };
}

/** The dictionary size of LZMA2's one byte of properties, or `undefined`. @see §5.3.1 */
export function dictionarySize(properties: Uint8Array): number | undefined {
  const [bits] = properties;
  if (properties.length !== 1 || bits === undefined || bits > 40) return undefined;
  return bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** (Math.floor(bits / 2) + 11);
}

/** The little-endian 32-bit number at `at`, unsigned. */
export function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** The end of the message for a CRC that does not fit. */
export function crcText(of: string, found: number, expected: number): string {
  const hex = (crc: number): string => crc.toString(16).padStart(8, "0");
  return `CRC of ${of} is ${hex(found)}, expected ${hex(expected)}`;
}
