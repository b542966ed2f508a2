import { attributeEvent } from "./compare.ts";
import { INSIDE, type Measure, measure } from "./measure.ts";
import { type ChildLists, childrenByKey, childrenByName } from "./order.ts";
import type { NodeSet } from "./query/query.ts";
import { CHANGE, IMPLICIT, type Tree, TYPE } from "./tree.ts";
import type { View } from "./view.ts";

/** What siblings are put in order by. */
export type SortKey = "name" | "size" | "mtime";

/** What a list of rows shows. */
export interface FlattenOptions {
  readonly view: View;
  /** Siblings by this; default `name`. Equal ones by name. */
  readonly sort?: SortKey | undefined;
  readonly descending?: boolean | undefined;
  /** Directories before everything else, whatever the sort. */
  readonly directoriesFirst?: boolean | undefined;
  /** Directories whose children are listed; the root always is. */
  readonly expanded?: ReadonlySet<number> | "all" | undefined;
  /**
   * Only these nodes and the directories above them, which are unfolded unless `collapsed` has them. A directory of the set that `expanded`
   * has shows everything below.
   */
  readonly filter?: NodeSet | undefined;
  readonly collapsed?: ReadonlySet<number> | undefined;
  /** Only what layer `view.upTo` added, changed or removed, and the directories above. */
  readonly changedOnly?: boolean | undefined;
}

/** Rows in the order of display, the root itself not among them; plain columns, `count` long. */
export interface Rows {
  readonly count: number;
  readonly node: Int32Array<ArrayBuffer>;
  /** 0 for children of the root. */
  readonly depth: Int32Array<ArrayBuffer>;
  /** From 1: place among the siblings listed, and their number. */
  readonly position: Int32Array<ArrayBuffer>;
  readonly siblings: Int32Array<ArrayBuffer>;
  /** 1 where the row is unfolded. */
  readonly unfolded: Uint8Array<ArrayBuffer>;
}

/**
 * The rows of a list that shows a tree, for a virtualised view. Linear in the nodes of the tree for a filter or a sort by a key, else in the
 * rows and their siblings. No recursion: directories that are open stand in a list.
 * @throws RangeError when the tree has no layer `view.upTo`.
 */
export function flatten(tree: Tree, options: FlattenOptions): Rows {
  const facts = measure(tree, options.view);
  const lists = orderOf(tree, options, facts);
  const { event, mark: marks, type } = facts;
  const { filter, collapsed, expanded } = options;
  const backwards = options.descending === true && (options.sort ?? "name") === "name";
  const changedOnly = options.changedOnly === true;
  const inView = (node: number): boolean => {
    if (event[node]! < 0) return false;
    if (!changedOnly) return true;
    const mark = marks[node]!;
    return (mark & INSIDE) !== 0 || (mark !== CHANGE.none && mark !== CHANGE.same);
  };
  const below = filter === undefined ? undefined : parentsOf(tree, filter, inView);

  const isExpanded = (node: number): boolean => expanded === "all" || expanded?.has(node) === true;
  const out = new RowColumns();
  // What is still to be listed: the children of each open directory lie at the end of `pending`, in order; `frames` has three numbers for each.
  const pending: number[] = [];
  const frames: number[] = [];

  const open = (directory: number, everything: boolean): boolean => {
    const from = pending.length;
    const first = lists.start[directory]!;
    const last = lists.start[directory + 1]! - 1;
    for (const pass of options.directoriesFirst === true ? DIRECTORIES_FIRST : ALL) {
      for (let step = 0; step <= last - first; step++) {
        const node = lists.list[backwards ? last - step : first + step]!;
        if (!inView(node)) continue;
        if (filter !== undefined && !everything && filter.has[node] !== 1 && below![node] !== 1) continue;
        if (pass !== undefined && (type[node] === TYPE.dir) !== pass) continue;
        pending.push(node);
      }
    }
    if (pending.length === from) return false;
    frames.push(from, from, everything ? 1 : 0);
    return true;
  };

  open(0, filter?.has[0] === 1 && isExpanded(0));
  while (frames.length > 0) {
    const frame = frames.length - 3;
    const from = frames[frame]!;
    const at = frames[frame + 1]!;
    if (at === pending.length) {
      pending.length = from;
      frames.length = frame;
      continue;
    }
    const node = pending[at]!;
    frames[frame + 1] = at + 1;
    const siblings = pending.length - from;
    const row = out.add(node, frame / 3, at - from + 1, siblings);
    if (lists.start[node] === lists.start[node + 1]) continue;
    const found = below !== undefined && below[node] === 1 && collapsed?.has(node) !== true;
    if (!found && !isExpanded(node)) continue;
    const inMatch = frames[frame + 2] === 1 || filter?.has[node] === 1;
    if (open(node, filter !== undefined && inMatch && isExpanded(node))) out.unfolded[row] = 1;
  }
  return out.finish();
}

const ALL = [undefined];
const DIRECTORIES_FIRST = [true, false];

/** For every node whether one of `set` that is in view lies below it. */
function parentsOf(tree: Tree, set: NodeSet, inView: (node: number) => boolean): Uint8Array {
  const below = new Uint8Array(tree.nodeCount);
  for (let node = tree.nodeCount - 1; node > 0; node--) {
    if (below[node] === 1 || (set.has[node] === 1 && inView(node))) below[tree.parent[node]!] = 1;
  }
  return below;
}

const kept = new WeakMap<Measure, Map<string, ChildLists>>();

/** The children of every node in the order wanted; kept with the measure, since every fold of a directory asks again. */
function orderOf(tree: Tree, { sort, descending }: FlattenOptions, facts: Measure): ChildLists {
  if (sort === undefined || sort === "name") return childrenByName(tree);
  const orders = kept.get(facts) ?? new Map<string, ChildLists>();
  kept.set(facts, orders);
  const name = `${sort} ${descending === true}`;
  const known = orders.get(name);
  if (known !== undefined) return known;
  const sign = descending === true ? -1 : 1;
  const key = new Float64Array(tree.nodeCount);
  for (let node = 0; node < key.length; node++) {
    key[node] = sign * (sort === "size" ? facts.bytes[node]! : timeOfEvent(tree, facts.event[node]!));
  }
  const lists = childrenByKey(tree, key);
  orders.set(name, lists);
  return lists;
}

function timeOfEvent(tree: Tree, event: number): number {
  if (event < 0) return 0;
  const version = tree.eventKind[event] === CHANGE.removed ? tree.eventPrevious[event]! : event;
  const row = tree.eventRow[attributeEvent(tree, version)]!;
  return row === IMPLICIT ? 0 : tree.tables[tree.eventLayer[version]!]!.mtime[row]!;
}

/** Columns that grow by doubling. */
class RowColumns {
  #count = 0;
  #node = new Int32Array(256);
  #depth = new Int32Array(256);
  #position = new Int32Array(256);
  #siblings = new Int32Array(256);
  unfolded = new Uint8Array(256);

  add(node: number, depth: number, position: number, siblings: number): number {
    if (this.#count === this.#node.length) this.#grow();
    const row = this.#count++;
    this.#node[row] = node;
    this.#depth[row] = depth;
    this.#position[row] = position;
    this.#siblings[row] = siblings;
    return row;
  }

  finish(): Rows {
    const count = this.#count;
    return {
      count,
      node: this.#node.slice(0, count),
      depth: this.#depth.slice(0, count),
      position: this.#position.slice(0, count),
      siblings: this.#siblings.slice(0, count),
      unfolded: this.unfolded.slice(0, count),
    };
  }

  #grow(): void {
    const wider = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const twice = new Int32Array(column.length * 2);
      twice.set(column);
      return twice;
    };
    this.#node = wider(this.#node);
    this.#depth = wider(this.#depth);
    this.#position = wider(this.#position);
    this.#siblings = wider(this.#siblings);
    const unfolded = new Uint8Array(this.unfolded.length * 2);
    unfolded.set(this.unfolded);
    this.unfolded = unfolded;
  }
}
