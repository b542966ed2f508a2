import { type ReadOptions, type Source, sliceBounds } from "../bytes/mod.ts";
import { SNIFF_BYTES, sniffCompression } from "../compression/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { Descriptor } from "../oci/mod.ts";
import { type LayerScan, scanLayer } from "../tree/mod.ts";
import type { BlobSink, BlobWriter } from "./blob.ts";

/** One layer to be brought into a store. All but `to`, `signal` and `onBytes` are plain values, for a worker to do it. */
export interface LayerMove extends ReadOptions {
  readonly descriptor: Descriptor;
  /** What it must decompress to, where that is known. */
  readonly diffID: Digest | undefined;
  readonly source: Source;
  readonly to: BlobSink;
  readonly newHasher: NewHasher;
  /** Told where writing began, and then how far it is, in bytes of the blob. */
  readonly onBytes?: ((bytes: number, resumedFrom: number) => void) | undefined;
}

/** Where scans of layers are kept beside a store. */
export interface LayerScans {
  /** Keeps a scan by the digest of the layer's stored bytes. */
  put(scan: LayerScan): Promise<void>;
  byBlob(digest: Digest): Promise<LayerScan | undefined>;
}

/** Brings a layer into a store and finds out all about it. */
export type MoveLayer = (move: LayerMove) => Promise<LayerScan>;

/**
 * Brings a layer into a store and scans it, in one pass: every chunk is written and then taken apart. What an earlier, broken-off move has
 * left there is read again for the scan and not written again. Nothing becomes visible when the digest or the diff ID is wrong.
 * @throws CoreError `digest/mismatch`, with `what`, `expected` and `found` in its detail; `store/full`; whatever reading fails with.
 */
export async function moveLayer(move: LayerMove): Promise<LayerScan> {
  for (let again = false; ; again = true) {
    const resumed = { from: 0 };
    try {
      return await moveOnce(move, resumed);
    } catch (error) {
      // Bytes kept from before may have been others; without them a second try tells.
      if (again || resumed.from === 0 || !isCoreError(error, "digest/mismatch")) throw error;
    }
  }
}

async function moveOnce(move: LayerMove, resumed: { from: number }): Promise<LayerScan> {
  const { descriptor, source, to, newHasher, signal, onBytes } = move;
  const writer = await to.openWriter(descriptor, { signal });
  if (writer === undefined) {
    const onProgress = (bytes: number): void => onBytes?.(bytes, bytes);
    return checked(move, await scanLayer(source, { newHasher, signal, onProgress }));
  }
  try {
    resumed.from = writer.offset;
    const onProgress = (): void => onBytes?.(writer.offset, resumed.from);
    onProgress();
    const scan = await scanLayer(teed(source, 0, writer), {
      newHasher: writer.offset === 0 && (await isPlain(source)) ? believing(descriptor.digest) : newHasher,
      signal,
      onProgress,
    });
    checked(move, scan);
    await writer.commit();
    return scan;
  } finally {
    await writer.abort();
  }
}

async function isPlain(source: Source): Promise<boolean> {
  return sniffCompression(new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer())) === "none";
}

/**
 * Hashers that believe. The writer hashes the same bytes and makes nothing visible that is not `digest`; of a plain layer that is the diff ID
 * too. Hashing is most of the work for such a layer, and would be done three times.
 */
function believing(digest: Digest): NewHasher {
  const hex = digest.slice(digest.indexOf(":") + 1);
  return () => ({ update() {}, hex: () => hex });
}

function checked({ descriptor, diffID }: LayerMove, scan: LayerScan): LayerScan {
  check("digest", descriptor.digest, scan.blobDigest);
  if (diffID !== undefined) check("diffID", diffID, scan.diffID);
  return scan;
}

function check(what: "digest" | "diffID", expected: Digest, found: Digest | undefined): void {
  if (found === expected || !expected.startsWith("sha256:")) return;
  const got =
    found === undefined ? "none, since the layer cannot be decompressed to its end" : JSON.stringify(found);
  throw new CoreError("digest/mismatch", `invalid ${what}: expected "${expected}", got ${got}`, {
    what,
    expected,
    ...(found === undefined ? {} : { found }),
  });
}

/** `source` from byte `start` of a blob, whose stream hands each chunk to the writer, as far as that does not have it, before it hands it on. */
function teed(source: Source, start: number, writer: BlobWriter): Source {
  return {
    size: source.size,
    slice(from, to) {
      const [first, last] = sliceBounds(source.size, from, to);
      return teed(source.slice(first, last), start + first, writer);
    },
    stream() {
      const reader = source.stream().getReader();
      let at = start;
      return new ReadableStream(
        {
          async pull(controller) {
            const { done, value } = await reader.read();
            if (done) return controller.close();
            at += value.length;
            const fresh = at - writer.offset;
            if (fresh > 0) await writer.write(fresh < value.length ? value.subarray(-fresh) : value);
            controller.enqueue(value);
          },
          cancel: (reason) => reader.cancel(reason),
        },
        { highWaterMark: 0 },
      );
    },
    arrayBuffer: () => source.arrayBuffer(),
  };
}
