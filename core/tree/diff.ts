import { changeOf, differing } from "./compare.ts";
import { measure } from "./measure.ts";
import { childrenByName, compareNamesOf } from "./order.ts";
import { CHANGE, type Tree, TYPE } from "./tree.ts";
import type { View } from "./view.ts";

/** A file system of a tree: `view.scope` is usually `merged`. */
export interface Side {
  readonly tree: Tree;
  readonly view: View;
}

/** Paths that differ, a directory before its children, siblings in byte order; plain columns, `count` long. */
export interface TreeDiff {
  readonly count: number;
  /** One of CHANGE: added (only in b), removed (only in a), changed, metadata. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** Node of each side, or -1. */
  readonly a: Int32Array<ArrayBuffer>;
  readonly b: Int32Array<ArrayBuffer>;
}

/** What {@link diff} takes. */
export interface DiffOptions {
  /** Whether another mtime alone is no difference. Without content digests, files of equal size then count as equal. */
  readonly ignoreTimes?: boolean | undefined;
}

/** Two directories that are being compared: the children left of each. */
interface Pair {
  atA: number;
  readonly endA: number;
  atB: number;
  readonly endB: number;
}

/**
 * How two file systems differ: two layers of one tree, or two images. Linear in their nodes. Files are compared by TREE-13: by digest where both
 * have one, else by size and time.
 * @throws RangeError when a tree has no layer `view.upTo`.
 */
export function diff(a: Side, b: Side, options: DiffOptions = {}): TreeDiff {
  const eventA = presentOnly(a);
  const eventB = presentOnly(b);
  const typeA = measure(a.tree, a.view).type;
  const typeB = measure(b.tree, b.view).type;
  const listsA = childrenByName(a.tree);
  const listsB = childrenByName(b.tree);
  const kinds: number[] = [];
  const nodesA: number[] = [];
  const nodesB: number[] = [];
  const pairs: Pair[] = [];

  const meet = (nodeA: number, nodeB: number): void => {
    const kind = kindOf(nodeA, nodeB);
    if (kind !== CHANGE.same) {
      kinds.push(kind);
      nodesA.push(nodeA);
      nodesB.push(nodeB);
    }
    const inA = nodeA >= 0 && typeA[nodeA] === TYPE.dir;
    const inB = nodeB >= 0 && typeB[nodeB] === TYPE.dir;
    if (!inA && !inB) return;
    pairs.push({
      atA: inA ? listsA.start[nodeA]! : 0,
      endA: inA ? listsA.start[nodeA + 1]! : 0,
      atB: inB ? listsB.start[nodeB]! : 0,
      endB: inB ? listsB.start[nodeB + 1]! : 0,
    });
  };

  const kindOf = (nodeA: number, nodeB: number): number => {
    if (nodeA < 0) return CHANGE.added;
    if (nodeB < 0) return CHANGE.removed;
    const versionA = { tree: a.tree, event: eventA[nodeA]! };
    const versionB = { tree: b.tree, event: eventB[nodeB]! };
    return changeOf(differing(versionA, versionB, options));
  };

  if (eventA[0]! >= 0 || eventB[0]! >= 0) meet(0, 0);
  for (let pair = pairs.at(-1); pair !== undefined; pair = pairs.at(-1)) {
    while (pair.atA < pair.endA && eventA[listsA.list[pair.atA]!]! < 0) pair.atA++;
    while (pair.atB < pair.endB && eventB[listsB.list[pair.atB]!]! < 0) pair.atB++;
    const nodeA = pair.atA < pair.endA ? listsA.list[pair.atA]! : -1;
    const nodeB = pair.atB < pair.endB ? listsB.list[pair.atB]! : -1;
    if (nodeA < 0 && nodeB < 0) {
      pairs.pop();
      continue;
    }
    const order = nodeA < 0 ? 1 : nodeB < 0 ? -1 : compareNamesOf(a.tree, nodeA, b.tree, nodeB);
    if (order <= 0) pair.atA++;
    if (order >= 0) pair.atB++;
    meet(order <= 0 ? nodeA : -1, order >= 0 ? nodeB : -1);
  }
  return {
    count: kinds.length,
    kind: Uint8Array.from(kinds),
    a: Int32Array.from(nodesA),
    b: Int32Array.from(nodesB),
  };
}

/** The events of a side, without those that are removals. */
function presentOnly({ tree, view }: Side): Int32Array {
  return measure(tree, view).event.map((event) =>
    event >= 0 && tree.eventKind[event] === CHANGE.removed ? -1 : event,
  );
}
