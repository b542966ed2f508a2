import type { Archive, ArchiveImage, ArchiveLayer } from "../../core/archive/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";

/** `archive` with what is known of its layers by now. */
export function withScans(archive: Archive, scanOf: (layer: ArchiveLayer) => LayerScan | undefined): Archive {
  const known = new Map<ArchiveImage, ArchiveImage>();
  const scanned = (image: ArchiveImage): ArchiveImage => {
    const before = known.get(image);
    if (before !== undefined) return before;
    const layers = image.layers.map((layer) => ({ ...layer, scan: scanOf(layer) ?? layer.scan }));
    const after = { ...image, layers };
    known.set(image, after);
    return after;
  };
  return {
    ...archive,
    images: archive.images.map(scanned),
    manifests: archive.manifests.map((node) =>
      node.image === undefined ? node : { ...node, image: scanned(node.image) },
    ),
  };
}
