import { CoreError } from "../error.ts";
import type { JsonObject, JsonValue } from "../oci/mod.ts";
import { type DraftLayer, type DraftStep, type ImageDraft, layerAt, withLayers } from "./draft.ts";

/** A line of history to write. */
export interface Line {
  /** RFC 3339. */
  readonly created?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly comment?: string | undefined;
}

/** A line of history as configs have it. */
export function lineEntry({ created, createdBy, comment }: Line): JsonObject {
  const entry = new Map<string, JsonValue>();
  if (created !== undefined) entry.set("created", created);
  if (createdBy !== undefined) entry.set("created_by", createdBy);
  if (comment !== undefined) entry.set("comment", comment);
  return entry;
}

/** `draft` with one more layer on top. */
export function withLayerOnTop(draft: ImageDraft, layer: DraftLayer, line: Line): ImageDraft {
  const step: DraftStep = { entry: lineEntry(line), layer };
  return { ...draft, steps: [...draft.steps, step], layers: [...draft.layers, layer] };
}

/**
 * `draft` without one layer and its line of history. What upper layers changed of its files stays theirs.
 * @throws CoreError `edit/layer` when there is none with this number.
 */
export function withoutLayer(draft: ImageDraft, index: number): ImageDraft {
  return withLayers(draft, [{ from: layerAt(draft, index), to: undefined }], { forget: true });
}

/**
 * The image as it was when layer `index` was its last: later layers go, and the history after the line that made it, but for lines that made
 * no layer and directly follow. How it is run is what the config says now; a config does not remember what it was.
 * @throws CoreError `edit/layer` when there is none with this number.
 */
export function rolledBack(draft: ImageDraft, index: number): ImageDraft {
  const top = layerAt(draft, index);
  const layers = draft.layers.slice(0, index + 1);
  const made = draft.steps.findIndex(({ layer }) => layer === top);
  const next = draft.steps.findIndex(({ layer }, at) => at > made && layer !== undefined);
  const steps =
    made < 0
      ? draft.steps.filter(({ layer }) => layer === undefined || layers.includes(layer))
      : draft.steps.slice(0, next < 0 ? undefined : next);
  return { ...draft, layers, steps };
}

/** A range of layers, both ends included. */
export interface LayerRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Checks a range of layers.
 * @throws CoreError `edit/layer` when it is none of the draft's.
 */
export function checkRange(draft: ImageDraft, { from, to }: LayerRange): void {
  layerAt(draft, from);
  layerAt(draft, to);
  if (from > to) {
    throw new CoreError("edit/layer", `Cannot edit layers ${from} to ${to}: found them the wrong way round`, {
      from,
      to,
    });
  }
}

/** `draft` with the layers of a range replaced by one, told by a line of its own after theirs. */
export function withOneLayer(
  draft: ImageDraft,
  range: LayerRange,
  made: { readonly layer: DraftLayer; readonly line: Line },
): ImageDraft {
  const gone = new Set(draft.layers.slice(range.from, range.to + 1));
  const last = draft.steps.findLastIndex(({ layer }) => layer !== undefined && gone.has(layer));
  const own: DraftStep = { entry: lineEntry(made.line), layer: made.layer };
  const quiet = (step: DraftStep): DraftStep =>
    step.layer !== undefined && gone.has(step.layer) ? { ...step, layer: undefined } : step;
  const below = draft.steps.findLastIndex(
    ({ layer }) => layer !== undefined && draft.layers.indexOf(layer) < range.from,
  );
  const at = last < 0 ? below : last;
  return {
    ...draft,
    layers: [...draft.layers.slice(0, range.from), made.layer, ...draft.layers.slice(range.to + 1)],
    steps: [...draft.steps.slice(0, at + 1).map(quiet), own, ...draft.steps.slice(at + 1).map(quiet)],
  };
}
