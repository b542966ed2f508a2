import type { Tree } from "../tree.ts";
import type { View } from "../view.ts";

/** Nodes of a tree: one byte a node, 1 for those in the set. */
export interface NodeSet {
  readonly count: number;
  readonly has: Uint8Array<ArrayBuffer>;
}

/** A filter, ready to be run. */
export interface Query {
  readonly text: string;
}

/**
 * The filter that `text` means.
 * @throws CoreError `tree/query` when it means none.
 */
export function parseQuery(text: string): Query {
  void text;
  throw new Error("stub");
}

/** The nodes of `view` that match. */
export function matchNodes(tree: Tree, query: Query, view: View): NodeSet {
  void tree;
  void query;
  void view;
  throw new Error("stub");
}
