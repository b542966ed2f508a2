import { type HistoryEntry, mapHistory } from "../oci/mod.ts";
import type { ImageParts } from "./parts.ts";

/** One instruction of an image's making, with what it added. */
export interface HistoryLine {
  readonly entry: HistoryEntry;
  /** Layer it made, from 0 at the base. */
  readonly layer: number | undefined;
  /** Bytes of that layer, 0 when it made none; `undefined` when the layer was not read. */
  readonly size: number | undefined;
}

/**
 * The history of an image, oldest first, with `sizes` the sizes of its layers ({@link layerSize}).
 * `docker history` shows it the other way round.
 */
export function historyLines(image: ImageParts, sizes: readonly (number | undefined)[]): HistoryLine[] {
  const { steps } = mapHistory(image.config?.history ?? [], image.layers.length);
  return steps.map(({ entry, layer }) => ({ entry, layer, size: layer === undefined ? 0 : sizes[layer] }));
}

/** The size of an image as `docker images` shows it: the sum over its layers; `undefined` while one of them is not known. */
export function imageSize(sizes: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const size of sizes) {
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

/**
 * The IDs of the images that an image was built on, nearest first, as far as they are among `images`. A chain that comes round ends
 * where it does.
 */
export function ancestors(image: ImageParts, images: Iterable<ImageParts>): ImageParts[] {
  const byID = new Map<string, ImageParts>();
  for (const other of images) if (other.id !== undefined) byID.set(other.id, other);
  const chain: ImageParts[] = [];
  const seen = new Set<ImageParts>([image]);
  let next = image.parent === undefined ? undefined : byID.get(image.parent);
  while (next !== undefined && !seen.has(next)) {
    seen.add(next);
    chain.push(next);
    next = next.parent === undefined ? undefined : byID.get(next.parent);
  }
  return chain;
}
