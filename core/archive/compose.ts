import { type Source, sourceOf } from "../bytes/mod.ts";
import { type Digest, type NewHasher, sha256Digest } from "../digest/mod.ts";
import { MEDIA_TYPES, parseImageConfig, parseReference, parseTimestamp, withDefaultTag } from "../oci/mod.ts";
import type { TarComposition } from "../tar/mod.ts";
import { composeLayout, type LayoutBlob, type LayoutImage, manifestText } from "./write.ts";

/** An image to be saved. */
export interface ComposedImage {
  /** Kept byte for byte. */
  readonly config: Uint8Array;
  /** Names; `latest` is added where a name has no tag. */
  readonly tags: readonly string[];
  /** Uncompressed layers from the base up, each with its digest, which is believed. */
  readonly layers: readonly { readonly diffID: Digest; readonly content: Source }[];
}

/**
 * An archive as `docker save` has written since version 25: an OCI layout with manifest.json, which every engine loads. Composed and not
 * copied: its parts are the layers as they were given, and a few kilobytes. The same images give the same bytes.
 * @throws CoreError `oci/*` when a config or a tag cannot be read.
 */
export function composeDockerArchive(images: readonly ComposedImage[], newHasher: NewHasher): TarComposition {
  const blobs = new Map<Digest, LayoutBlob>();
  const entries = images.map((image): LayoutImage => {
    const id = sha256Digest(image.config, newHasher);
    const mtime = createdOf(parseImageConfig(image.config, { document: id }).created);
    const layers = image.layers.map(({ diffID, content }) => ({
      diffID,
      descriptor: { mediaType: MEDIA_TYPES.ociLayer, digest: diffID, size: content.size },
    }));
    const config = { mediaType: MEDIA_TYPES.ociConfig, digest: id, size: image.config.length };
    const manifest = new TextEncoder().encode(
      manifestText(
        config,
        layers.map(({ descriptor }) => descriptor),
      ),
    );
    const digest = sha256Digest(manifest, newHasher);
    blobs.set(id, { content: sourceOf(image.config), mtime });
    blobs.set(digest, { content: sourceOf(manifest), mtime: 0 });
    for (const { diffID, content } of image.layers)
      if (!blobs.has(diffID)) blobs.set(diffID, { content, mtime });
    const root = { mediaType: MEDIA_TYPES.ociManifest, digest, size: manifest.length };
    return { root, names: image.tags.map((tag) => withDefaultTag(parseReference(tag))), id, layers };
  });
  return composeLayout({ blobs, images: entries, docker: true });
}

/** The date of a config in seconds since the epoch, for files in an archive: never before it. */
export function createdOf(created: string | undefined): number {
  const at = created === undefined ? undefined : parseTimestamp(created);
  return Math.max(at?.seconds ?? 0, 0);
}
