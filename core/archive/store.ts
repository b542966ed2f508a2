import { type Source, sourceOf } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import type { BlobReader } from "../store/mod.ts";
import { contentOf, type EntryTable, entryAt } from "../tar/mod.ts";
import { cleanPath, pathAt } from "./contents.ts";
import { digestOfName } from "./layer.ts";
import type { Archive, ArchiveImage } from "./types.ts";

/**
 * An opened archive as a store to read from: manifests, indexes, configs and layers by the digest of their stored bytes, as far as the archive
 * says it. Nothing is checked here; who copies does. Layers of archives without an OCI manifest have no digest until they are read:
 * {@link loadArchive} finds theirs. Holds what the archive holds.
 */
export function archiveBlobs(archive: Archive): BlobReader {
  const blobs = new Map<Digest, Source>();
  const { members, source } = archive;
  for (let row = 0; row < members.count; row++) {
    const digest = digestOfName(cleanPath(pathAt(members, row)) ?? "");
    if (digest === undefined) continue;
    const { type, offset, storedSize } = entryAt(members, row);
    if ((type !== "file" && type !== "sparse") || offset + storedSize > source.size) continue;
    const content = contentIfSound(source, members, row);
    if (content !== undefined) blobs.set(digest, content);
  }
  const images: ArchiveImage[] = [...archive.images];
  for (const { digest, bytes, image } of archive.manifests) {
    if (bytes !== undefined) blobs.set(digest, sourceOf(bytes));
    if (image !== undefined) images.push(image);
  }
  for (const { id, configBytes, manifest, layers } of images) {
    if (id !== undefined && configBytes !== undefined) blobs.set(id, sourceOf(configBytes));
    if (manifest !== undefined) blobs.set(manifest.digest, sourceOf(manifest.bytes));
    for (const layer of layers)
      if (layer.digest !== undefined && layer.source !== undefined) blobs.set(layer.digest, layer.source);
  }
  return blobsOf(blobs);
}

/** The content of a member; `undefined` when the map of a sparse one is broken, which takes nothing from the others. */
function contentIfSound(source: Source, members: EntryTable, row: number): Source | undefined {
  try {
    return contentOf(source, members, row);
  } catch (error) {
    if (error instanceof CoreError) return undefined;
    throw error;
  }
}

/** Blobs in a map as a store to read from. */
export function blobsOf(blobs: ReadonlyMap<Digest, Source>): BlobReader {
  return {
    async stat({ digest }, options = {}) {
      options.signal?.throwIfAborted();
      return blobs.get(digest)?.size;
    },
    async blob({ digest }, options = {}) {
      options.signal?.throwIfAborted();
      return blobs.get(digest);
    },
  };
}
