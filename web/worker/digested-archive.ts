import type { Archive, ArchiveLayer } from "../../core/archive/mod.ts";
import { SNIFF_BYTES, sniffCompression } from "../../core/compression/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import type { Crew } from "./crew.ts";

/** What {@link digestedArchive} works with. */
export interface DigestWork {
  readonly crew: Crew;
  readonly signal: AbortSignal;
  readonly priority: () => number;
  readonly onProgress: (layer: ArchiveLayer, bytes: number) => void;
}

/**
 * `archive`, its compressed layers with the digests of their stored bytes where it does not say them itself. Only bytes as stored are hashed for that,
 * some 500 MB a second: what is in the store already is then known without being inflated, and what is not is inflated once, by the
 * worker that stores it.
 */
export async function digestedArchive(archive: Archive, work: DigestWork): Promise<Archive> {
  const found = new Map<string, Promise<Digest | undefined>>();
  for (const { manifest, layers } of archive.images) {
    if (manifest !== undefined) continue;
    for (const layer of layers)
      if (layer.digest === undefined && layer.diffID !== undefined && !found.has(layer.path))
        found.set(layer.path, digestOf(layer, work));
  }
  if (found.size === 0) return archive;
  const digests = new Map<string, Digest | undefined>();
  await Promise.all([...found].map(async ([path, digest]) => digests.set(path, await digest)));
  return {
    ...archive,
    images: archive.images.map((image) => {
      // Those are known by their identity.
      if (image.manifest !== undefined) return image;
      const layers = image.layers.map((layer) => ({
        ...layer,
        digest: layer.digest ?? digests.get(layer.path),
      }));
      return { ...image, layers };
    }),
  };
}

/** `undefined` for what has to be read anyway, or need not be: plain layers, and compressions that no manifest can announce. */
async function digestOf(
  layer: ArchiveLayer,
  { crew, signal, priority, onProgress }: DigestWork,
): Promise<Digest | undefined> {
  const { source, scan } = layer;
  if (!(source instanceof Blob)) return scan?.compression === "none" ? undefined : scan?.blobDigest;
  const head = new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer());
  const compression = sniffCompression(head);
  if (compression !== "gzip" && compression !== "zstd") return undefined;
  if (scan !== undefined) return scan.blobDigest;
  return crew.run({
    name: "hash",
    source,
    signal,
    priority,
    onProgress: (bytes) => onProgress(layer, bytes),
  });
}
