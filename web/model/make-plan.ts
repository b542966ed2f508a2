import type { EditedLayer, EditPlan } from "./making.ts";

/** One line of a comparison: a layer that stays, one that goes, one that comes. */
export interface LayerChangeRow {
  readonly kind: "kept" | "gone" | "new";
  readonly before?: { readonly index: number; readonly layer: EditedLayer } | undefined;
  readonly after?: { readonly index: number; readonly layer: EditedLayer } | undefined;
}

/** Layers before and after side by side, base first; what stays is matched by digest, the longest run of it in order. */
export function layerRows({ before, after }: Pick<EditPlan, "before" | "after">): readonly LayerChangeRow[] {
  const [old, now] = [before.layers, after.layers];
  // common[i][j]: layers in common of old from i on and now from j on.
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const same = old[i]!.digest === now[j]!.digest;
      common[i]![j] = same ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const rows: LayerChangeRow[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const here = old[i] && { index: i, layer: old[i]! };
    const there = now[j] && { index: j, layer: now[j]! };
    if (here !== undefined && there !== undefined && here.layer.digest === there.layer.digest) {
      rows.push({ kind: "kept", before: here, after: there });
      i += 1;
      j += 1;
    } else if (here !== undefined && (there === undefined || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      rows.push({ kind: "gone", before: here });
      i += 1;
    } else {
      rows.push({ kind: "new", after: there });
      j += 1;
    }
  }
  return rows;
}
