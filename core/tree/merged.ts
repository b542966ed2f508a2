import { contentEvent } from "./compare.ts";
import type { NodeEntry } from "./entry.ts";
import { entryOfEvent, nameOf } from "./lookup.ts";
import { measure } from "./measure.ts";
import { childrenByName } from "./order.ts";
import type { Tree } from "./tree.ts";

/** One path of a merged file system. */
export interface MergedEntry {
  readonly node: number;
  /** Without a leading slash, bytes that are not UTF-8 as U+FFFD; empty for where it begins. */
  readonly path: string;
  readonly entry: NodeEntry;
  /** For all but the first of a group of hard links: the path of the first, which stands for the file. */
  readonly firstLink: string | undefined;
  /** The node of that. */
  readonly firstNode: number | undefined;
}

/**
 * The file system as of layer `upTo`, from the root or the node `from` down: a directory before its children, siblings in byte order. Paths
 * are relative to where it begins. Every name of a group of hard links gives the file's content place.
 * @throws RangeError when the tree has no such layer.
 */
export function* mergedEntries(tree: Tree, upTo: number, from = 0): Generator<MergedEntry, void, undefined> {
  const { event } = measure(tree, { upTo, scope: "merged" });
  const { start, list } = childrenByName(tree);
  const linked = new Set<number>();
  for (let node = 0; node < tree.nodeCount; node++) {
    const at = event[node]!;
    if (at >= 0 && tree.eventSource[at]! >= 0) linked.add(tree.eventSource[at]!);
  }
  const firsts = new Map<number, { readonly path: string; readonly node: number }>();
  const frames: { readonly path: string; at: number; readonly end: number }[] = [];

  const entryOf = (node: number, path: string): MergedEntry => {
    const content = contentEvent(tree, event[node]!);
    const first = linked.has(content) ? firsts.get(content) : undefined;
    if (linked.has(content) && first === undefined) firsts.set(content, { path, node });
    frames.push({ path, at: start[node]!, end: start[node + 1]! });
    const entry = entryOfEvent(tree, event[node]!);
    return { node, path, entry, firstLink: first?.path, firstNode: first?.node };
  };

  if (event[from]! >= 0) yield entryOf(from, "");
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (frame.at === frame.end) {
      frames.pop();
      continue;
    }
    const node = list[frame.at++]!;
    if (event[node]! < 0) continue;
    const name = nameOf(tree, node);
    yield entryOf(node, frame.path === "" ? name : `${frame.path}/${name}`);
  }
}
