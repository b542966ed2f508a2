import type { NodeEntry } from "./entry.ts";
import type { Tree } from "./tree.ts";

/** One path of a merged file system. */
export interface MergedEntry {
  readonly node: number;
  /** Without a leading slash; empty for the root. */
  readonly path: string;
  readonly entry: NodeEntry;
  /** For all but the first of a group of hard links: the node of the first, which stands for the file. */
  readonly firstLink: number | undefined;
}

/** The file system as of layer `upTo`: a directory before its children, siblings in byte order. */
export function* mergedEntries(tree: Tree, upTo: number): Generator<MergedEntry> {
  void tree;
  void upTo;
  throw new Error("stub");
}
