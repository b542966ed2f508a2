import { type MergedEntry, mergedEntries, pathOf } from "../../core/tree/mod.ts";
import type { ImageTree } from "./image-tree.ts";

/** A path to be saved, by its name in the archive: the saved directory's own name stands first. */
export interface Below {
  readonly name: string;
  readonly merged: MergedEntry;
}

/** Everything at and below `node` as of a layer, a directory before its children. Of the whole file system the root itself is left out. */
export function entriesBelow({ tree }: ImageTree, node: number, layer: number): Below[] {
  const path = pathOf(tree, node).slice(1);
  const strip = path.lastIndexOf("/") + 1;
  const below: Below[] = [];
  for (const merged of mergedEntries(tree, layer)) {
    const inside =
      node === 0 ? merged.node !== 0 : merged.node === node || merged.path.startsWith(`${path}/`);
    if (inside) below.push({ name: merged.path.slice(strip), merged });
  }
  return below;
}
