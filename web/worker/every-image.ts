import type { Archive, ArchiveImage } from "../../core/archive/mod.ts";

/**
 * `archive` with the images that only its index knows, after those it lists: where manifest.json names one platform of several, as the
 * containerd store writes it, the others can be looked into as well.
 */
export function withEveryImage(archive: Archive): Archive {
  const images = new Set<ArchiveImage>(archive.images);
  for (const { image } of archive.manifests) if (image?.config !== undefined) images.add(image);
  return images.size === archive.images.length ? archive : { ...archive, images: [...images] };
}
