import { isPresent } from "./events.ts";
import { sizeOfEvent } from "./lookup.ts";
import { isAufs, isWhiteout } from "./path.ts";
import { CHANGE, IMPLICIT, type Tree } from "./tree.ts";

const SLASH = 0x2f;

/**
 * Efficiency as dive defines it (TREE-16): the smallest copy of each path, summed, over all copies, summed; a whiteout of a directory is a copy of
 * nothing that costs what it hides. `undefined` when there are no bytes.
 */
export function diveScore(tree: Tree, upTo: number): number | undefined {
  const all = new Float64Array(tree.nodeCount);
  const smallest = new Float64Array(tree.nodeCount).fill(Number.POSITIVE_INFINITY);
  const add = (node: number, bytes: number, copy: number): void => {
    all[node]! += bytes;
    smallest[node] = Math.min(smallest[node]!, copy);
  };
  const removal = new Int32Array(tree.nodeCount).fill(-1);
  const below = new Float64Array(tree.nodeCount);
  for (let layer = 0; layer <= upTo; layer++) {
    const start = tree.layerStarts[layer]!;
    const end = tree.layerStarts[layer + 1]!;
    for (let event = start; event < end; event++) {
      const node = tree.eventNode[event]!;
      if (tree.eventKind[event] === CHANGE.removed) removal[node] = event;
      else if (isPresent(tree.eventKind[event]!) && tree.eventRow[event] !== IMPLICIT) {
        const bytes = sizeOfEvent(tree, event);
        add(node, bytes, bytes);
      }
    }
    // A removed directory's event comes before those below it, so going backwards every sum is complete when it is wanted.
    for (let event = end - 1; event >= start; event--) {
      if (tree.eventKind[event] !== CHANGE.removed) continue;
      const node = tree.eventNode[event]!;
      const hidden = below[node]!;
      below[node] = 0;
      const above = removal[tree.parent[node]!]!;
      if (above >= start && tree.eventRow[above] === tree.eventRow[event]) {
        below[tree.parent[node]!]! += hidden + sizeOfEvent(tree, tree.eventPrevious[event]!);
      } else if (isExplicit(tree, event)) {
        add(node, hidden, 0);
      }
    }
  }
  let total = 0;
  let least = 0;
  for (let node = 0; node < tree.nodeCount; node++) {
    total += all[node]!;
    if (smallest[node] !== Number.POSITIVE_INFINITY) least += smallest[node]!;
  }
  return total === 0 ? undefined : least / total;
}

/** Whether the row that removed a path is a whiteout of that path: not an opaque marker, nor an entry of another type. */
function isExplicit(tree: Tree, event: number): boolean {
  const table = tree.tables[tree.eventLayer[event]!]!;
  const row = tree.eventRow[event]!;
  let to = table.link[row]!;
  while (to > table.path[row]! && table.bytes[to - 1] === SLASH) to--;
  let from = to;
  while (from > table.path[row]! && table.bytes[from - 1] !== SLASH) from--;
  return isWhiteout(table.bytes, from, to) && !isAufs(table.bytes, from, to);
}
