import type { EntryTable } from "../tar/mod.ts";
import type { Difference } from "./entry.ts";
import { DIGEST_BYTES } from "./layer-pass.ts";
import { BROKEN, CHANGE, IMPLICIT, linkedBy, type Tree, TYPE } from "./tree.ts";

/** Respects in which two versions can differ, as bits. */
const DIFFERS = {
  type: 1,
  content: 2,
  link: 4,
  device: 8,
  mode: 16,
  owner: 32,
  mtime: 64,
  attributes: 128,
} as const satisfies { readonly [D in Difference]: number };

/** Those that make it another file, not the same with other metadata. */
const SUBSTANCE = DIFFERS.type | DIFFERS.content | DIFFERS.link | DIFFERS.device;

/** A version of some path in some tree: what comparing needs. */
export interface Compared {
  readonly tree: Tree;
  readonly event: number;
}

/** The event whose row holds the content of `event`, or -1 for a hard link that leads nowhere. */
export function contentEvent(tree: Tree, event: number): number {
  const source = tree.eventSource[event]!;
  if (source >= 0) return source;
  return source === BROKEN ? -1 : event;
}

/**
 * The event whose row has mode, owner, times and attributes of `event`: names of one file share them, and the last header of the layer
 * that names it sets them (TREE-9).
 */
export function attributeEvent(tree: Tree, event: number): number {
  const content = contentEvent(tree, event);
  if (content < 0 || tree.eventLayer[content] !== tree.eventLayer[event]) return event;
  const source = tree.eventSource[content]!;
  return source <= linkedBy(0) ? linkedBy(source) : content;
}

/** What a path is for who opens it, as of `event`: hard links have the type of what they lead to. */
export function typeOfEvent(tree: Tree, event: number): number {
  const from = contentEvent(tree, event);
  if (from < 0) return TYPE.link;
  const row = tree.eventRow[from]!;
  return row === IMPLICIT ? TYPE.dir : tree.tables[tree.eventLayer[from]!]!.type[row]!;
}

/** How a layer's version `after` changes `before` (TREE-13): one of CHANGE. */
export function compareRows(tree: Tree, before: number, after: number): number {
  return changeOf(differing({ tree, event: before }, { tree, event: after }));
}

/** The kind of change that a set of differences makes. */
export function changeOf(bits: number): number {
  if (bits === 0) return CHANGE.same;
  return (bits & SUBSTANCE) === 0 ? CHANGE.metadata : CHANGE.changed;
}

/** The names of a set of differences. */
export function differenceNames(bits: number): Difference[] {
  const names: readonly Difference[] = [
    "type",
    "content",
    "link",
    "device",
    "mode",
    "owner",
    "mtime",
    "attributes",
  ];
  return names.filter((name) => (bits & DIFFERS[name]) !== 0);
}

/** The respects in which two versions differ, as bits; 0: in none that can be seen. */
export function differing(
  a: Compared,
  b: Compared,
  options: { readonly ignoreTimes?: boolean | undefined } = {},
): number {
  const bits = differingBits(a, b, options.ignoreTimes === true);
  return options.ignoreTimes === true ? bits & ~DIFFERS.mtime : bits;
}

function differingBits(a: Compared, b: Compared, anyTime: boolean): number {
  const type = typeOfEvent(a.tree, a.event);
  if (type !== typeOfEvent(b.tree, b.event)) return DIFFERS.type | attributeBits(a, b);
  let bits = attributeBits(a, b);
  if (type === TYPE.file || type === TYPE.sparse || type === TYPE.other) {
    if (!sameContent(a, b, !anyTime && (bits & DIFFERS.mtime) !== 0)) bits |= DIFFERS.content;
  } else if (type === TYPE.symlink) {
    if (!sameLink(a, b)) bits |= DIFFERS.link;
  } else if (type === TYPE.char || type === TYPE.block) {
    if (!sameDevice(a, b)) bits |= DIFFERS.device;
  } else if (type === TYPE.link) {
    if (!sameLink(a, b)) bits |= DIFFERS.link;
  }
  return bits;
}

function attributeBits(a: Compared, b: Compared): number {
  const rowA = a.tree.eventRow[attributeEvent(a.tree, a.event)]!;
  const rowB = b.tree.eventRow[attributeEvent(b.tree, b.event)]!;
  const tableA = tableOf(a);
  const tableB = tableOf(b);
  let bits = 0;
  if (modeOf(tableA, rowA) !== modeOf(tableB, rowB)) bits |= DIFFERS.mode;
  if (!sameOwner(tableA, rowA, tableB, rowB)) bits |= DIFFERS.owner;
  if (rowA === IMPLICIT || rowB === IMPLICIT) return bits;
  if (!sameTime(tableA.mtime[rowA]!, tableB.mtime[rowB]!)) bits |= DIFFERS.mtime;
  if (!samePax(tableA, rowA, tableB, rowB)) bits |= DIFFERS.attributes;
  return bits;
}

const tableOf = ({ tree, event }: Compared): EntryTable => tree.tables[tree.eventLayer[event]!]!;

/** What Docker gives a directory that nobody lists. */
export const IMPLICIT_MODE = 0o755;

const modeOf = (table: EntryTable, row: number): number =>
  row === IMPLICIT ? IMPLICIT_MODE : table.mode[row]!;

function sameOwner(a: EntryTable, rowA: number, b: EntryTable, rowB: number): boolean {
  const ownerA = rowA === IMPLICIT ? undefined : a.owners[a.owner[rowA]!];
  const ownerB = rowB === IMPLICIT ? undefined : b.owners[b.owner[rowB]!];
  return (ownerA?.uid ?? 0) === (ownerB?.uid ?? 0) && (ownerA?.gid ?? 0) === (ownerB?.gid ?? 0);
}

/** One writer keeps fractions of a second where another drops them: a whole number agrees with any fraction of its second. */
function sameTime(a: number, b: number): boolean {
  if (a === b) return true;
  return (Number.isInteger(a) || Number.isInteger(b)) && Math.floor(a) === Math.floor(b);
}

function samePax(a: EntryTable, rowA: number, b: EntryTable, rowB: number): boolean {
  if (a.pax.rows.length === 0 && b.pax.rows.length === 0) return true;
  return sameBytes(paxOf(a, rowA), paxOf(b, rowB));
}

const NONE = new Uint8Array(0);

function paxOf({ pax }: EntryTable, row: number): Uint8Array {
  const at = findRow(pax.rows, row);
  return at < 0 ? NONE : pax.bytes.subarray(pax.starts[at], pax.starts[at + 1]);
}

/**
 * Whether two files hold the same bytes (TREE-13): the same row does, and equal digests tell; without digests, equal size and time
 * stand for it, as copies made for a new mode or owner keep both.
 */
function sameContent(a: Compared, b: Compared, otherTime: boolean): boolean {
  const fromA = contentEvent(a.tree, a.event);
  const fromB = contentEvent(b.tree, b.event);
  if (a.tree === b.tree && fromA === fromB) return true;
  const tableA = tableOf({ tree: a.tree, event: fromA });
  const tableB = tableOf({ tree: b.tree, event: fromB });
  const rowA = a.tree.eventRow[fromA]!;
  const rowB = b.tree.eventRow[fromB]!;
  const size = tableA.size[rowA]!;
  if (size !== tableB.size[rowB]!) return false;
  if (size === 0 || (tableA === tableB && rowA === rowB)) return true;
  const digestA = digestOf(a.tree, fromA);
  const digestB = digestOf(b.tree, fromB);
  if (digestA !== undefined && digestB !== undefined) return sameBytes(digestA, digestB);
  return !otherTime;
}

/** The digest of the content at `event`, when it is known. */
function digestOf(tree: Tree, event: number): Uint8Array | undefined {
  const digests = tree.digests[tree.eventLayer[event]!];
  const at = tree.eventRow[event]! * DIGEST_BYTES;
  if (digests === undefined || at + DIGEST_BYTES > digests.length) return undefined;
  const digest = digests.subarray(at, at + DIGEST_BYTES);
  return digest.every((byte) => byte === 0) ? undefined : digest;
}

function sameLink(a: Compared, b: Compared): boolean {
  return sameBytes(linkBytes(a.tree, a.event), linkBytes(b.tree, b.event));
}

/** Link target of the row that `event` gets its content from, as written. */
export function linkBytes(tree: Tree, event: number): Uint8Array {
  const content = contentEvent(tree, event);
  const from = content < 0 ? event : content;
  const table = tableOf({ tree, event: from });
  const row = tree.eventRow[from]!;
  return row === IMPLICIT ? NONE : table.bytes.subarray(table.link[row], table.path[row + 1]);
}

function sameDevice(a: Compared, b: Compared): boolean {
  return deviceOf(a) === deviceOf(b);
}

function deviceOf(version: Compared): string {
  const from = contentEvent(version.tree, version.event);
  const { device } = tableOf({ tree: version.tree, event: from });
  const at = findRow(device.rows, version.tree.eventRow[from]!);
  return at < 0 ? "" : `${device.numbers[2 * at]}:${device.numbers[2 * at + 1]}`;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    if (a[at] !== b[at]) return false;
  }
  return true;
}

/** Where `row` stands in the ascending `rows`, or -1. */
function findRow(rows: Uint32Array, row: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] === row) return middle;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
