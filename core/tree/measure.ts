import type { Tree } from "./tree.ts";
import type { View } from "./view.ts";

/** Facts of every node in a view, as columns by node. */
export interface Measure {
  readonly view: View;
  /** Event that decides, or -1: not in the view. Of a path the layer removed (where the view shows those): its removal. */
  readonly event: Int32Array<ArrayBuffer>;
  /** What layer `view.upTo` did: one of CHANGE; {@link INSIDE} is added to directories with a change below. */
  readonly mark: Uint8Array<ArrayBuffer>;
  /** Bytes of the file, or of all files below a directory; of a removed path the bytes that it hides. Hard links count once, where the first name is. */
  readonly bytes: Float64Array<ArrayBuffer>;
  /** Entries below a directory, itself not counted. */
  readonly entries: Uint32Array<ArrayBuffer>;
}

/** Flag in {@link Measure.mark}: something below changed. */
export const INSIDE = 0x80;

/** Measures a view in one pass; the last few are kept with the tree. */
export function measure(tree: Tree, view: View): Measure {
  void tree;
  void view;
  throw new Error("stub");
}

/** Nodes directly below `node` in a view, sorted by the bytes of their names. */
export function children(tree: Tree, node: number, view: View): Int32Array<ArrayBuffer> {
  void tree;
  void node;
  void view;
  throw new Error("stub");
}
