import type { NodeEntry, NodeEvent } from "./entry.ts";
import type { ChangeKind, Tree } from "./tree.ts";

/** The node of a path (cleaned, symlinks not followed); with `layer` only when the path is there as of that layer. */
export function lookup(
  tree: Tree,
  path: string | Uint8Array,
  options: { readonly layer?: number | undefined } = {},
): number | undefined {
  void tree;
  void path;
  void options;
  throw new Error("stub");
}
/** Absolute path of a node, lossy: `/`, `/etc/passwd`. */
export function pathOf(tree: Tree, node: number): string {
  void tree;
  void node;
  throw new Error("stub");
}
/** Absolute path as raw bytes. */
export function pathBytes(tree: Tree, node: number): Uint8Array<ArrayBuffer> {
  void tree;
  void node;
  throw new Error("stub");
}
/** Last component of a node's path, lossy; empty for the root. */
export function nameOf(tree: Tree, node: number): string {
  void tree;
  void node;
  throw new Error("stub");
}
/** Last component as raw bytes: a view of the tree's memory. */
export function nameBytes(tree: Tree, node: number): Uint8Array<ArrayBuffer> {
  void tree;
  void node;
  throw new Error("stub");
}
/** The change that decides about a node as of `layer`. */
export interface NodeState {
  readonly event: number;
  readonly layer: number;
  readonly row: number;
  readonly kind: ChangeKind;
}
/** `undefined` when the path is not there. */
export function stateAt(tree: Tree, node: number, layer: number): NodeState | undefined {
  void tree;
  void node;
  void layer;
  throw new Error("stub");
}
/** What a node is as of `layer`; `undefined` when it is not there. */
export function nodeEntry(tree: Tree, node: number, layer: number): NodeEntry | undefined {
  void tree;
  void node;
  void layer;
  throw new Error("stub");
}
/** Every change of a path, oldest first; each version's content can be opened by its `entry.content`. */
export function historyOf(tree: Tree, node: number): NodeEvent[] {
  void tree;
  void node;
  throw new Error("stub");
}
