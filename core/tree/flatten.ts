import type { NodeSet } from "./query/query.ts";
import type { Tree } from "./tree.ts";
import type { View } from "./view.ts";

export type SortKey = "name" | "size" | "mtime";

/** What a list of rows shows. */
export interface FlattenOptions {
  readonly view: View;
  readonly sort?: SortKey | undefined;
  readonly descending?: boolean | undefined;
  /** Directories before everything else, whatever the sort. */
  readonly directoriesFirst?: boolean | undefined;
  /** Directories whose children are listed; the root always is. */
  readonly expanded?: ReadonlySet<number> | "all" | undefined;
  /** Only these nodes and the directories above them, which are unfolded unless `collapsed` has them. */
  readonly filter?: NodeSet | undefined;
  readonly collapsed?: ReadonlySet<number> | undefined;
  /** Only what layer `view.upTo` added, changed or removed, and the directories above. */
  readonly changedOnly?: boolean | undefined;
}

/** Rows in the order of display, the root itself not among them. */
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

/** The rows of a virtualised list. */
export function flatten(tree: Tree, options: FlattenOptions): Rows {
  void tree;
  void options;
  throw new Error("stub");
}
