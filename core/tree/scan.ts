import { pump, type ReadOptions, type Source, sliceBounds } from "../bytes/mod.ts";
import {
  type Compression,
  createDecompressor,
  type Decompressor,
  decompress,
  openSeekable,
  type SeekIndex,
  SNIFF_BYTES,
  seekIndexTransfer,
  sniffCompression,
  unsupportedCompression,
} from "../compression/mod.ts";
import type { Digest, Hasher, NewHasher } from "../digest/mod.ts";
import { CoreError, type WireError } from "../error.ts";
import { type EntryTable, readTable, type TarLimits, tableTransfer } from "../tar/mod.ts";
import { LayerPass, type PassResult, wireError } from "./layer-pass.ts";

/** What one pass over a layer finds out; plain values and typed arrays, so that it can be cloned, transferred ({@link scanTransfer}) and stored. */
export interface LayerScan {
  readonly compression: Compression;
  /** Digest of the bytes as stored. */
  readonly blobDigest: Digest;
  /** Bytes as stored. */
  readonly blobSize: number;
  /** Digest of the uncompressed layer; `undefined` when it could not be decompressed to its end (`problems` says why). */
  readonly diffID: Digest | undefined;
  /** Bytes of the uncompressed layer, as far as it could be decompressed. */
  readonly size: number;
  /** The entries; of a broken layer those before the break. */
  readonly table: EntryTable;
  /**
   * For opening files in the middle of a compressed layer. That of a broken layer has no points: reading starts at the front. `undefined` for
   * plain layers, which need none, and for layers scanned by {@link LayerScanner}, which collects none: {@link scanLayer} does.
   */
  readonly index: SeekIndex | undefined;
  /** Sum of the sizes of regular files, hard links counting nothing: what `docker history` shows. */
  readonly contentSize: number;
  /** What is wrong with the layer, in the order in which it was met. */
  readonly problems: readonly WireError[];
  /** Sha256 of each row's content, 32 bytes a row, zeros where there is none (other types, sparse files, broken ends). When asked for. */
  readonly fileDigests: Uint8Array<ArrayBuffer> | undefined;
}

/** What every way of scanning takes. */
export interface ScanOptions {
  readonly newHasher: NewHasher;
  readonly limits?: TarLimits | undefined;
  /** Most bytes that a layer may decompress to; beyond, it counts as broken. Default: no limit. */
  readonly maxSize?: number | undefined;
  /** Whether to hash the content of every file as well (a third pass over the bytes for the hasher). */
  readonly contentDigests?: boolean | undefined;
}

/** What {@link scanLayer} takes. */
export interface ScanLayerOptions extends ScanOptions, ReadOptions {
  /** Called with the number of stored bytes taken in so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Called at times with the rows known so far, valid during the call only: for showing a list while the layer is read. */
  readonly onEntry?: ((row: number, table: EntryTable) => void) | undefined;
}

/**
 * Scans a layer whose bytes are pushed by, for instance out of a compressed archive: digest, diff ID and table in one pass. Bad bytes
 * throw nothing: they end up in `problems`, and what can still be found out is. Collects no {@link LayerScan.index}, since a
 * layer met this way stands behind another compression.
 */
export class LayerScanner {
  readonly #blob: Hasher;
  readonly #pass: LayerPass;
  readonly #options: ScanOptions;
  readonly #head = new Uint8Array(SNIFF_BYTES);
  #headLength = 0;
  #blobSize = 0;
  #compression: Compression = "none";
  #machine: Decompressor | undefined;
  #failed = false;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#blob = options.newHasher();
    this.#pass = new LayerPass(options);
  }

  /** Takes the next bytes of the layer as stored; they may be reused once it returns. */
  push(bytes: Uint8Array): void {
    this.#blob.update(bytes);
    this.#blobSize += bytes.length;
    let rest = bytes;
    if (this.#machine === undefined && !this.#failed) {
      const taken = Math.min(SNIFF_BYTES - this.#headLength, bytes.length);
      this.#head.set(bytes.subarray(0, taken), this.#headLength);
      this.#headLength += taken;
      if (this.#headLength < SNIFF_BYTES) return;
      this.#start();
      rest = bytes.subarray(taken);
    }
    this.#feed(rest);
  }

  /** Says that the layer is complete; gives what was found out. */
  end(): LayerScan {
    if (this.#machine === undefined && !this.#failed) this.#start();
    this.#guard(() => this.#machine!.end());
    return {
      compression: this.#compression,
      blobDigest: `sha256:${this.#blob.hex()}`,
      blobSize: this.#blobSize,
      index: undefined,
      ...this.#pass.end(!this.#failed),
    };
  }

  #start(): void {
    const head = this.#head.subarray(0, this.#headLength);
    this.#compression = sniffCompression(head);
    this.#guard(() => {
      const unsupported = unsupportedCompression(head);
      if (unsupported !== undefined) throw unsupportedError(unsupported);
      const sink = (bytes: Uint8Array): void => this.#pass.push(bytes);
      this.#machine = createDecompressor(this.#compression, sink, {
        limit: this.#options.maxSize,
        newHasher: this.#options.newHasher,
      });
    });
    this.#feed(head);
  }

  #feed(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#guard(() => this.#machine!.push(bytes));
  }

  #guard(work: () => void): void {
    if (this.#failed) return;
    try {
      work();
    } catch (error) {
      this.#failed = true;
      this.#pass.problems.push(wireError(error));
    }
  }
}

/**
 * Reads a layer once, as stored, and finds out all of {@link LayerScan}. Bad bytes do not reject: they end up in `problems`, and what can still be
 * found out is. Rejects with the signal's reason, and with whatever reading `source` rejects with.
 */
export async function scanLayer(source: Source, options: ScanLayerOptions): Promise<LayerScan> {
  const { signal, onProgress } = options;
  const blob = options.newHasher();
  const pass = new LayerPass(options);
  let read = 0;
  let readFailure: { readonly error: unknown } | undefined;
  const hashed: Source = watched(source, {
    chunk(bytes) {
      blob.update(bytes);
      read += bytes.length;
    },
    failure(error) {
      readFailure = { error };
    },
  });
  let compression: Compression | undefined;
  let index: SeekIndex | undefined;
  let whole = true;
  try {
    const found = await decompress(hashed, (bytes) => pass.push(bytes), {
      signal,
      index: true,
      limit: options.maxSize,
      newHasher: options.newHasher,
      onRead: onProgress,
    });
    compression = found.compression;
    index = compression === "none" ? undefined : found.index;
  } catch (error) {
    signal?.throwIfAborted();
    if (readFailure !== undefined) throw readFailure.error;
    whole = false;
    pass.problems.push(wireError(error));
    await pump(
      source.slice(read),
      (bytes) => {
        blob.update(bytes);
        read += bytes.length;
        onProgress?.(read);
      },
      { signal },
    );
  }
  compression ??= sniffCompression(new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer()));
  const result: PassResult = pass.end(whole);
  if (compression !== "none") index ??= fromTheFront({ compression, size: result.size }, read);
  return { compression, blobDigest: `sha256:${blob.hex()}`, blobSize: read, index, ...result };
}

/**
 * The uncompressed tar of a scanned layer, for reading at any place. Of a compressed layer without index every read decompresses from the
 * front; of a broken one what comes before the break can be read.
 */
export function layerContent(
  blob: Source,
  scan: Pick<LayerScan, "index" | "compression" | "blobSize" | "size">,
): Source {
  if (scan.compression === "none") return blob;
  return openSeekable(blob, scan.index ?? fromTheFront(scan, scan.blobSize));
}

/** A first look at a layer. */
export interface LayerListing {
  readonly compression: Compression;
  /** `undefined` when only a scan can tell: the layer is compressed. */
  readonly table: EntryTable | undefined;
}

/**
 * The entries of a layer that is not compressed, by hopping from header to header: no content is read, nothing is verified. Of a
 * compressed layer it only tells the compression.
 * @throws CoreError `tar/*` when the tar is broken.
 */
export async function listLayer(
  source: Source,
  options: ReadOptions & {
    readonly limits?: TarLimits | undefined;
    readonly onProgress?: ((bytes: number) => void) | undefined;
  } = {},
): Promise<LayerListing> {
  options.signal?.throwIfAborted();
  const compression = sniffCompression(new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer()));
  if (compression !== "none") return { compression, table: undefined };
  const { onProgress, ...rest } = options;
  return {
    compression,
    table: await readTable(source, onProgress === undefined ? rest : { ...rest, onProgress }),
  };
}

/** An index without points. */
function fromTheFront(
  { compression, size }: Pick<SeekIndex, "compression" | "size">,
  compressedSize: number,
): SeekIndex {
  return {
    compression,
    compressedSize,
    size,
    out: new Float64Array(0),
    in: new Float64Array(0),
    bits: new Uint8Array(0),
    state: new Float64Array(0),
    windowEnds: new Float64Array(0),
    windows: new Uint8Array(0),
  };
}

function unsupportedError(found: string): CoreError {
  return new CoreError(
    "compression/unsupported",
    `Cannot read compressed bytes: found ${found}, expected gzip, zstd, bzip2, xz or none`,
    { found },
  );
}

/** The buffers of `scan`, for the transfer list of `postMessage`: the sender's scan is unusable afterwards. */
export function scanTransfer(scan: LayerScan): ArrayBuffer[] {
  return [
    ...tableTransfer(scan.table),
    ...(scan.index === undefined ? [] : seekIndexTransfer(scan.index)),
    ...(scan.fileDigests === undefined ? [] : [scan.fileDigests.buffer]),
  ];
}

/** `source`, whose stream shows every chunk, or why there is none, before it is handed on. */
function watched(
  source: Source,
  watch: { chunk(bytes: Uint8Array): void; failure(error: unknown): void },
): Source {
  return {
    size: source.size,
    slice(from, to) {
      const [start, end] = sliceBounds(source.size, from, to);
      return source.slice(start, end);
    },
    stream() {
      const reader = source.stream().getReader();
      // Nothing is read ahead: when the consumer gives up, every chunk shown has been handed on, and none is on its way.
      return new ReadableStream(
        {
          async pull(controller) {
            try {
              const { done, value } = await reader.read();
              if (done) return controller.close();
              watch.chunk(value);
              controller.enqueue(value);
            } catch (error) {
              watch.failure(error);
              throw error;
            }
          },
          cancel: (reason) => reader.cancel(reason),
        },
        { highWaterMark: 0 },
      );
    },
    arrayBuffer: () => source.arrayBuffer(),
  };
}
