import type { EntryType } from "../../core/tar/mod.ts";
import {
  CHANGE_KINDS,
  type ChangeKind,
  historyOf,
  INSIDE,
  type Measure,
  type NodeEntry,
  type NodeSet,
  nameOf,
  nodeEntry,
  type Rows,
  type Tree,
  type View,
} from "../../core/tree/mod.ts";
import type { Mark, NodeType, Row } from "../model/engine.ts";

/** What the rows of a list are made from. */
export interface RowSource {
  readonly tree: Tree;
  readonly view: View;
  readonly measured: Measure;
  readonly matching: NodeSet | undefined;
}

/** Letter of a change. A rewrite without any difference is none. */
export const MARKS: { readonly [K in ChangeKind]: Mark } = {
  none: "",
  added: "A",
  changed: "C",
  removed: "D",
  metadata: "M",
  same: "",
};

/** Type as a list shows it: sparse files are files. */
export function nodeType(type: EntryType): NodeType {
  return type === "sparse" ? "file" : type;
}

/** Row `index` of `rows`. */
export function rowAt(source: RowSource, rows: Rows, index: number): Row {
  return {
    ...nodeRow(source, rows.node[index]!),
    depth: rows.depth[index]!,
    expanded: rows.unfolded[index] === 1,
    position: rows.position[index]!,
    siblings: rows.siblings[index]!,
  };
}

/** The row of a node on its own, as if it stood alone at the top of a list. */
export function nodeRow({ tree, view, measured, matching }: RowSource, node: number): Row {
  const { upTo } = view;
  const kind = CHANGE_KINDS[measured.mark[node]! & ~INSIDE] ?? "none";
  const present = nodeEntry(tree, node, upTo);
  // Of a path that is gone the list shows what was there; of one that is yet to come, what it will be.
  const entry = present ?? lastEntry(tree, node, upTo) ?? historyOf(tree, node)[0]?.entry;
  const type = nodeType(entry?.type ?? "dir");
  return {
    node,
    name: nameOf(tree, node),
    depth: 0,
    type,
    expandable: hasBelow(view, measured, node),
    expanded: false,
    mark: MARKS[kind],
    removed: present === undefined,
    // A hard link shows the size of its file, though that counts only once in what is above.
    size: present === undefined || type === "dir" ? measured.bytes[node]! : present.size,
    mode: entry?.mode ?? 0o755,
    uid: entry?.uid ?? 0,
    gid: entry?.gid ?? 0,
    uname: entry?.uname ?? "",
    gname: entry?.gname ?? "",
    mtime: entry?.mtime ?? 0,
    link: entry?.link ? entry.link : undefined,
    layer: entry?.layer ?? upTo,
    match: matching?.has[node] === 1,
    position: 1,
    siblings: 1,
  };
}

/** What was at a path before it went, as of some layer below `layer`. */
function lastEntry(tree: Tree, node: number, layer: number): NodeEntry | undefined {
  for (let below = layer - 1; below >= 0; below--) {
    const entry = nodeEntry(tree, node, below);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Whether something stands below `node` in a view. Removed paths below one that is there are not among its entries. */
export function hasBelow(view: View, { entries, mark }: Measure, node: number): boolean {
  if (entries[node]! > 0) return true;
  return (view.scope === "layer" || view.removed === true) && (mark[node]! & INSIDE) !== 0;
}
