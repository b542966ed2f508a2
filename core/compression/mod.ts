export { type CreateDecompressorOptions, createDecompressor } from "./create.ts";
export { type Decompressed, type DecompressOptions, decompress } from "./decompress.ts";
export {
  type Decompressor,
  type DecompressorOptions,
  type SeekPoint,
  type Sink,
  WINDOW_LIMIT,
} from "./decompressor.ts";
export { SEEK_SPAN, type SeekIndex, seekIndexBytes, seekIndexTransfer } from "./seek-index.ts";
export { openSeekable, type SeekableOptions, type SeekWork } from "./seekable.ts";
export { type Compression, SNIFF_BYTES, sniffCompression, unsupportedCompression } from "./sniff.ts";
