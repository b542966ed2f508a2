import type { EntryTable } from "../tar/mod.ts";
import { LayerFold } from "./layer-fold.ts";
import { createTree, type Tree, type TreeLimits, trimTree } from "./tree.ts";

/** What {@link addLayer} takes. */
export interface LayerOptions {
  /** The layer's content digests, as `LayerScan.fileDigests` gives them: they tell a rewrite with the same bytes from a change. */
  readonly fileDigests?: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Adds the next layer to `tree`, which keeps `table` (and needs it unchanged). About 50 bytes a new path and 19 a change; after a throw
 * the tree is not to be used.
 * @throws CoreError `bytes/limit` when there are more layers, paths or changes than `tree.limits` allows.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 */
export function addLayer(tree: Tree, table: EntryTable, options: LayerOptions = {}): void {
  new LayerFold(tree, table, options.fileDigests).run();
}

/**
 * The tree of the layers with these tables, base first.
 * @throws CoreError `bytes/limit` when there are more layers, paths or changes than the limits allow.
 */
export function foldLayers(
  tables: readonly EntryTable[],
  options: {
    readonly limits?: Partial<TreeLimits> | undefined;
    readonly fileDigests?: readonly (Uint8Array<ArrayBuffer> | undefined)[] | undefined;
  } = {},
): Tree {
  const tree = createTree(options.limits);
  for (const [layer, table] of tables.entries()) {
    addLayer(tree, table, { fileDigests: options.fileDigests?.[layer] });
  }
  trimTree(tree);
  return tree;
}
