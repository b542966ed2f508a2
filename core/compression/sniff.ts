/** A compression that is read here; `none` are the bytes as they stand. */
export type Compression = "none" | "gzip" | "zstd" | "bzip2" | "xz";

/** How many of the first bytes the two sniffers look at. */
export const SNIFF_BYTES = 16;

type Magic = readonly [name: string, ...bytes: number[]];

const READ: readonly (readonly [Compression, ...number[]])[] = [
  ["gzip", 0x1f, 0x8b, 0x08],
  ["zstd", 0x28, 0xb5, 0x2f, 0xfd],
  ["bzip2", 0x42, 0x5a, 0x68],
  ["xz", 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
];

/** Formats that `tar`, `file` and old tools write, and that an error should call by name. */
const NOT_READ: readonly Magic[] = [
  ["lzip", 0x4c, 0x5a, 0x49, 0x50],
  ["lz4", 0x04, 0x22, 0x4d, 0x18],
  ["lz4 (legacy)", 0x02, 0x21, 0x4c, 0x18],
  ["lzop", 0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a],
  ["lrzip", 0x4c, 0x52, 0x5a, 0x49],
  ["grzip", 0x47, 0x52, 0x5a, 0x69, 0x70, 0x49, 0x49, 0x00],
  ["compress (.Z)", 0x1f, 0x9d],
  ["compress (SCO -H)", 0x1f, 0xa0],
  ["pack (.z)", 0x1f, 0x1e],
  ["bzip 1", 0x42, 0x5a, 0x30],
  ["zpaq", 0x7a, 0x50, 0x51],
  ["zip", 0x50, 0x4b, 0x03, 0x04],
  ["zip (empty)", 0x50, 0x4b, 0x05, 0x06],
  ["7z", 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
  ["rar", 0x52, 0x61, 0x72, 0x21, 0x1a, 0x07],
  ["snappy (framed)", 0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59],
];

const startsWith = (head: Uint8Array, magic: readonly (string | number)[]): boolean =>
  magic.every((byte, at) => at === 0 || head[at - 1] === byte);

/**
 * The compression of bytes that begin with `head`, by magic only, never by name; a zstd skippable frame first counts as zstd.
 * `bzip2` wants a level digit after its magic, so that text beginning "BZh" is not taken for it.
 */
export function sniffCompression(head: Uint8Array): Compression {
  for (const magic of READ) {
    if (!startsWith(head, magic)) continue;
    if (magic[0] === "bzip2" && !(head[3]! >= 0x31 && head[3]! <= 0x39)) continue;
    return magic[0];
  }
  const skippable = (head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  return skippable ? "zstd" : "none";
}

/** The name of the compression that `head` is recognised as but that is not read here. */
export function unsupportedCompression(head: Uint8Array): string | undefined {
  if (sniffCompression(head) !== "none") return undefined;
  const found = NOT_READ.find((magic) => startsWith(head, magic));
  if (found !== undefined) return found[0];
  return isLzmaAlone(head) ? "lzma" : undefined;
}

/** `.lzma` has no magic: its usual properties byte, a power of two as dictionary size, and an unknown or sane size. */
function isLzmaAlone(head: Uint8Array): boolean {
  if (head.length < 13 || head[0] !== 0x5d || head[1] !== 0 || head[2] !== 0) return false;
  const dictionary = (head[3]! | (head[4]! << 8)) >>> 0;
  if (dictionary === 0 || (dictionary & (dictionary - 1)) !== 0) return false;
  const size = head.subarray(5, 13);
  return size.every((byte) => byte === 0xff) || (size[6] === 0 && size[7] === 0 && size[5] === 0);
}
