import { type Bytes, pump, type ReadOptions, type Source, sourceOf } from "../bytes/mod.ts";
import { type Compression, createDecompressor, SNIFF_BYTES, sniffCompression } from "../compression/mod.ts";
import type { NewHasher } from "../digest/mod.ts";
import { type CoreError, isCoreError } from "../error.ts";
import { blobSpool, type Spool } from "../image/mod.ts";
import { type EntryTable, readTable } from "../tar/mod.ts";
import { archiveError } from "./failure.ts";

/** What {@link plainTar} takes. */
export interface PlainTarOptions extends ReadOptions {
  readonly newHasher?: NewHasher | undefined;
  /** Where what comes as a stream or compressed waits until its end. Default: Blobs. */
  readonly spool?: (() => Spool) | undefined;
  /** Told how many bytes have been read, as given. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/**
 * A tar as a source of its plain bytes, from a source or a stream, in any compression that images come in. A plain source is given back as it
 * is; everything else is set aside as it passes.
 * @throws CoreError `container/archive` in the engine's words when the compression is broken; what reading throws.
 */
export async function plainTar(
  tar: Source | ReadableStream<Bytes>,
  options: PlainTarOptions = {},
): Promise<Source> {
  const source = "getReader" in tar ? await setAside(tar, options) : tar;
  const head = new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer());
  const compression = sniffCompression(head);
  return compression === "none" ? source : decompressed(source, compression, options);
}

async function setAside(stream: ReadableStream<Bytes>, options: PlainTarOptions): Promise<Source> {
  const spool = (options.spool ?? blobSpool)();
  let read = 0;
  const sink = async (chunk: Bytes): Promise<void> => {
    await spool.write(chunk);
    read += chunk.length;
    options.onProgress?.(read);
  };
  await pump({ ...sourceOf(new Uint8Array(0)), stream: () => stream }, sink, { signal: options.signal });
  return spool.end();
}

/** Bytes given to a decompressor between two writes: what they become, a thousandfold at most, is held until it is written. */
const STEP = 16_384;

async function decompressed(
  source: Source,
  compression: Compression,
  options: PlainTarOptions,
): Promise<Source> {
  const { signal, newHasher } = options;
  const spool = (options.spool ?? blobSpool)();
  let made: Bytes[] = [];
  const machine = createDecompressor(compression, (bytes) => void made.push(bytes.slice()), { newHasher });
  const flush = async (): Promise<void> => {
    const chunks = made;
    made = [];
    for (const chunk of chunks) await spool.write(chunk);
  };
  const sink = async (chunk: Bytes): Promise<void> => {
    for (let at = 0; at < chunk.length; at += STEP) {
      machine.push(chunk.subarray(at, at + STEP));
      await flush();
    }
  };
  try {
    await pump(source, sink, { signal });
    machine.end();
    await flush();
  } catch (error) {
    signal?.throwIfAborted();
    throw isCoreError(error) ? broken(error) : error;
  }
  return spool.end();
}

/** The table of a plain tar. @throws CoreError `container/archive` in the engine's words. */
export async function readTarTable(tar: Source, options: ReadOptions = {}): Promise<EntryTable> {
  try {
    return await readTable(tar, { signal: options.signal });
  } catch (error) {
    throw isCoreError(error) ? broken(error) : error;
  }
}

const CUT: ReadonlySet<string> = new Set(["tar/truncated", "compression/truncated", "bytes/truncated"]);
const MALFORMED: ReadonlySet<string> = new Set(["tar/header", "tar/pax", "tar/sparse"]);

/** What the engine says of it. */
function broken(error: CoreError): CoreError {
  if (CUT.has(error.code)) return archiveError("unexpected EOF", error);
  return MALFORMED.has(error.code) ? archiveError("archive/tar: invalid tar header", error) : error;
}
