import type { ReadOptions } from "../bytes/mod.ts";
import type { NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import {
  type LayerCompressor,
  type OpenLayer,
  openLayer,
  type ScanShelf,
  type Spool,
  type StoredLayer,
  type StoreLayerOptions,
} from "../image/mod.ts";
import type { MediaFamily } from "../oci/mod.ts";
import type { Lease, LocalStore } from "../store/mod.ts";
import { foldLayers, type Tree } from "../tree/mod.ts";
import { type DraftLayer, type ImageDraft, isOurs } from "./draft.ts";

/** What edits that read and write layers work with. */
export interface EditWork extends ReadOptions {
  readonly store: LocalStore;
  readonly newHasher: NewHasher;
  /** Where what is written is pinned. */
  readonly lease: Lease;
  /** What compresses the layers that are made; without it they are stored plain. */
  readonly compressor?: LayerCompressor | undefined;
  readonly shelf?: ScanShelf | undefined;
  readonly spool?: (() => Spool) | undefined;
  /** Told what is being done, in bytes of layers. */
  readonly onProgress?: ((progress: EditProgress) => void) | undefined;
}

/** How far an edit is. */
export interface EditProgress {
  readonly stage: "reading" | "writing";
  /** Layer from 0 at the base. */
  readonly layer: number;
  readonly bytes: number;
  readonly total: number;
}

/** Layers of a draft, opened, and the tree of them. */
export interface OpenDraft {
  readonly layers: readonly OpenLayer[];
  readonly tree: Tree;
}

/**
 * Opens the layers of a draft up to `count` and folds them.
 * @throws CoreError `edit/foreign` when one is kept elsewhere; `store/missing`, and what a broken layer throws.
 */
export async function openDraft(
  draft: ImageDraft,
  work: EditWork,
  count = draft.layers.length,
): Promise<OpenDraft> {
  const layers: OpenLayer[] = [];
  for (const [index, layer] of draft.layers.slice(0, count).entries())
    layers.push(await openDraftLayer(layer, index, work));
  return { layers, tree: foldLayers(layers.map(({ table }) => table)) };
}

/** Opens one. @throws CoreError as {@link openDraft}. */
export async function openDraftLayer(layer: DraftLayer, index: number, work: EditWork): Promise<OpenLayer> {
  const { descriptor } = layer;
  if (!isOurs(layer)) {
    throw new CoreError(
      "edit/foreign",
      `Cannot edit layer ${index}: ${descriptor.digest} is kept elsewhere (${descriptor.mediaType}), expected its bytes in the store`,
      { layer: index, digest: descriptor.digest },
    );
  }
  const { store, newHasher, shelf, signal, onProgress } = work;
  return openLayer(store, descriptor, {
    newHasher,
    shelf,
    signal,
    onProgress: (_, bytes) => onProgress?.({ stage: "reading", layer: index, bytes, total: descriptor.size }),
  });
}

/** How layers are stored by this work. */
export function storing(work: EditWork, family: MediaFamily, index: number): StoreLayerOptions {
  const { newHasher, lease, compressor, spool, signal, onProgress } = work;
  return {
    newHasher,
    lease,
    compressor,
    spool,
    signal,
    family,
    onProgress: (bytes, total) => onProgress?.({ stage: "writing", layer: index, bytes, total }),
  };
}

/** A stored layer as one of a draft. */
export const draftLayer = ({ descriptor, diffID }: StoredLayer): DraftLayer => ({ descriptor, diffID });
