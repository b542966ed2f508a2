import { CoreError, type ErrorCode } from "../error.ts";

/** Takes decompressed bytes in order. The view is the sink's only until it returns: copy what must stay. */
export type Sink = (bytes: Uint8Array) => void;

/**
 * A decompressing machine without I/O: bytes are pushed in, under any chunking, and come out of the {@link Sink} it was made with.
 * After either method has thrown, the machine is dead.
 */
export interface Decompressor {
  /**
   * Decompresses the next bytes; what they decode to reaches the sink before (or at the latest at {@link end}) this returns.
   * The chunk may be reused by the caller afterwards.
   * @throws CoreError `compression/corrupt`, `compression/checksum`, `compression/unsupported`, `bytes/limit`.
   */
  push(chunk: Uint8Array): void;
  /**
   * Says that there are no more bytes, and flushes.
   * @throws CoreError `compression/truncated` when the stream is cut short.
   */
  end(): void;
}

/** A place where decompression can start again, in the middle of a stream. */
export interface SeekPoint {
  /** Offset in the decompressed bytes, counted from the start of the source. */
  readonly out: number;
  /** Offset of the compressed byte that holds the first bit wanted. */
  readonly in: number;
  /** How many bits of that byte are already used up, 0 to 7 (in the bit order of the format). */
  readonly bits: number;
  /** The decompressed bytes before `out` that later ones may refer to; valid only during the call, absent when none are needed. */
  readonly window?: Uint8Array | undefined;
  /** What else the format needs to go on, packed by it (bzip2: the level; xz: the kind of check). */
  readonly state?: number | undefined;
}

/** What every decompressor takes. */
export interface DecompressorOptions {
  /** Most bytes of output; one more throws `bytes/limit`. Default: no limit. */
  readonly limit?: number | undefined;
  /** Most bytes of history (zstd window, xz dictionary) to hold in memory; a stream that asks for more is `compression/unsupported`. */
  readonly windowLimit?: number | undefined;
  /** Called, in order and before later output reaches the sink, at every place where decompression could start again. */
  readonly onPoint?: ((point: SeekPoint) => void) | undefined;
  /**
   * Starts at this point: the first byte pushed is the one at `resume.in`, the first byte out is the one at `resume.out`. Checks that
   * span bytes before the point cannot be made. `limit` and every offset still count from the start of the source.
   */
  readonly resume?: SeekPoint | undefined;
}

/** Largest history held unless the caller says otherwise: what `zstd --long` and `xz -9` with room to spare ask for. */
export const WINDOW_LIMIT = 128 * 1024 * 1024;

/** The error that `format` cannot be read, worded for every decompressor alike: `Cannot read gzip at byte 17: …`. */
export function decodeError(
  code: ErrorCode,
  where: { readonly format: string; readonly offset: number },
  what: string,
): CoreError {
  return new CoreError(code, `Cannot read ${where.format} at byte ${where.offset}: ${what}`, { ...where });
}

/** The error that output goes past its limit, worded for every decompressor alike. */
export function limitError(
  where: { readonly format: string; readonly offset: number },
  limit: number,
): CoreError {
  const message = `Cannot read ${where.format} at byte ${where.offset}: it decompresses to more than ${limit} bytes`;
  return new CoreError("bytes/limit", message, { ...where, limit });
}
