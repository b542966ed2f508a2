import type { EntryTable } from "../tar/mod.ts";
import type { Tree, TreeLimits } from "./tree.ts";

/** What {@link addLayer} takes. */
export interface LayerOptions {
  /** The layer's content digests, as `LayerScan.fileDigests` gives them: they tell a rewrite with the same bytes from a change. */
  readonly fileDigests?: Uint8Array<ArrayBuffer> | undefined;
}

/** Adds the next layer to `tree`, which keeps `table`. */
export function addLayer(tree: Tree, table: EntryTable, options: LayerOptions = {}): void {
  void tree;
  void table;
  void options;
  throw new Error("stub");
}

/** The tree of the layers with these tables, base first. */
export function foldLayers(
  tables: readonly EntryTable[],
  options: {
    readonly limits?: Partial<TreeLimits>;
    readonly fileDigests?: readonly (Uint8Array<ArrayBuffer> | undefined)[];
  } = {},
): Tree {
  void tables;
  void options;
  throw new Error("stub");
}
