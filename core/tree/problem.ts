import type { CoreError } from "../error.ts";
import type { Tree } from "./tree.ts";

/** What the fold had to put up with, in order, the first `most` (default 1000). `tree.problemCount` is their number. */
export function problemsOf(tree: Tree, most = 1000): CoreError[] {
  void tree;
  void most;
  throw new Error("stub");
}
