import type { WireError } from "../../core/error.ts";
import type { ArchiveEvent, ArchiveView, ImageView, LayerView } from "./engine.ts";
import { imageNames } from "./image-names.ts";

/** How much of an image's tree answers by now. */
export interface TreeReach {
  /** Layers 0 to `layers - 1` are folded in. */
  readonly layers: number;
  readonly nodes: number;
  readonly complete: boolean;
}

/** All that is known of one archive, from the moment it was dropped. */
export interface ArchiveState {
  readonly phase: "opening" | "open" | "failed";
  /** Bytes read of the bytes to read while `opening`. */
  readonly done: number;
  readonly total: number;
  readonly archive?: ArchiveView;
  readonly error?: WireError;
  /** By the image's index. */
  readonly trees: ReadonlyMap<number, TreeReach>;
}

/** The state before the first event. */
export function openingState(total: number): ArchiveState {
  return { phase: "opening", done: 0, total, trees: new Map() };
}

function withLayer(archive: ArchiveView, image: number, layer: LayerView): ArchiveView {
  const images = archive.images.map((entry) =>
    entry.index === image
      ? { ...entry, layers: entry.layers.map((old) => (old.index === layer.index ? layer : old)) }
      : entry,
  );
  return { ...archive, images };
}

/** The state after `event`. Events about things the archive does not have change nothing. */
export function nextState(state: ArchiveState, event: ArchiveEvent): ArchiveState {
  switch (event.type) {
    case "opening":
      return state.phase === "opening" ? { ...state, done: event.done, total: event.total } : state;
    case "opened":
      return { ...state, phase: "open", archive: event.archive };
    case "layer":
      if (state.archive === undefined) return state;
      return { ...state, archive: withLayer(state.archive, event.image, event.layer) };
    case "tree": {
      const trees = new Map(state.trees);
      trees.set(event.image, { layers: event.layers, nodes: event.nodes, complete: event.complete });
      return { ...state, trees };
    }
    default:
      // An archive that was open and then lost its file keeps what it showed.
      return { ...state, phase: state.archive === undefined ? "failed" : "open", error: event.error };
  }
}

/** The three sizes of an image, in bytes; `undefined` while a layer's is not known. */
export interface ImageSizes {
  readonly stored: number;
  readonly tar: number | undefined;
  readonly content: number | undefined;
}

function sum(layers: readonly LayerView[], pick: (layer: LayerView) => number | undefined) {
  let total = 0;
  for (const layer of layers) {
    if (layer.state === "missing") continue;
    const value = pick(layer);
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}

/** The sizes of `image`; layers that the archive lacks count nothing. */
export function imageSizes(image: ImageView): ImageSizes {
  return {
    stored: sum(image.layers, (layer) => layer.storedSize) ?? 0,
    tar: sum(image.layers, (layer) => layer.tarSize),
    content: sum(image.layers, (layer) => layer.contentSize),
  };
}

/** How an image's layers stand, in one word and numbers. */
export interface LayerStanding {
  readonly verdict: "verified" | "pending" | "mismatch" | "missing" | "failed" | "unverifiable";
  readonly verified: number;
  readonly total: number;
  /** Bytes of stored layers read so far, of all there are to read. */
  readonly read: number;
  readonly bytes: number;
}

/** What can be said of the check of `image`: the worst news first, then whether work is under way. */
export function layerStanding(image: ImageView): LayerStanding {
  let verified = 0;
  let read = 0;
  let bytes = 0;
  const seen = new Set<LayerStanding["verdict"]>();
  for (const layer of image.layers) {
    if (layer.state === "missing" || layer.state === "failed") seen.add(layer.state);
    else seen.add(layer.verification);
    if (layer.verification === "verified") verified += 1;
    if (layer.state === "missing") continue;
    bytes += layer.storedSize;
    if (layer.state === "waiting" || layer.state === "reading") read += layer.readBytes ?? 0;
    else read += layer.storedSize;
  }
  const order = ["mismatch", "failed", "missing", "pending", "unverifiable"] as const;
  const verdict = order.find((word) => seen.has(word)) ?? "verified";
  return { verdict, verified, total: image.layers.length, read, bytes };
}

/** Images that are one thing to the reader: the platforms of one index, or a single image. */
export interface ImageGroup {
  /** Tags of the group; empty for an image without one. */
  readonly tags: readonly string[];
  readonly images: readonly ImageView[];
}

/**
 * The images of an archive, those reached from one entry of `index.json` together.
 * Attestations and artifacts are manifests, never images, so no platform choice shows them.
 */
export function imageGroups(archive: ArchiveView): readonly ImageGroup[] {
  const rootOf = new Map<number, number>();
  const rootTags = new Map<number, readonly string[]>();
  let root = -1;
  for (const manifest of archive.manifests) {
    if (manifest.depth === 0) {
      root += 1;
      rootTags.set(root, manifest.tags);
    }
    if (manifest.image !== undefined && !rootOf.has(manifest.image)) rootOf.set(manifest.image, root);
  }
  const groups = new Map<string, { root: readonly string[]; tags: Set<string>; images: ImageView[] }>();
  for (const image of archive.images) {
    const ordinal = rootOf.get(image.index);
    const key = ordinal === undefined ? `image ${image.index}` : `root ${ordinal}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { root: rootTags.get(ordinal ?? -1) ?? [], tags: new Set(), images: [] };
      groups.set(key, group);
    }
    for (const tag of image.tags) group.tags.add(tag);
    group.images.push(image);
  }
  return [...groups.values()].map(({ root, tags, images }) => ({
    tags: [...(tags.size > 0 ? tags : root)],
    images,
  }));
}

/** The first 12 hexadecimal digits of a digest, as Docker prints an ID. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(":");
  return digest.slice(colon + 1, colon + 13);
}

/** What an image is called: its first name, else a tag that stands alone, else its short ID. */
export function imageTitle(image: ImageView): string {
  const { names, bare } = imageNames(image.tags);
  return names[0] ?? bare[0] ?? (image.id === "" ? "" : shortDigest(image.id));
}
