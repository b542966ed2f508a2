import { compareRows, contentEvent, typeOfEvent } from "./compare.ts";
import { isPresent } from "./events.ts";
import { sizeOfEvent } from "./lookup.ts";
import { childrenByName } from "./order.ts";
import { ABSENT, CHANGE, type Tree, TYPE } from "./tree.ts";
import type { View } from "./view.ts";

/** Facts of every node in a view, as columns by node. */
export interface Measure {
  /** Event that decides, or -1: not in the view. Of a path the layer removed (where the view shows those): its removal. */
  readonly event: Int32Array;
  /** What it is for who opens it (an index of ENTRY_TYPES; hard links have the type of what they lead to), or was before it was removed. */
  readonly type: Uint8Array;
  /** What layer `view.upTo` did, or the layers from `view.since` on in all: one of CHANGE; {@link INSIDE} is added to directories with a change below. */
  readonly mark: Uint8Array;
  /**
   * Bytes of the file, or of all files below a directory; in a layer's view only those that the layer wrote. Hard links count once, where the
   * first node is. Of a removed path: the bytes that its removal hides.
   */
  readonly bytes: Float64Array;
  /** Paths below a directory, itself not counted; below a removed one the removed, below others only those that are there. */
  readonly entries: Uint32Array;
  /** Paths in the view, the root not counted. */
  readonly count: number;
}

/** Flag in {@link Measure.mark}: something below changed. */
export const INSIDE = 0x80;

const kept = new WeakMap<Tree, { readonly key: string; readonly measure: Measure }[]>();

/** Views of a tree whose measures are kept: what a page that steps through layers goes back and forth between; of large trees fewer. */
const KEPT = 4;
const KEPT_BYTES = 40_000_000;
const NODE_BYTES = 18;

/**
 * Measures a view, in one pass over the changes and two over the nodes; the last few are kept with the tree. Do not change the columns.
 * @throws RangeError when the tree has no layer `view.upTo`.
 */
export function measure(tree: Tree, view: View): Measure {
  checkLayer(tree, view.upTo);
  const removed = view.scope === "layer" || view.removed === true;
  const since = sinceOf(view);
  const key = `${since} ${view.upTo} ${view.scope} ${removed} ${tree.nodeCount}`;
  const list = kept.get(tree) ?? [];
  const known = list.find((one) => one.key === key);
  if (known !== undefined) return known.measure;
  const found = { key, measure: measured(tree, view, removed) };
  const room = Math.floor(KEPT_BYTES / (NODE_BYTES * tree.nodeCount));
  kept.set(tree, [found, ...list.slice(0, Math.min(KEPT, Math.max(room, 1)) - 1)]);
  return found.measure;
}

/** Forgets what was measured: a layer has been taken off. */
export function forgetMeasures(tree: Tree): void {
  kept.delete(tree);
}

/** The first layer whose changes a view shows. */
const sinceOf = ({ upTo, since = upTo }: View): number => Math.max(0, Math.min(since, upTo));

/** Nodes directly below `node` in a view, in the byte order of their names. */
export function children(tree: Tree, node: number, view: View): Int32Array<ArrayBuffer> {
  const { start, list } = childrenByName(tree);
  const { event } = measure(tree, view);
  return new Int32Array(list.subarray(start[node], start[node + 1]).filter((child) => event[child]! >= 0));
}

/** @throws RangeError when `tree` has no such layer */
export function checkLayer(tree: Tree, layer: number): void {
  if (!(layer >= 0 && layer < tree.tables.length)) {
    throw new RangeError(`no layer ${layer} in a tree of ${tree.tables.length}`);
  }
}

function measured(tree: Tree, view: View, removed: boolean): Measure {
  const { upTo } = view;
  const nodes = tree.nodeCount;
  const event = statesAt(tree, upTo);
  const type = new Uint8Array(nodes).fill(ABSENT);
  const mark = new Uint8Array(nodes);
  const bytes = new Float64Array(nodes);
  const entries = new Uint32Array(nodes);
  const since = sinceOf(view);
  const first = tree.layerStarts[since]!;
  const counted = new Uint8Array(tree.layerStarts[upTo + 1]!);
  const whole = view.scope === "merged";
  const parents = new Uint8Array(nodes);

  for (let node = 0; node < nodes; node++) {
    const at = event[node]!;
    if (at < 0) continue;
    const present = isPresent(tree.eventKind[at]!);
    const before = at < first ? -1 : since === upTo ? tree.eventPrevious[at]! : eventBefore(tree, at, first);
    if (at >= first) mark[node] = since === upTo ? tree.eventKind[at]! : netKind(tree, before, at);
    if (!present && (at < first || !removed || mark[node] === CHANGE.none)) {
      event[node] = -1;
    } else if (!present) {
      type[node] = typeOfEvent(tree, before);
      bytes[node] = sizeOfEvent(tree, before);
    } else {
      type[node] = typeOfEvent(tree, at);
      if (type[node] !== TYPE.file && type[node] !== TYPE.sparse) continue;
      const content = contentEvent(tree, at);
      if (content < 0 || counted[content] === 1 || (!whole && content < first)) continue;
      counted[content] = 1;
      bytes[node] = sizeOfEvent(tree, content);
    }
  }

  let count = 0;
  for (let node = nodes - 1; node > 0; node--) {
    const above = tree.parent[node]!;
    const own = mark[node]!;
    const shown = mark[node] !== 0 || parents[node] === 1;
    if (event[node]! >= 0 && (whole || shown)) count++;
    else event[node] = -1;
    if ((own & INSIDE) !== 0 || (own !== CHANGE.none && own !== CHANGE.same)) mark[above]! |= INSIDE;
    if (shown) parents[above] = 1;
    if (event[node]! < 0) continue;
    if ((own & ~INSIDE) === CHANGE.removed && (mark[above]! & ~INSIDE) !== CHANGE.removed) continue;
    bytes[above]! += bytes[node]!;
    entries[above]! += entries[node]! + 1;
  }
  return { event, type, mark, bytes, entries, count };
}

/** The event of a path before `first`, or -1. */
function eventBefore(tree: Tree, event: number, first: number): number {
  let before = event;
  while (before >= first) before = tree.eventPrevious[before]!;
  return before;
}

/** What several changes of a path come to. */
function netKind(tree: Tree, before: number, after: number): number {
  const existed = before >= 0 && isPresent(tree.eventKind[before]!);
  if (!isPresent(tree.eventKind[after]!)) return existed ? CHANGE.removed : CHANGE.none;
  return existed ? compareRows(tree, before, after) : CHANGE.added;
}

/** For every node its last event of a layer up to `upTo`, removals included, or -1. */
function statesAt(tree: Tree, upTo: number): Int32Array<ArrayBuffer> {
  const states = new Int32Array(tree.nodeCount).fill(-1);
  const { eventKind, eventNode } = tree;
  const end = tree.layerStarts[upTo + 1]!;
  for (let event = 0; event < end; event++) {
    if (eventKind[event] !== CHANGE.none) states[eventNode[event]!] = event;
  }
  return states;
}
