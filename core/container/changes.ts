import { hardLink, type LayerChanges, nodeMember } from "../image/mod.ts";
import type { TarMember } from "../tar/mod.ts";
import { fileNumber, type NodeEntry, nodeEntry, pathBytes, type Tree } from "../tree/mod.ts";
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
 * them. A path that was written counts as changed whatever was written; a directory does when its attributes or what is in it changed. Of a removed
 * directory only itself is told. Cost: the paths that drafts touch.
 */
export function containerChanges(container: OpenContainer): ContainerChange[] {
  return changesOf(container)
    .filter(({ node }) => node !== 0)
    .map(({ kind, path }) => ({ kind, path: `/${textOfRaw(path)}` }));
}

/**
 * The same as a layer over the image: every changed path in full, the directories above, and a whiteout for each that was removed. Contents
 * are read when the layer is written.
 */
export function changeset(container: OpenContainer): LayerChanges {
  const members: TarMember[] = [];
  const removed: Uint8Array[] = [];
  const firsts = new Map<number, Uint8Array>();
  for (const { kind, node } of changesOf(container)) {
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

function changesOf({ tree, base, upTo }: OpenContainer): Change[] {
  const kinds = new Map<number, Change["kind"]>();
  const touched = new Set<number>();
  for (let event = tree.layerStarts[base + 1]!; event < tree.layerStarts[upTo + 1]!; event++)
    touched.add(tree.eventNode[event]!);
  for (const node of touched) {
    const kind = kindOf(tree, node, { base, upTo });
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

function kindOf(
  tree: Tree,
  node: number,
  { base, upTo }: { readonly base: number; readonly upTo: number },
): Change["kind"] | undefined {
  const before = nodeEntry(tree, node, base);
  const after = nodeEntry(tree, node, upTo);
  if (after === undefined) {
    if (before === undefined) return undefined;
    const parent = node === 0 ? undefined : nodeEntry(tree, tree.parent[node]!, upTo);
    // What went with its directory is not told.
    return parent?.contentType === "dir" ? "D" : undefined;
  }
  if (before === undefined) return node === 0 ? undefined : "A";
  if (before.contentType !== "dir" || after.contentType !== "dir") return "C";
  return sameDirectory(before, after, node === 0) ? undefined : "C";
}

/** Whether nothing that a directory says of itself has changed; of the root the time does not count, as nothing shows it. */
function sameDirectory(a: NodeEntry, b: NodeEntry, root: boolean): boolean {
  if (a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (!root && Math.floor(a.mtime) !== Math.floor(b.mtime)) return false;
  return attributes(a) === attributes(b);
}

const attributes = ({ substance }: NodeEntry): string =>
  Object.entries(substance?.xattrs ?? {})
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${rawOfBytes(value)}`)
    .join("\n");
