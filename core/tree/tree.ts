import type { Bytes } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { ENTRY_TYPES, type EntryTable, type EntryType } from "../tar/mod.ts";

/** What one layer did to one path, as {@link Tree.eventKind} has it. `same` rewrote it without any difference; `none` is no change at all. */
export const CHANGE = { none: 0, added: 1, changed: 2, removed: 3, metadata: 4, same: 5 } as const;

/** What one layer did to one path. */
export type ChangeKind = keyof typeof CHANGE;

/** The kinds by number: the inverse of {@link CHANGE}. */
export const CHANGE_KINDS: readonly ChangeKind[] = [
  "none",
  "added",
  "changed",
  "removed",
  "metadata",
  "same",
];

/** What a fold puts up with. */
export interface TreeLimits {
  /** Distinct paths, implied directories included. */
  readonly nodes: number;
  /** Changes of a path by a layer, summed over all layers. */
  readonly events: number;
  readonly layers: number;
  /** Links followed to find one path: what Linux allows. */
  readonly hops: number;
  /** Bytes of a link target that is followed. */
  readonly target: number;
  /** Path components of link targets walked while all layers are folded (0.3 s); spent, further links are not followed. */
  readonly steps: number;
}

/** The defaults: room for eight times the largest image known to us, at about 50 bytes a node and 20 an event. */
export const TREE_LIMITS: TreeLimits = {
  nodes: 24_000_000,
  events: 48_000_000,
  layers: 4096,
  hops: 40,
  target: 4096,
  steps: 20_000_000,
};

/**
 * The file systems of one image, of layers 0 to n, in one structure: every path that any layer ever had is a node, and every change of a path
 * by a layer is an event, chained per node from the newest to the oldest. The file system as of layer N is, for each node, its last event
 * of a layer <= N. A plain object of typed arrays, so it can be cloned, transferred ({@link treeTransfer}) and stored. Columns have
 * room to grow: only the first `nodeCount`, `eventCount`, `problemCount` elements count. Node 0 is the root; a parent's number is lower
 * than its children's.
 */
export interface Tree {
  /** The entries of each layer, base first. */
  readonly tables: EntryTable[];
  /** Content digests of each layer's rows, 32 bytes a row (zero: unknown), where they are known. */
  readonly digests: (Uint8Array<ArrayBuffer> | undefined)[];
  /** First event of each layer, one more than there are layers. */
  readonly layerStarts: number[];
  readonly limits: TreeLimits;
  /** What is left of `limits.steps`. */
  stepsLeft: number;
  nodeCount: number;
  eventCount: number;
  problemCount: number;

  parent: Int32Array<ArrayBuffer>;
  /** First byte of each name in `names`, one more than `nodeCount`. */
  nameStart: Uint32Array<ArrayBuffer>;
  names: Bytes;
  /** Newest event, or -1. */
  last: Int32Array<ArrayBuffer>;
  /** Type as of the last layer (an index of ENTRY_TYPES; hard links have the type of what they lead to), or {@link ABSENT}. */
  nodeType: Uint8Array<ArrayBuffer>;
  /** Children present as of the last layer, unordered; absent ones are dropped when the list is next walked. */
  liveFirst: Int32Array<ArrayBuffer>;
  liveNext: Int32Array<ArrayBuffer>;
  /** Whether the node stands in its parent's list. */
  inList: Uint8Array<ArrayBuffer>;
  /** Layer + 1 of the last one that listed this path or one below it. */
  touched: Uint16Array<ArrayBuffer>;
  /** Layer + 1 of the last one below which nothing of lower layers shows through here. */
  cleared: Uint16Array<ArrayBuffer>;
  /** Hash table over (parent, name), open addressing: node + 1, 0 is free. A power of two long. */
  slots: Int32Array<ArrayBuffer>;
  /** Makes the places in `slots` unforeseeable, so that no archive can aim its names at one place. */
  readonly seed: number;

  eventNode: Int32Array<ArrayBuffer>;
  /** The event of the same node before this one, or -1. */
  eventPrevious: Int32Array<ArrayBuffer>;
  eventLayer: Uint16Array<ArrayBuffer>;
  /** Row of the layer's table that did it (of removals: the whiteout, or the entry put in its place); -1: a directory nobody lists. */
  eventRow: Int32Array<ArrayBuffer>;
  /** One of {@link CHANGE}. */
  eventKind: Uint8Array<ArrayBuffer>;
  /**
   * Of a hard link: the event whose row has the content. -1: its own row; -2: the target is missing; below: its own row, and the
   * hard link of event `-3 - source` of the same layer has set the attributes last.
   */
  eventSource: Int32Array<ArrayBuffer>;

  problemKind: Uint8Array<ArrayBuffer>;
  problemLayer: Uint16Array<ArrayBuffer>;
  problemRow: Int32Array<ArrayBuffer>;
}

/** {@link Tree.nodeType} of a path that is not there. */
export const ABSENT = 255;

/** {@link Tree.eventSource} of an entry that has its content itself. */
export const OWN = -1;

/** {@link Tree.eventSource} of a hard link that leads nowhere. */
export const BROKEN = -2;

/** {@link Tree.eventSource} of an entry whose attributes the hard link at `event` has set. Its own inverse. */
export const linkedBy = (event: number): number => -3 - event;

/** {@link Tree.eventRow} of a directory that no entry lists. */
export const IMPLICIT = -1;

const number = (type: EntryType): number => ENTRY_TYPES.indexOf(type);

/** The numbers of the entry types, by the list of core/tar. */
export const TYPE = {
  file: number("file"),
  dir: number("dir"),
  symlink: number("symlink"),
  link: number("link"),
  char: number("char"),
  block: number("block"),
  fifo: number("fifo"),
  sparse: number("sparse"),
  other: number("other"),
} as const satisfies { readonly [T in EntryType]: number };

/** An empty tree: the root only, as of no layer. */
export function createTree(limits: Partial<TreeLimits> = {}): Tree {
  const tree: Tree = {
    tables: [],
    digests: [],
    layerStarts: [0],
    limits: { ...TREE_LIMITS, ...limits },
    stepsLeft: limits.steps ?? TREE_LIMITS.steps,
    nodeCount: 1,
    eventCount: 0,
    problemCount: 0,
    parent: new Int32Array(64),
    nameStart: new Uint32Array(65),
    names: new Uint8Array(1024),
    last: new Int32Array(64).fill(-1),
    nodeType: new Uint8Array(64).fill(ABSENT),
    liveFirst: new Int32Array(64).fill(-1),
    liveNext: new Int32Array(64).fill(-1),
    inList: new Uint8Array(64),
    touched: new Uint16Array(64),
    cleared: new Uint16Array(64),
    slots: new Int32Array(256),
    seed: Math.floor(Math.random() * 0x1_0000_0000) | 1,
    eventNode: new Int32Array(64),
    eventPrevious: new Int32Array(64),
    eventLayer: new Uint16Array(64),
    eventRow: new Int32Array(64),
    eventKind: new Uint8Array(64),
    eventSource: new Int32Array(64),
    problemKind: new Uint8Array(8),
    problemLayer: new Uint16Array(8),
    problemRow: new Int32Array(8),
  };
  tree.parent[0] = -1;
  return tree;
}

/** Number of layers that `tree` holds. */
export function layerCount(tree: Tree): number {
  return tree.tables.length;
}

const COLUMNS = [
  "parent",
  "nameStart",
  "names",
  "last",
  "nodeType",
  "liveFirst",
  "liveNext",
  "inList",
  "touched",
  "cleared",
  "slots",
  "eventNode",
  "eventPrevious",
  "eventLayer",
  "eventRow",
  "eventKind",
  "eventSource",
  "problemKind",
  "problemLayer",
  "problemRow",
] as const;

/**
 * Gives back the room that the columns of `tree` keep for growing, a third of it at most. Layers may still be added. Worth while before a
 * tree is kept, stored or transferred.
 */
export function trimTree(tree: Tree): void {
  const nodes = tree.nodeCount;
  const events = tree.eventCount;
  tree.parent = tree.parent.slice(0, nodes);
  tree.nameStart = tree.nameStart.slice(0, nodes + 1);
  tree.names = tree.names.slice(0, tree.nameStart[nodes]);
  tree.last = tree.last.slice(0, nodes);
  tree.nodeType = tree.nodeType.slice(0, nodes);
  tree.liveFirst = tree.liveFirst.slice(0, nodes);
  tree.liveNext = tree.liveNext.slice(0, nodes);
  tree.inList = tree.inList.slice(0, nodes);
  tree.touched = tree.touched.slice(0, nodes);
  tree.cleared = tree.cleared.slice(0, nodes);
  tree.eventNode = tree.eventNode.slice(0, events);
  tree.eventPrevious = tree.eventPrevious.slice(0, events);
  tree.eventLayer = tree.eventLayer.slice(0, events);
  tree.eventRow = tree.eventRow.slice(0, events);
  tree.eventKind = tree.eventKind.slice(0, events);
  tree.eventSource = tree.eventSource.slice(0, events);
}

/** The buffers of `tree` without those of its tables, for the transfer list of `postMessage`: the sender's tree is unusable afterwards. */
export function treeTransfer(tree: Tree): ArrayBuffer[] {
  return COLUMNS.map((name) => tree[name].buffer);
}

/** Bytes of memory that the columns of `tree` hold, without its tables. */
export function treeMemory(tree: Tree): number {
  return COLUMNS.reduce((total, name) => total + tree[name].byteLength, 0);
}

/** `wider` with the elements of `column`, the rest `fill`. */
function filled<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array>(
  column: T,
  wider: T,
  fill = 0,
): T {
  wider.set(column);
  if (fill !== 0) wider.fill(fill, column.length);
  return wider;
}

/** Half as much again, so that growing a column costs a constant per element and wastes at most a third of it. */
const roomier = (needed: number): number => Math.ceil(needed * 1.5);

/**
 * Makes room for one more node with a name of `nameLength` bytes.
 * @throws CoreError `bytes/limit` when there are too many.
 */
export function reserveNode(tree: Tree, nameLength: number): void {
  const count = tree.nodeCount;
  if (count >= tree.limits.nodes) throw limitError("paths", tree.limits.nodes);
  if (count >= tree.parent.length) {
    const room = roomier(count + 1);
    tree.parent = filled(tree.parent, new Int32Array(room));
    tree.nameStart = filled(tree.nameStart, new Uint32Array(room + 1));
    tree.last = filled(tree.last, new Int32Array(room), -1);
    tree.nodeType = filled(tree.nodeType, new Uint8Array(room), ABSENT);
    tree.liveFirst = filled(tree.liveFirst, new Int32Array(room), -1);
    tree.liveNext = filled(tree.liveNext, new Int32Array(room), -1);
    tree.inList = filled(tree.inList, new Uint8Array(room));
    tree.touched = filled(tree.touched, new Uint16Array(room));
    tree.cleared = filled(tree.cleared, new Uint16Array(room));
  }
  const end = tree.nameStart[count]! + nameLength;
  if (end > tree.names.length) {
    if (end > MOST_NAME_BYTES) throw limitError("bytes of names", MOST_NAME_BYTES);
    tree.names = filled(tree.names, new Uint8Array(Math.min(roomier(end), MOST_NAME_BYTES)));
  }
}

/** What a 32-bit offset reaches, and more than any runtime allows as one array. */
const MOST_NAME_BYTES = 0xffff_ffff;

/**
 * Makes room for one more event.
 * @throws CoreError `bytes/limit` when there are too many.
 */
export function reserveEvent(tree: Tree): void {
  const count = tree.eventCount;
  if (count >= tree.limits.events) throw limitError("changes", tree.limits.events);
  if (count < tree.eventNode.length) return;
  const room = roomier(count + 1);
  tree.eventNode = filled(tree.eventNode, new Int32Array(room));
  tree.eventPrevious = filled(tree.eventPrevious, new Int32Array(room));
  tree.eventLayer = filled(tree.eventLayer, new Uint16Array(room));
  tree.eventRow = filled(tree.eventRow, new Int32Array(room));
  tree.eventKind = filled(tree.eventKind, new Uint8Array(room));
  tree.eventSource = filled(tree.eventSource, new Int32Array(room));
}

/** Makes room for one more problem. */
export function reserveProblem(tree: Tree): void {
  const count = tree.problemCount;
  if (count < tree.problemKind.length) return;
  const room = roomier(count + 1);
  tree.problemKind = filled(tree.problemKind, new Uint8Array(room));
  tree.problemLayer = filled(tree.problemLayer, new Uint16Array(room));
  tree.problemRow = filled(tree.problemRow, new Int32Array(room));
}

function limitError(what: string, limit: number): CoreError {
  return new CoreError("bytes/limit", `Cannot fold layers: more than ${limit} ${what}`, { what, limit });
}
