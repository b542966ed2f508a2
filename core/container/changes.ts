import { hardLink, type LayerChanges, nodeMember } from "../image/mod.ts";
import type { TarMember } from "../tar/mod.ts";
import { fileNumber, type NodeEntry, nodeEntry, pathBytes } from "../tree/mod.ts";
import type { OpenContainer } from "./open.ts";
import { type RawPath, rawOfBytes, textOfRaw } from "./stage.ts";

/** One changed path, as `docker diff` tells it. */
export interface ContainerChange {
  /** Added, changed, deleted. */
  readonly kind: "A" | "C" | "D";
  /** Absolute. */
  readonly path: string;
}

interface Change {
  readonly kind: ContainerChange["kind"];
  readonly node: number;
  /** From the root, without a slash before it. */
  readonly path: RawPath;
}

/**
 * What was changed in a container since it was made of its image, a directory before what is in it, siblings by their bytes and removals after
 * them. As in engines, a path counts as changed when its type, mode, owner, device or attributes did, or for anything but a directory its size
 * or time; and every directory above a change. Of a removed directory only itself is told. Cost: the paths that drafts touch.
 */
export function containerChanges(container: OpenContainer): ContainerChange[] {
  return changesOf(container, false)
    .filter(({ node }) => node !== 0)
    .map(({ kind, path }) => ({ kind, path: `/${textOfRaw(path)}` }));
}

/**
 * The same as a layer over the image: every changed path in full, the directories above, and a whiteout for each that was removed. Here a file counts as
 * changed that was written at all: size and time could be what they were. Contents are read when the layer is written.
 */
export function changeset(container: OpenContainer): LayerChanges {
  const members: TarMember[] = [];
  const removed: Uint8Array[] = [];
  const firsts = new Map<number, Uint8Array>();
  for (const { kind, node } of changesOf(container, true)) {
    const path = pathBytes(container.tree, node).subarray(1);
    if (kind === "D") {
      removed.push(path);
      continue;
    }
    const member = nodeMember(container, node, { impliedTime: container.record.created });
    if (member === undefined) continue;
    const file = member.entry.type === "dir" ? undefined : fileNumber(container.tree, node, container.upTo);
    const first = file === undefined ? undefined : firsts.get(file);
    if (file !== undefined && first === undefined) firsts.set(file, path);
    members.push(first === undefined ? member : hardLink(member, first));
  }
  return { members, removed };
}

function changesOf(container: OpenContainer, exact: boolean): Change[] {
  const { tree, base, upTo } = container;
  const kinds = new Map<number, Change["kind"]>();
  const touched = new Set<number>();
  for (let event = tree.layerStarts[base + 1]!; event < tree.layerStarts[upTo + 1]!; event++)
    touched.add(tree.eventNode[event]!);
  for (const node of touched) {
    const kind = kindOf(container, node, exact);
    if (kind !== undefined) kinds.set(node, kind);
  }
  const own = Array.from(kinds.keys());
  for (const node of own) {
    for (let at = tree.parent[node]!; at > 0 && !kinds.has(at); at = tree.parent[at]!) kinds.set(at, "C");
  }
  return [...kinds]
    .map(([node, kind]) => ({ kind, node, path: rawOfBytes(pathBytes(tree, node).subarray(1)) }))
    .map((change) => ({ change, key: sortKey(change) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ change }) => change);
}

/** Slashes below every byte, a removed name above them. */
function sortKey({ kind, path }: Change): string {
  const key = path.replaceAll("/", "\0");
  if (kind !== "D") return key;
  const last = key.lastIndexOf("\0") + 1;
  return `${key.slice(0, last)}\u0100${key.slice(last)}`;
}

function kindOf(container: OpenContainer, node: number, exact: boolean): Change["kind"] | undefined {
  const { tree, base, upTo } = container;
  const before = nodeEntry(tree, node, base);
  const after = nodeEntry(tree, node, upTo);
  if (after === undefined) {
    if (before === undefined) return undefined;
    const parent = node === 0 ? undefined : nodeEntry(tree, tree.parent[node]!, upTo);
    // What went with its directory is not told.
    return parent?.contentType === "dir" ? "D" : undefined;
  }
  if (before === undefined) return node === 0 ? undefined : "A";
  if (statOf(before) !== statOf(after)) return "C";
  const { content } = after;
  const rewritten = content?.layer !== before.content?.layer || content?.row !== before.content?.row;
  return exact && rewritten && after.size > 0 ? "C" : undefined;
}

/** All that engines compare: what a directory contains, and when that changed, is not part of it; nor is the content of a file. */
function statOf({ contentType, mode, uid, gid, size, mtime, substance }: NodeEntry): string {
  const { major, minor, link = "", xattrs = {} } = substance ?? {};
  const attributes = Object.entries(xattrs)
    .map(([name, value]) => [name, rawOfBytes(value)])
    .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  const file = contentType === "dir" ? [] : [size, Math.floor(mtime)];
  const to = contentType === "symlink" ? link : "";
  return JSON.stringify([contentType, mode, uid, gid, ...file, to, major, minor, attributes]);
}
