import type { Tree } from "./tree.ts";
import type { View } from "./view.ts";

/** A file system of a tree. */
export interface Side {
  readonly tree: Tree;
  readonly view: View;
}

/** Paths that differ, a directory before its children, siblings in byte order. */
export interface TreeDiff {
  readonly count: number;
  /** One of CHANGE: added (only in b), removed (only in a), changed, metadata. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** Node of each side, or -1. */
  readonly a: Int32Array<ArrayBuffer>;
  readonly b: Int32Array<ArrayBuffer>;
}

/** How two file systems differ. */
export function diff(
  a: Side,
  b: Side,
  options: { readonly ignoreTimes?: boolean | undefined } = {},
): TreeDiff {
  void a;
  void b;
  void options;
  throw new Error("stub");
}
