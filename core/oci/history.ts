/** One instruction of an image's making, as the config tells it. */
export interface HistoryEntry {
  /** RFC 3339 text as written. */
  readonly created?: string | undefined;
  /** The instruction; "" when not said. */
  readonly createdBy: string;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  /** It made no layer. */
  readonly emptyLayer: boolean;
}

/** A history entry and the layer it made. */
export interface HistoryStep {
  readonly entry: HistoryEntry;
  /** Layer from 0 at the base; `undefined` for an entry that made none, or whose layer is not there. */
  readonly layer: number | undefined;
}

/** How the history of an image fits its layers. */
export interface HistoryMapping {
  /** Every entry, oldest first. */
  readonly steps: readonly HistoryStep[];
  /** The entry that made each layer; `undefined` for layers the history does not tell of. */
  readonly byLayer: readonly (HistoryEntry | undefined)[];
  /** How many entries claim a layer beyond the last one. Docker refuses to show such a history. */
  readonly surplus: number;
}

/** Matches entries and layers by order: the n-th entry that made a layer made the n-th. Counts may differ; what matches is matched. */
export function mapHistory(history: readonly HistoryEntry[], layerCount: number): HistoryMapping {
  const byLayer = Array.from<HistoryEntry | undefined>({ length: layerCount });
  let claimed = 0;
  const steps = history.map((entry): HistoryStep => {
    if (entry.emptyLayer) return { entry, layer: undefined };
    const layer = claimed++;
    if (layer >= layerCount) return { entry, layer: undefined };
    byLayer[layer] = entry;
    return { entry, layer };
  });
  return { steps, byLayer, surplus: Math.max(claimed - layerCount, 0) };
}
