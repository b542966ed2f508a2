import type { Source } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import {
  encodeImage,
  inFamily,
  type MadeImage,
  type ResolvedImage,
  readStoredImage,
  storeImage,
  storeLayerSource,
} from "../image/mod.ts";
import type { MediaFamily } from "../oci/mod.ts";
import { type LocalStore, sweep } from "../store/mod.ts";
import { type DraftLayer, draftOf, encodeDraftConfig, type ImageDraft, withLayers } from "./draft.ts";
import { recompressed, withFamily } from "./format.ts";
import { type LayerRange, type Line, rolledBack, withLayerOnTop, withoutLayer } from "./layers.ts";
import { rebased } from "./rebase.ts";
import { type NamedChanges, type SettingsChange, withAnnotations, withSettings } from "./settings.ts";
import { squashed } from "./squash.ts";
import { stripped } from "./strip.ts";
import { draftLayer, type EditWork, storing } from "./work.ts";

/** One change of an image. Layers count from 0 at the base, as they are after the edits before. */
export type ImageEdit =
  | { readonly kind: "settings"; readonly change: SettingsChange }
  | { readonly kind: "annotations"; readonly change: NamedChanges }
  /** One more layer on top, from its tar. */
  | { readonly kind: "append"; readonly tar: Source; readonly line?: Line | undefined }
  | { readonly kind: "remove-layer"; readonly layer: number }
  /** Back to what the image was with layer `layer` as its last. */
  | { readonly kind: "roll-back"; readonly layer: number }
  /** Paths go from every layer, as if they had never been there. */
  | { readonly kind: "strip"; readonly paths: readonly string[] }
  /** Several layers become one; without a range all of them. */
  | { readonly kind: "squash"; readonly range?: LayerRange | undefined }
  | { readonly kind: "rebase"; readonly from: ResolvedImage; readonly to: ResolvedImage }
  /** All layers are stored as the work's compressor does, or plain without one. */
  | { readonly kind: "recompress"; readonly again?: boolean | undefined }
  | { readonly kind: "media-types"; readonly family: MediaFamily };

/** An image before or after. */
export interface ImageFacts {
  readonly id: Digest;
  /** Digest and bytes of the manifest. */
  readonly digest: Digest;
  readonly manifestSize: number;
  readonly configSize: number;
  readonly layers: readonly DraftLayer[];
  /** Bytes of the layers as stored, each once. */
  readonly layerBytes: number;
}

/** What an edit has made. Nothing has a name yet: what was there is as it was. */
export interface EditedImage {
  readonly before: ImageFacts;
  readonly after: ImageFacts;
  /** Layers that the image did not have before. */
  readonly fresh: readonly DraftLayer[];
  /** Bytes that a registry would be sent that has the image as it was: fresh layers, config and manifest. */
  readonly freshBytes: number;
  /** What a strip took, added up. */
  readonly strippedEntries: number;
  readonly strippedBytes: number;
  /** Absolute paths that still have the content of a stripped file, being other names of it. */
  readonly remaining: readonly string[];
  /** Keeps the image, under these names. To be called once, or {@link EditedImage.discard}. */
  keep(names: readonly string[]): Promise<MadeImage>;
  /** Forgets it, and frees what it had written. */
  discard(): Promise<void>;
}

/** What {@link editImage} takes. */
export interface EditImageOptions extends Omit<EditWork, "store" | "lease"> {
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * Makes of an image another one, by these edits in their order. New layers are written to the store and pinned; the image itself is named only
 * by `keep`, in one step. The same image and edits give the same bytes, on every host whose compressor does.
 * @throws CoreError `edit/*` naming what cannot be done, `store/*`, and what a broken layer throws: nothing is kept then.
 */
export async function editImage(
  store: LocalStore,
  image: ResolvedImage,
  request: { readonly edits: readonly ImageEdit[] } & EditImageOptions,
): Promise<EditedImage> {
  const { edits, now, ...how } = request;
  const { newHasher, signal } = how;
  const source = await readResolved(store, image, how);
  const lease = await store.lease(image.image.id);
  const work: EditWork = { ...how, store, lease };
  const first = draftOf(source);
  const before = factsOf(first, {
    id: source.id,
    configSize: source.configBytes.length,
    ...source.descriptor,
  });
  const state = { draft: first, entries: 0, bytes: 0, remaining: [] as readonly string[] };
  const discard = async (): Promise<void> => {
    await lease.release();
    await sweep(store, { signal });
  };
  try {
    for (const edit of edits) Object.assign(state, await applied(state, edit, work));
  } catch (error) {
    await discard();
    throw error;
  }
  const draft = inOneFamily(state.draft);
  const config = encodeDraftConfig(draft);
  const parts = {
    config,
    layers: draft.layers.map(({ descriptor }) => descriptor),
    family: draft.family,
    annotations: draft.annotations.size > 0 ? draft.annotations : undefined,
  };
  const { described, target } = encodeImage(parts, newHasher);
  const after = factsOf(draft, { ...target, id: described.digest, configSize: config.length });
  const had = new Set(before.layers.map(({ descriptor }) => descriptor.digest));
  const fresh = after.layers.filter(({ descriptor }) => !had.has(descriptor.digest));
  const documents =
    (after.id === before.id ? 0 : after.configSize) +
    (after.digest === before.digest ? 0 : after.manifestSize);
  return {
    before,
    after,
    fresh,
    freshBytes: documents + bytesOf(fresh),
    strippedEntries: state.entries,
    strippedBytes: state.bytes,
    remaining: state.remaining,
    async keep(names) {
      const made = await storeImage(store, { ...parts, names }, { now, newHasher, signal, lease });
      await lease.release();
      return made;
    },
    discard,
  };
}

/** What is written has its media types from one family, whatever the image had. */
function inOneFamily(draft: ImageDraft): ImageDraft {
  const listed = draft.layers.map(({ descriptor }) => descriptor);
  const { family, layers } = inFamily(listed, draft.family);
  return {
    ...withLayers(
      draft,
      draft.layers.map((from, at) => ({ from, to: { ...from, descriptor: layers[at] ?? from.descriptor } })),
    ),
    family,
  };
}

interface EditState {
  readonly draft: ImageDraft;
  readonly entries: number;
  readonly bytes: number;
  readonly remaining: readonly string[];
}

async function applied(state: EditState, edit: ImageEdit, work: EditWork): Promise<Partial<EditState>> {
  const { draft } = state;
  switch (edit.kind) {
    case "settings":
      return { draft: withSettings(draft, edit.change) };
    case "annotations":
      return { draft: withAnnotations(draft, edit.change) };
    case "append": {
      const how = storing(work, draft.family, draft.layers.length);
      const stored = await storeLayerSource(work.store, edit.tar, how);
      return { draft: withLayerOnTop(draft, draftLayer(stored), edit.line ?? {}) };
    }
    case "remove-layer":
      return { draft: withoutLayer(draft, edit.layer) };
    case "roll-back":
      return { draft: rolledBack(draft, edit.layer) };
    case "strip": {
      const made = await stripped(draft, edit.paths, work);
      return {
        draft: made.draft,
        entries: state.entries + made.entries,
        bytes: state.bytes + made.bytes,
        remaining: [...new Set([...state.remaining, ...made.remaining])],
      };
    }
    case "squash":
      return {
        draft: await squashed(draft, edit.range ?? { from: 0, to: draft.layers.length - 1 }, work),
      };
    case "rebase": {
      const [from, to] = [
        await readResolved(work.store, edit.from, work),
        await readResolved(work.store, edit.to, work),
      ];
      const digest = edit.to.name?.target.digest ?? to.descriptor.digest;
      return {
        draft: rebased(draft, { from: draftOf(from), to: draftOf(to), name: edit.to.name?.name, digest }),
      };
    }
    case "recompress":
      return { draft: await recompressed(draft, work, { again: edit.again }) };
    default:
      return { draft: withFamily(draft, edit.family) };
  }
}

function readResolved(
  store: LocalStore,
  resolved: ResolvedImage,
  options: Pick<EditWork, "signal" | "newHasher">,
): ReturnType<typeof readStoredImage> {
  return readStoredImage(store, { id: resolved.image.id, target: resolved.target }, options);
}

function factsOf(
  { layers }: ImageDraft,
  { id, configSize, digest, size }: { id: Digest; configSize: number; digest: Digest; size: number },
): ImageFacts {
  return { id, digest, manifestSize: size, configSize, layers, layerBytes: bytesOf(layers) };
}

function bytesOf(layers: readonly DraftLayer[]): number {
  const sizes = new Map(layers.map(({ descriptor }) => [descriptor.digest, descriptor.size]));
  let bytes = 0;
  for (const size of sizes.values()) bytes += size;
  return bytes;
}
