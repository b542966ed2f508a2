import { typeOfEvent } from "./compare.ts";
import { isPresent } from "./events.ts";
import { forgetMeasures } from "./measure.ts";
import { ABSENT, type Tree } from "./tree.ts";

/**
 * Takes the last layer off a tree: it says what it said before that layer was added, and another can be added. Nodes keep their numbers, and paths
 * that only this layer had stay as paths that are nowhere. One pass over the layer's changes and one over the nodes.
 * @throws RangeError when the tree has no layer.
 */
export function dropLayer(tree: Tree): void {
  const layer = tree.tables.length - 1;
  if (layer < 0) throw new RangeError("Cannot drop a layer: the tree has none");
  const first = tree.layerStarts[layer]!;
  for (let event = first; event < tree.eventCount; event++) {
    const node = tree.eventNode[event]!;
    let last = tree.last[node]!;
    while (last >= first) last = tree.eventPrevious[last]!;
    tree.last[node] = last;
    const present = last >= 0 && isPresent(tree.eventKind[last]!);
    tree.nodeType[node] = present ? typeOfEvent(tree, last) : ABSENT;
    if (!present || node === 0 || tree.inList[node] === 1) continue;
    const parent = tree.parent[node]!;
    tree.inList[node] = 1;
    tree.liveNext[node] = tree.liveFirst[parent]!;
    tree.liveFirst[parent] = node;
  }
  // Another layer of this number must not take these stamps for its own.
  for (let node = 0; node < tree.nodeCount; node++) {
    if (tree.touched[node] === layer + 1) tree.touched[node] = 0;
    if (tree.cleared[node] === layer + 1) tree.cleared[node] = 0;
  }
  while (tree.problemCount > 0 && tree.problemLayer[tree.problemCount - 1] === layer) tree.problemCount--;
  tree.eventCount = first;
  tree.layerStarts.pop();
  tree.tables.pop();
  tree.digests.pop();
  forgetMeasures(tree);
}
