import { formatFamiliar, parseReference, withDefaultTag } from "../../core/oci/mod.ts";
import { type ImageGroup, imageGroups } from "./archive.ts";
import type { ArchiveView } from "./engine.ts";
import { imageNames } from "./image-names.ts";
import type { StoredImage } from "./images.ts";

/** The familiar name with its tag that a load gives to an image for `text`; `undefined` for what cannot become a tag. */
function tagFor(text: string): string | undefined {
  try {
    const reference = withDefaultTag(parseReference(text));
    return reference.digest === undefined ? formatFamiliar(reference) : undefined;
  } catch {
    return undefined;
  }
}

function isGroupKept(group: ImageGroup, whole: readonly StoredImage[]): boolean {
  const ids = new Set(group.images.map(({ id }) => id));
  // Of the platforms of one index one is what the index is known by: the others are kept along with it.
  const kept = whole.filter(({ id }) => ids.has(id));
  // Counted, since an index may write a platform otherwise than the config does.
  const platforms = new Set(group.images.map(({ platform }) => platform));
  const enough = kept.some((image) => image.platforms.length >= platforms.size);
  const separately = [...ids].every((id) => kept.some((image) => image.id === id));
  if (!enough && !separately) return false;
  const tags = new Set(kept.flatMap((image) => image.tags));
  return imageNames(group.tags).names.every((name) => {
    const tag = tagFor(name);
    return tag === undefined || tags.has(tag);
  });
}

/**
 * Whether loading `archive` would add nothing to `images`: all of its images are kept whole under all the names they have in it. An archive
 * with a layer that is not what its digest says, that is not there or cannot be read is never kept: its IDs say nothing of its bytes.
 */
export function isArchiveKept(archive: ArchiveView, images: readonly StoredImage[]): boolean {
  if (archive.images.length === 0) return false;
  const bad = archive.images.some(({ layers }) =>
    layers.some(
      ({ state, verification }) => verification === "mismatch" || state === "missing" || state === "failed",
    ),
  );
  if (bad) return false;
  // One that lacks something is kept again: that puts it right.
  const whole = images.filter(({ damaged }) => !damaged);
  return imageGroups(archive).every((group) => isGroupKept(group, whole));
}
