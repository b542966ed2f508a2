import { type Bytes, pump, type ReadOptions, type Source } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { type CreateDecompressorOptions, createDecompressor } from "./create.ts";
import type { Decompressor, Sink } from "./decompressor.ts";
import { Pace } from "./pace.ts";
import { createIndexBuilder, type SeekIndex } from "./seek-index.ts";
import { type Compression, SNIFF_BYTES, sniffCompression, unsupportedCompression } from "./sniff.ts";
import { turn } from "./turn.ts";

/** What {@link decompress} takes. */
export interface DecompressOptions extends ReadOptions {
  /** Most bytes of output; default: no limit. */
  readonly limit?: number | undefined;
  /** Most bytes of history to hold; see {@link WINDOW_LIMIT}. */
  readonly windowLimit?: number | undefined;
  /** Whether to collect a {@link SeekIndex} on the way. */
  readonly index?: boolean | undefined;
  /** Output between two points of the index, about; default {@link SEEK_SPAN}. */
  readonly span?: number | undefined;
  /** Checks of kind SHA-256 in xz are verified with this; without it they are not. */
  readonly newHasher?: CreateDecompressorOptions["newHasher"];
  /** Called with the number of input bytes taken in so far. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/** What a source turned out to be. */
export interface Decompressed {
  readonly compression: Compression;
  /** Bytes of the source, whatever follows the end of the compressed stream included. */
  readonly compressedSize: number;
  /** Bytes that the sink was given. */
  readonly size: number;
  /** There when asked for. */
  readonly index: SeekIndex | undefined;
}

/** Input between two turns of the event loop: an abort is noticed within milliseconds. */
const TURN = 1024 * 1024;
/** Input between two calls of `onRead`. */
const TOLD = 65_536;
/** Output between two turns: little, since to the sink every byte may be a thousand more, of a compressed layer inside. */
const TURN_OUT = 4 * 1024 * 1024;

/**
 * Decompresses all of `source` into `sink`, whatever its compression is by its first bytes; resolves to what was found. Gives the
 * event loop a turn every few milliseconds of work.
 * @throws CoreError `compression/*`, `bytes/limit`.
 */
export async function decompress(
  source: Source,
  sink: Sink,
  options: DecompressOptions = {},
): Promise<Decompressed> {
  const { signal, onRead } = options;
  let compressedSize = 0;
  let size = 0;
  let turnIn = 0;
  let turnOut = 0;
  let told = 0;
  let compression: Compression = "none";
  let machine: Decompressor | undefined;
  let pace = new Pace(compression);
  let builder: ReturnType<typeof createIndexBuilder> | undefined;
  let head: Uint8Array = new Uint8Array(0);

  const start = (): Decompressor => {
    const unsupported = unsupportedCompression(head);
    if (unsupported !== undefined) {
      throw new CoreError(
        "compression/unsupported",
        `Cannot read compressed bytes: found ${unsupported}, expected gzip, zstd, bzip2, xz or none`,
        { found: unsupported },
      );
    }
    compression = sniffCompression(head);
    pace = new Pace(compression);
    builder = options.index ? createIndexBuilder(compression, options.span) : undefined;
    return createDecompressor(
      compression,
      (bytes) => {
        size += bytes.length;
        sink(bytes);
      },
      {
        limit: options.limit,
        windowLimit: options.windowLimit,
        newHasher: options.newHasher,
        onPoint: builder?.onPoint,
      },
    );
  };

  const take = async (bytes: Uint8Array): Promise<void> => {
    machine ??= start();
    for (let from = 0; from < bytes.length; ) {
      const step = bytes.subarray(from, from + pace.size);
      const before = size;
      machine.push(step);
      pace.gave(size - before);
      from += step.length;
      compressedSize += step.length;
      turnIn += step.length;
      told += step.length;
      if (told >= TOLD || from === bytes.length) {
        told = 0;
        onRead?.(compressedSize);
      }
      if (turnIn >= TURN || size - turnOut >= TURN_OUT) {
        turnIn = 0;
        turnOut = size;
        await turn();
        signal?.throwIfAborted();
      }
    }
  };

  await pump(
    source,
    (chunk: Bytes) => {
      if (machine !== undefined) return take(chunk);
      head = head.length === 0 ? chunk : joined(head, chunk);
      return head.length < SNIFF_BYTES ? undefined : take(head);
    },
    { signal },
  );
  if (machine === undefined) await take(head);
  machine!.end();
  return { compression, compressedSize, size, index: builder?.finish({ compressedSize, size }) };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
