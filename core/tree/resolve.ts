import type { Tree } from "./tree.ts";

/** Where a path leads inside the image, or why it leads nowhere. */
export type Resolution =
  | { readonly found: true; readonly node: number }
  | {
      readonly found: false;
      readonly reason: "missing" | "cycle" | "not-a-directory" /** The last node reached. */;
      readonly at: number;
    };

/** Follows symlinks inside the image as of `layer`: absolute targets start again at the root, nothing leads outside. */
export function resolve(
  tree: Tree,
  path: string | Uint8Array,
  options: { readonly layer: number; readonly followLast?: boolean | undefined },
): Resolution {
  void tree;
  void path;
  void options;
  throw new Error("stub");
}
/** Where the symlink or hard link at `node` leads. */
export function targetOf(tree: Tree, node: number, layer: number): Resolution {
  void tree;
  void node;
  void layer;
  throw new Error("stub");
}
