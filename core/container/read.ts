import type { Source } from "../bytes/mod.ts";
import { contentAt, type OpenTree } from "../image/mod.ts";
import { type NodeEntry, nodeEntry, resolve } from "../tree/mod.ts";

/** A file of a container or image. */
export interface FileAt {
  readonly node: number;
  readonly entry: NodeEntry;
  /** Reads through to the layer that has it; empty for what has no content. */
  readonly content: Source;
}

/** What a path leads to, symlinks followed inside the file system; `undefined` when it leads nowhere. */
export function fileAt(
  files: OpenTree,
  path: string,
  options: { readonly followLast?: boolean | undefined } = {},
): FileAt | undefined {
  const { tree, layers, upTo } = files;
  const way = resolve(tree, path, { layer: upTo, followLast: options.followLast });
  const entry = way.found ? nodeEntry(tree, way.node, upTo) : undefined;
  if (!way.found || entry === undefined) return undefined;
  return { node: way.node, entry, content: contentAt(layers, entry.content) };
}
