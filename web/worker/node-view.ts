import {
  historyOf,
  measure,
  type NodeEvent,
  nodeEntry,
  pathOf,
  type Resolution,
  type Tree,
  targetOf,
} from "../../core/tree/mod.ts";
import type { NodeView } from "../model/engine.ts";
import type { ImageTree } from "./image-tree.ts";
import { MARKS, nodeRow, nodeType } from "./rows.ts";

/** Longest attribute value shown, in bytes. */
const MOST_VALUE = 4096;

/**
 * All about one path as of layer `upTo`.
 * @throws RangeError when there is no such node.
 */
export function nodeView(image: ImageTree, node: number, upTo: number): NodeView {
  const { tree } = image;
  if (!(node >= 0 && node < tree.nodeCount))
    throw new RangeError(`no node ${node} in a tree of ${tree.nodeCount}`);
  const layer = Math.min(upTo, image.folded - 1);
  const view = { upTo: layer, since: image.since, scope: "merged", removed: true } as const;
  const measured = measure(tree, view);
  const entry = nodeEntry(tree, node, layer)?.entry;
  return {
    node,
    path: pathOf(tree, node),
    row: nodeRow({ tree, view, measured, matching: undefined }, node),
    xattrs: Object.entries(entry?.xattrs ?? {}).map(([name, value]) => ({ name, value: shown(value) })),
    device:
      entry?.major === undefined || entry.minor === undefined
        ? undefined
        : { major: entry.major, minor: entry.minor },
    target: target(tree, node, layer),
    versions: versionsOf(image, node),
  };
}

function target(tree: Tree, node: number, layer: number): NodeView["target"] {
  const type = nodeEntry(tree, node, layer)?.type;
  if (type !== "symlink" && type !== "link") return undefined;
  return shownTarget(tree, targetOf(tree, node, layer));
}

function shownTarget(tree: Tree, found: Resolution): NodeView["target"] {
  if (found.found) return { node: found.node, path: pathOf(tree, found.node) };
  return { broken: found.reason === "cycle" ? "cycle" : "missing" };
}

function versionsOf(image: ImageTree, node: number): NodeView["versions"] {
  let before: NodeEvent | undefined;
  return historyOf(image.tree, node).map((event) => {
    // A removal has no facts of its own: it shows those of what it removed.
    const entry = event.entry ?? before?.entry;
    before = event;
    return {
      layer: event.layer,
      mark: MARKS[event.kind],
      size: event.entry?.size ?? 0,
      mode: entry?.mode ?? 0,
      uid: entry?.uid ?? 0,
      gid: entry?.gid ?? 0,
      mtime: entry?.mtime ?? 0,
      type: nodeType(entry?.type ?? "dir"),
      readable: event.entry?.content !== undefined,
      createdBy: image.image.layers[event.layer]?.history?.createdBy,
    };
  });
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** An attribute's value as text where it is printable, else in hex. */
function shown(value: Uint8Array): string {
  const bytes = value.subarray(0, MOST_VALUE);
  try {
    const text = strict.decode(bytes);
    if (!/\p{Cc}/u.test(text)) return text;
  } catch {
    // Not text: hex below.
  }
  let hex = "0x";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return value.length > MOST_VALUE ? `${hex}…` : hex;
}
