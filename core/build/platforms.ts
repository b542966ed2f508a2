import { storeDocument } from "../image/mod.ts";
import {
  type Descriptor,
  encodeIndex,
  formatCanonical,
  MEDIA_TYPES,
  normalizePlatform,
  type Platform,
  parseReference,
  withDefaultTag,
} from "../oci/mod.ts";
import { editTable, type TableChange } from "../store/mod.ts";
import { buildImage } from "./build.ts";
import type { BuildOptions, BuiltImage } from "./options.ts";

/** What {@link buildPlatforms} takes. */
export interface BuildPlatformsOptions extends Omit<BuildOptions, "platform"> {
  /** What to build for, one image each, in the order of the index. */
  readonly platforms: readonly Platform[];
}

/** Images of several platforms, and what holds them together. */
export interface BuiltPlatforms {
  /** In the order of the platforms. */
  readonly images: readonly BuiltImage[];
  /** Of the index. */
  readonly root: Descriptor;
}

/**
 * Builds the same Dockerfile for several platforms, one after the other, and names the index of them all. In the table it is the image of the
 * first platform; the others are reached through the index.
 * @throws CoreError as {@link buildImage}; RangeError without platforms
 */
export async function buildPlatforms(options: BuildPlatformsOptions): Promise<BuiltPlatforms> {
  const { platforms, store, tags = [], newHasher, signal } = options;
  if (platforms.length === 0) throw new RangeError("a build needs a platform");
  const before = (await store.table.snapshot()).images;
  const images: BuiltImage[] = [];
  const manifests: Descriptor[] = [];
  for (const wanted of platforms) {
    const platform = normalizePlatform(wanted);
    const image = await buildImage({ ...options, platform, tags: [] });
    images.push(image);
    const { mediaType, digest, size } = image.record.target;
    manifests.push({ mediaType, digest, size, platform });
  }
  const first = images[0]!.record;
  const bytes = encodeIndex({ manifests });
  const root = await storeDocument(store, { bytes, mediaType: MEDIA_TYPES.ociIndex }, { newHasher, signal });
  const names = tags.map((text) => formatCanonical(withDefaultTag(parseReference(text))));
  await editTable(store.table, (table) => {
    const lastTaggedAt = names.length > 0 ? options.now() : first.lastTaggedAt;
    const changes: TableChange[] = [
      { kind: "image", id: first.id, record: { ...first, target: root, lastTaggedAt } },
    ];
    for (const name of names) {
      changes.push({ kind: "name", name, record: { name, target: root, image: first.id } });
    }
    const used = new Set([...table.names.values()].map(({ image }) => image));
    for (const { record } of images.slice(1)) {
      // What was an image of its own before stays one.
      if (record.id === first.id || before.has(record.id) || used.has(record.id)) continue;
      changes.push({ kind: "image", id: record.id, record: undefined });
    }
    return { changes };
  });
  return { images, root };
}
