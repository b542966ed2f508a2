import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import type { StoredImage } from "../image/mod.ts";
import {
  type Descriptor,
  formatJson,
  isForeignLayerType,
  type JsonObject,
  type JsonValue,
  MEDIA_TYPES,
  type MediaFamily,
  parseJson,
} from "../oci/mod.ts";

/** A layer of an image that is being edited. */
export interface DraftLayer {
  /** As the manifest lists it. */
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
}

/** One line of the history, and the layer it made. */
export interface DraftStep {
  /** As the config has it, whatever else it says. `empty_layer` is written anew. */
  readonly entry: JsonObject;
  readonly layer: DraftLayer | undefined;
}

/**
 * An image that is being edited: a plain value, of which each edit makes another. What no edit is about stays as it was received, unknown
 * members of the config included.
 */
export interface ImageDraft {
  /** The config; its `history` and `rootfs` are written anew from `steps` and `layers`. */
  readonly config: JsonObject;
  /** Oldest first. */
  readonly steps: readonly DraftStep[];
  /** From the base up; all of them, whether the history tells of them or not. */
  readonly layers: readonly DraftLayer[];
  readonly annotations: ReadonlyMap<string, string>;
  readonly family: MediaFamily;
}

/** An image as a draft. @throws CoreError `edit/image` when its layers and diff IDs are not as many. */
export function draftOf(image: StoredImage): ImageDraft {
  const { config, manifest, id } = image;
  const { value } = parseJson(image.configBytes, { document: id });
  if (config.diffIDs.length !== manifest.layers.length) {
    throw new CoreError(
      "edit/image",
      `Cannot edit image ${id}: its manifest lists ${manifest.layers.length} layers, its config ${config.diffIDs.length}`,
      { image: id, found: manifest.layers.length, expected: config.diffIDs.length },
    );
  }
  const layers = manifest.layers.map((descriptor, at) => ({ descriptor, diffID: config.diffIDs[at]! }));
  const object = objectOf(value);
  let made = 0;
  const steps = arrayOf(object.get("history")).map((line): DraftStep => {
    const entry = objectOf(line);
    return { entry, layer: entry.get("empty_layer") === true ? undefined : layers[made++] };
  });
  return {
    config: object,
    steps,
    layers,
    annotations: manifest.annotations ?? new Map(),
    family: manifest.mediaType === MEDIA_TYPES.dockerManifest ? "docker" : "oci",
  };
}

/** The config of a draft as bytes: members in the order in which they came, new ones at the end. */
export function encodeDraftConfig({ config, steps, layers }: ImageDraft): Uint8Array<ArrayBuffer> {
  const members = new Map(config);
  if (steps.length > 0 || members.has("history")) members.set("history", steps.map(lineOf));
  members.set(
    "rootfs",
    new Map<string, JsonValue>([
      ["type", "layers"],
      ["diff_ids", layers.map(({ diffID }) => diffID)],
    ]),
  );
  return new TextEncoder().encode(formatJson(members));
}

function lineOf({ entry, layer }: DraftStep): JsonObject {
  const line = new Map(entry);
  if (layer !== undefined) line.delete("empty_layer");
  else line.set("empty_layer", true);
  return line;
}

/** What becomes of a layer: another in its place, or none. */
export interface LayerChange {
  readonly from: DraftLayer;
  /** `undefined`: it goes. */
  readonly to: DraftLayer | undefined;
}

/** `draft` with layers exchanged. The history of one that goes stays and says that it made none, unless `forget` is set. */
export function withLayers(
  draft: ImageDraft,
  changes: readonly LayerChange[],
  { forget = false }: { readonly forget?: boolean | undefined } = {},
): ImageDraft {
  const made = new Map(changes.map(({ from, to }) => [from, to]));
  const next = (layer: DraftLayer): DraftLayer | undefined => (made.has(layer) ? made.get(layer) : layer);
  const steps = draft.steps.flatMap((step): DraftStep[] => {
    if (step.layer === undefined) return [step];
    const layer = next(step.layer);
    return layer === undefined && forget ? [] : [{ ...step, layer }];
  });
  return { ...draft, steps, layers: draft.layers.flatMap((layer) => next(layer) ?? []) };
}

/**
 * The layer with this number, from 0 at the base.
 * @throws CoreError `edit/layer` when there is none; `edit/foreign` when it is kept elsewhere and there is nothing to edit.
 */
export function layerAt(draft: ImageDraft, index: number): DraftLayer {
  const layer = draft.layers[index];
  if (layer !== undefined) return layer;
  const count = draft.layers.length;
  throw new CoreError("edit/layer", `Cannot edit layer ${index}: the image has ${count} layers, from 0`, {
    layer: index,
    expected: count,
  });
}

/** Whether a layer is here to be read: base layers of Windows are not. */
export const isOurs = ({ descriptor }: DraftLayer): boolean => !isForeignLayerType(descriptor.mediaType);

/** An object of a document, an empty one where it is none. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return value instanceof Map ? value : new Map();
}

/** A list of a document, an empty one where it is none. */
export function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
