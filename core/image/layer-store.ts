import { type Bytes, pump, type ReadOptions, type Source, sourceOf } from "../bytes/mod.ts";
import { type Digest, type NewHasher, newSha256, sha256Digest } from "../digest/mod.ts";
import { type Descriptor, layerTypeIn, type MediaFamily, ociLayerType } from "../oci/mod.ts";
import { type BlobSink, type Lease, moveBlob } from "../store/mod.ts";
import { composeTar, compositionSource, encodeGoHeader, type TarMember } from "../tar/mod.ts";

/** A layer that is in a store. */
export interface StoredLayer {
  /** As a manifest lists it. */
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
  /** Bytes of the tar. */
  readonly size: number;
}

/** Compresses layers; the host's, at the level that somebody chose. */
export interface LayerCompressor {
  /** What it makes: ends the media type. */
  readonly format: "gzip" | "zstd";
  /** The compressed bytes of what `plain` gives. The same bytes must give the same. */
  compress(plain: ReadableStream<Bytes>): ReadableStream<Bytes>;
}

/** Takes bytes whose digest is not known before their end, and gives them back as a source: a Blob, a file. */
export interface Spool {
  /** Takes the next bytes, which may be reused once it settles. */
  write(chunk: Bytes): Promise<void>;
  /** Everything written. */
  end(): Promise<Source>;
}

/** What {@link storeLayer} takes. */
export interface StoreLayerOptions extends ReadOptions {
  readonly newHasher?: NewHasher | undefined;
  /** Where the blob is pinned before it is written, so that no sweep takes it before something names it. */
  readonly lease?: Lease | undefined;
  /** Default: the layer is stored plain. */
  readonly compressor?: LayerCompressor | undefined;
  /** Whose media types to use. Default: `oci`. */
  readonly family?: MediaFamily | undefined;
  /** Where compressed bytes wait for their digest. Default: Blobs of {@link SPOOL_BYTES} each. */
  readonly spool?: (() => Spool) | undefined;
  /** Told how many bytes of the tar have been read, of how many. The tar is read twice. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/**
 * Writes a layer of these entries, in their order, into a store. Contents are read from their sources and never held: once for the digest and
 * once for the store, or with a compressor once. The headers are what Go writes, so that the layer has the digest that engines give it.
 * @throws CoreError `store/full`, `digest/mismatch` when a content changes while it is read; RangeError when an entry cannot be written.
 * @see {@link orderedLayer} for the order
 */
export async function storeLayer(
  store: BlobSink,
  members: Iterable<TarMember>,
  options: StoreLayerOptions = {},
): Promise<StoredLayer> {
  return storeLayerSource(store, compositionSource(composeTar(members, { encode: encodeGoHeader })), options);
}

/** Stores a layer whose tar is there already; otherwise as {@link storeLayer}. */
export async function storeLayerSource(
  store: BlobSink,
  tar: Source,
  options: StoreLayerOptions = {},
): Promise<StoredLayer> {
  const { newHasher = newSha256, compressor, signal, onProgress, family = "oci" } = options;
  const ociType = ociLayerType(compressor?.format ?? "");
  // What Docker has no word for keeps OCI's, as in every manifest that is written.
  const mediaType = layerTypeIn(family, ociType) ?? ociType;
  if (compressor === undefined) {
    // Small ones are read once: a page reads a Blob in a millisecond or more, however small.
    const source = tar.size <= SMALL ? sourceOf(new Uint8Array(await tar.arrayBuffer())) : tar;
    const digest = await digestOf(source, { newHasher, signal, onProgress });
    const descriptor = { mediaType, digest, size: tar.size };
    await storeBlob(store, descriptor, { ...options, source });
    return { descriptor, diffID: digest, size: tar.size };
  }
  const [inner, outer] = [newHasher(), newHasher()];
  let read = 0;
  const watch = new TransformStream<Bytes, Bytes>({
    transform(chunk, controller) {
      inner.update(chunk);
      read += chunk.length;
      onProgress?.(read, tar.size);
      controller.enqueue(chunk);
    },
  });
  const spool = (options.spool ?? blobSpool)();
  const compressed = compressor.compress(tar.stream().pipeThrough(watch));
  const once: Source = { ...sourceOf(new Uint8Array(0)), stream: () => compressed };
  const sink = async (chunk: Bytes): Promise<void> => {
    outer.update(chunk);
    await spool.write(chunk);
  };
  await pump(once, sink, { signal });
  const source = await spool.end();
  const [diffID, digest] = [`sha256:${inner.hex()}`, `sha256:${outer.hex()}`] as const;
  const descriptor = { mediaType, digest, size: source.size };
  await storeBlob(store, descriptor, { ...options, source });
  return { descriptor, diffID, size: tar.size };
}

/** Tars up to this size are held while they are stored, in bytes. */
const SMALL = 1024 * 1024;

async function digestOf(
  source: Source,
  { newHasher, signal, onProgress }: StoreLayerOptions & { readonly newHasher: NewHasher },
): Promise<Digest> {
  const hasher = newHasher();
  let read = 0;
  const sink = (chunk: Bytes): void => {
    hasher.update(chunk);
    read += chunk.length;
    onProgress?.(read, source.size);
  };
  await pump(source, sink, { signal });
  return `sha256:${hasher.hex()}`;
}

/** Puts a blob whose descriptor is known into a store, unless it is there; pinned first where there is a lease. */
export async function storeBlob(
  store: BlobSink,
  descriptor: Descriptor,
  options: ReadOptions & { readonly source: Source; readonly lease?: Lease | undefined },
): Promise<void> {
  const { source, lease, signal } = options;
  await lease?.pin([descriptor.digest]);
  await moveBlob({ descriptor, source: async () => source, to: store, signal });
}

/** Puts a document into a store and gives its descriptor. */
export async function storeDocument(
  store: BlobSink,
  document: { readonly bytes: Uint8Array; readonly mediaType: string },
  options: ReadOptions & {
    readonly newHasher?: NewHasher | undefined;
    readonly lease?: Lease | undefined;
  } = {},
): Promise<Descriptor> {
  const { bytes, mediaType } = document;
  const descriptor = { mediaType, digest: sha256Digest(bytes, options.newHasher), size: bytes.length };
  await storeBlob(store, descriptor, { ...options, source: sourceOf(bytes) });
  return descriptor;
}

/** Bytes gathered before they become a Blob, which a browser may then move to its disk. */
export const SPOOL_BYTES = 8 * 1024 * 1024;

/** A {@link Spool} of Blobs: holds at most {@link SPOOL_BYTES} itself. */
export function blobSpool(): Spool {
  const blobs: Blob[] = [];
  let chunks: Bytes[] = [];
  let pending = 0;
  const flush = (): void => {
    if (pending > 0) blobs.push(new Blob(chunks));
    chunks = [];
    pending = 0;
  };
  return {
    async write(chunk) {
      chunks.push(chunk.slice());
      pending += chunk.length;
      if (pending >= SPOOL_BYTES) flush();
    },
    async end() {
      flush();
      return new Blob(blobs);
    },
  };
}
