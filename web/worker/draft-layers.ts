import type { ArchiveImage, ArchiveLayer } from "../../core/archive/mod.ts";
import type { OpenContainer } from "../../core/container/mod.ts";
import type { OpenLayer } from "../../core/image/mod.ts";
import { mapHistory } from "../../core/oci/mod.ts";
import { StoredLayer } from "./stored-layer.ts";

/** An image whose layers come and go. */
export interface DraftImage extends ArchiveImage {
  readonly layers: ArchiveLayer[];
}

/** The files of a container as an image of an archive: the layers of its image, and one for each change. */
export function draftImage({ image, config, record }: OpenContainer): DraftImage {
  const docker = image.descriptor.mediaType.startsWith("application/vnd.docker.");
  return {
    id: image.id,
    tags: [record.imageName],
    platform: image.config.platform,
    config: { ...image.config, container: config },
    configBytes: image.configBytes,
    format: docker ? "docker" : "oci",
    layers: [],
    problems: [],
  };
}

/** What an image's history says of its layers. */
export function instructionsOf({ image }: OpenContainer) {
  return mapHistory(image.config.history, image.manifest.layers.length).byLayer;
}

/** An open layer as one that was read: it was verified when it was stored. */
export function readLayer(
  { descriptor, table, tar }: OpenLayer,
  about: Pick<ArchiveLayer, "index" | "diffID" | "history">,
): { readonly layer: ArchiveLayer; readonly stored: StoredLayer } {
  const { digest, mediaType } = descriptor;
  const layer: ArchiveLayer = {
    ...about,
    // Two layers of the same bytes are two all the same.
    path: `${about.index}/${digest}`,
    source: tar,
    size: descriptor.size,
    mediaType,
    digest,
    scan: {
      // The source inflates by itself where it has to.
      compression: "none",
      blobDigest: digest,
      blobSize: descriptor.size,
      diffID: about.diffID ?? digest,
      size: tar.size,
      table,
      index: undefined,
      contentSize: 0,
      problems: [],
      fileDigests: undefined,
    },
  };
  return { layer, stored: new StoredLayer(layer) };
}
