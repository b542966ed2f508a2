import { ENTRY_TYPES, entryAt, type TarEntry } from "../tar/mod.ts";
import {
  attributeEvent,
  contentEvent,
  differenceNames,
  differing,
  IMPLICIT_MODE,
  typeOfEvent,
} from "./compare.ts";
import type { NodeEntry, NodeEvent } from "./entry.ts";
import { isPresent } from "./events.ts";
import { findNode } from "./nodes.ts";
import { PathParts, pathInput } from "./path.ts";
import { CHANGE, CHANGE_KINDS, type ChangeKind, IMPLICIT, type Tree, TYPE } from "./tree.ts";

/** The node of a path (cleaned, symlinks not followed); with `layer` only when the path is there as of that layer. */
export function lookup(
  tree: Tree,
  path: string | Uint8Array,
  options: { readonly layer?: number | undefined } = {},
): number | undefined {
  const bytes = pathInput(path);
  const parts = new PathParts();
  parts.split(bytes, 0, bytes.length);
  let node = 0;
  for (let at = 0; at < parts.count && node >= 0; at++) {
    node = findNode(tree, node, bytes, parts.from[at]!, parts.to[at]!);
  }
  if (node < 0) return undefined;
  return options.layer === undefined || eventAt(tree, node, options.layer) >= 0 ? node : undefined;
}

/** The child of `node` by its name, when it is there as of `layer`: one step of {@link lookup}. */
export function childNamed(
  tree: Tree,
  node: number,
  child: { readonly name: Uint8Array; readonly layer: number },
): number | undefined {
  const { name, layer } = child;
  const found = findNode(tree, node, name, 0, name.length);
  return found >= 0 && eventAt(tree, found, layer) >= 0 ? found : undefined;
}

const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

/** Absolute path of a node, bytes that are not UTF-8 as U+FFFD: `/`, `/etc/passwd`. */
export function pathOf(tree: Tree, node: number): string {
  return lossy.decode(pathBytes(tree, node));
}

/** Absolute path of a node as raw bytes, in an array that the caller owns. */
export function pathBytes(tree: Tree, node: number): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (let at = node; at > 0; at = tree.parent[at]!)
    length += 1 + tree.nameStart[at + 1]! - tree.nameStart[at]!;
  if (length === 0) return Uint8Array.of(0x2f);
  const path = new Uint8Array(length);
  for (let at = node; at > 0; at = tree.parent[at]!) {
    const name = nameBytes(tree, at);
    length -= name.length;
    path.set(name, length);
    path[--length] = 0x2f;
  }
  return path;
}

/** Last component of a node's path, bytes that are not UTF-8 as U+FFFD; empty for the root. */
export function nameOf(tree: Tree, node: number): string {
  return lossy.decode(nameBytes(tree, node));
}

/** Last component of a node's path as raw bytes: a view of the tree's memory, good until the next layer is added. */
export function nameBytes(tree: Tree, node: number): Uint8Array<ArrayBuffer> {
  return tree.names.subarray(tree.nameStart[node], tree.nameStart[node + 1]);
}

/** The event that decides about `node` as of `layer`, or -1 when the path is not there. */
export function eventAt(tree: Tree, node: number, layer: number): number {
  let event = tree.last[node]!;
  while (event >= 0 && tree.eventLayer[event]! > layer) event = tree.eventPrevious[event]!;
  return event >= 0 && isPresent(tree.eventKind[event]!) ? event : -1;
}

/** A number that all names of one file have in common as of `layer`, and no other file has; `undefined` when the path is not there. */
export function fileNumber(tree: Tree, node: number, layer: number): number | undefined {
  const event = eventAt(tree, node, layer);
  if (event < 0) return undefined;
  const content = contentEvent(tree, event);
  return content < 0 ? event : content;
}

/** The change that decides about a node. */
export interface NodeState {
  /** Its number in the tree's event columns. */
  readonly event: number;
  readonly layer: number;
  readonly row: number;
  readonly kind: ChangeKind;
}

/** The change by which `node` is what it is as of `layer`; `undefined` when the path is not there. */
export function stateAt(tree: Tree, node: number, layer: number): NodeState | undefined {
  const event = eventAt(tree, node, layer);
  if (event < 0) return undefined;
  return {
    event,
    layer: tree.eventLayer[event]!,
    row: tree.eventRow[event]!,
    kind: CHANGE_KINDS[tree.eventKind[event]!]!,
  };
}

/** What `node` is as of `layer`; `undefined` when it is not there. */
export function nodeEntry(tree: Tree, node: number, layer: number): NodeEntry | undefined {
  const event = eventAt(tree, node, layer);
  return event < 0 ? undefined : entryOfEvent(tree, event);
}

const ROOT = { uid: 0, gid: 0, uname: "", gname: "" } as const;

/** What a path is after `event`, which is no removal. */
export function entryOfEvent(tree: Tree, event: number): NodeEntry {
  const layer = tree.eventLayer[event]!;
  const row = tree.eventRow[event]!;
  if (row === IMPLICIT) {
    return {
      type: "dir",
      contentType: "dir",
      size: 0,
      mode: IMPLICIT_MODE,
      ...ROOT,
      mtime: 0,
      link: "",
      layer,
      row,
      implicit: true,
      broken: false,
      content: undefined,
      entry: undefined,
      substance: undefined,
    };
  }
  const entry: TarEntry = entryAt(tree.tables[layer]!, row);
  const from = contentEvent(tree, event);
  const contentType = typeOfEvent(tree, event);
  const attributes = attributeEvent(tree, event);
  const shared = attributes === event ? entry : entryAt(tree.tables[layer]!, tree.eventRow[attributes]!);
  const holds = from >= 0 && (contentType === TYPE.file || contentType === TYPE.sparse);
  return {
    type: entry.type,
    contentType: ENTRY_TYPES[contentType]!,
    size: holds ? sizeOfEvent(tree, from) : 0,
    mode: shared.mode,
    uid: shared.uid,
    gid: shared.gid,
    uname: shared.uname,
    gname: shared.gname,
    mtime: shared.mtime,
    link: entry.link,
    layer,
    row,
    implicit: false,
    broken: from < 0,
    content: holds ? { layer: tree.eventLayer[from]!, row: tree.eventRow[from]! } : undefined,
    entry,
    substance:
      from < 0 || from === event
        ? entry
        : entryAt(tree.tables[tree.eventLayer[from]!]!, tree.eventRow[from]!),
  };
}

/** Bytes of the row at `event` when it is a regular file, else 0. */
export function sizeOfEvent(tree: Tree, event: number): number {
  const row = tree.eventRow[event]!;
  if (row === IMPLICIT) return 0;
  const table = tree.tables[tree.eventLayer[event]!]!;
  const type = table.type[row]!;
  return type === TYPE.file || type === TYPE.sparse ? table.size[row]! : 0;
}

/** Every change of a path, oldest first; each version with content can be opened by its `entry.content`. */
export function historyOf(tree: Tree, node: number): NodeEvent[] {
  const chain: number[] = [];
  for (let event = tree.last[node]!; event >= 0; event = tree.eventPrevious[event]!) {
    if (tree.eventKind[event] !== CHANGE.none) chain.push(event);
  }
  return chain.reverse().map((event) => {
    const kind = tree.eventKind[event]!;
    const before = tree.eventPrevious[event]!;
    const compared = kind !== CHANGE.added && kind !== CHANGE.removed;
    return {
      layer: tree.eventLayer[event]!,
      row: tree.eventRow[event]!,
      kind: CHANGE_KINDS[kind]!,
      entry: kind === CHANGE.removed ? undefined : entryOfEvent(tree, event),
      differences: compared ? differenceNames(differing({ tree, event: before }, { tree, event })) : [],
    };
  });
}
