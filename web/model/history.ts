import type { HistoryLine, ImageView, LayerView } from "./engine.ts";

/** A line of the table: an instruction, the layer it made, or both. */
export interface HistoryEntry {
  readonly line?: HistoryLine | undefined;
  readonly layer?: LayerView | undefined;
}

/** The history with its layers, oldest first; layers that no instruction names come last. */
export function historyEntries(image: ImageView): readonly HistoryEntry[] {
  const named = new Set(image.history.map((line) => line.layer));
  const byIndex = new Map(image.layers.map((layer) => [layer.index, layer]));
  return [
    ...image.history.map((line) => ({
      line,
      layer: line.layer === undefined ? undefined : byIndex.get(line.layer),
    })),
    ...image.layers.filter((layer) => !named.has(layer.index)).map((layer) => ({ layer })),
  ];
}
