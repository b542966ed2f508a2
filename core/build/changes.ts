import { pump, type ReadOptions, type Source } from "../bytes/mod.ts";
import { type NewHasher, newSha256 } from "../digest/mod.ts";
import type { HeaderFields, TarMember } from "../tar/mod.ts";
import type { Draft } from "./draft.ts";
import { type DirNode, type FileNode, type LeafNode, sortedChildren } from "./files.ts";

/** What writing the changes of a draft takes. */
export interface ChangesOptions extends ReadOptions {
  readonly newHasher?: NewHasher | undefined;
  /** Seconds since the epoch: the time of all that the build made. */
  readonly now: number;
  /** No entry is newer than this. */
  readonly epoch?: number | undefined;
  /** Entries that are as they were before are written as well: a layer that stands on its own. */
  readonly whole?: boolean | undefined;
  /** Nothing has a time: what two layers have to have in common for one to stand for the other. */
  readonly timeless?: boolean | undefined;
}

/** A directory on the way down, written when something in it is. */
interface Above {
  readonly path: string;
  readonly node: DirNode;
  written: boolean;
}

/** What is still to be looked at. */
interface Step {
  readonly path: string;
  readonly node: FileNode;
  readonly before: FileNode | undefined;
  readonly depth: number;
}

/**
 * The entries of the layer that makes of a draft's base what it is now, in BuildKit's order: each directory before what is in it, names by
 * their bytes, with all directories above what has changed. Of names of one file the first has the content.
 */
export async function changedMembers(draft: Draft, options: ChangesOptions): Promise<TarMember[]> {
  const members: TarMember[] = [];
  const firsts = new Map<object, string>();
  const above: Above[] = [];
  const write = (path: string, node: FileNode): void => {
    for (const dir of above) {
      if (dir.written) continue;
      dir.written = true;
      members.push(memberOf(dir.path, dir.node, options));
    }
    const first = node.type === "file" ? firsts.get(node.inode) : undefined;
    if (node.type === "file" && first === undefined) firsts.set(node.inode, path);
    const member = memberOf(path, node, options);
    members.push(
      first === undefined ? member : { entry: { ...member.entry, size: 0, type: "link", link: first } },
    );
  };
  const steps: Step[] = childSteps({ path: "", node: draft.root, before: draft.base, depth: -1 });
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { path, node, before, depth } = step;
    above.length = depth;
    if (node === before && options.whole !== true) continue;
    if (node.type !== "dir") {
      if (options.whole === true || !(await sameLeaf(node, before, options))) write(path, node);
      continue;
    }
    const changed = options.whole === true || before?.type !== "dir" || !sameAttributes(node, before);
    if (changed) write(path, node);
    above.push({ path, node, written: changed });
    steps.push(...childSteps(step));
  }
  return members;
}

/** What is in a directory, last first. */
function childSteps({ path, node, before, depth }: Step): Step[] {
  if (node.type !== "dir") return [];
  const old = before?.type === "dir" ? before.children : undefined;
  return sortedChildren(node)
    .reverse()
    .map(([name, child]) => ({
      path: path === "" ? name : `${path}/${name}`,
      node: child,
      before: old?.get(name),
      depth: depth + 1,
    }));
}

const sameAttributes = (a: FileNode, b: FileNode): boolean =>
  a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;

async function sameLeaf(
  node: LeafNode,
  before: FileNode | undefined,
  options: ChangesOptions,
): Promise<boolean> {
  if (before === undefined || before.type !== node.type || !sameAttributes(node, before)) return false;
  if (node.mtime === undefined || node.mtime !== before.mtime) return false;
  if (node.link !== before.link || node.major !== before.major || node.minor !== before.minor) return false;
  if (node.content === before.content) return true;
  const [now, then] = [node.content, before.content];
  if (now === undefined || then === undefined || now.size !== then.size)
    return (now?.size ?? 0) === (then?.size ?? 0);
  return (await contentDigest(now, options)) === (await contentDigest(then, options));
}

async function contentDigest(
  source: Source,
  { newHasher = newSha256, signal }: ChangesOptions,
): Promise<string> {
  const hasher = newHasher();
  await pump(source, (chunk) => hasher.update(chunk), { signal });
  return hasher.hex();
}

/** The one extended attribute that builders put into layers. */
const CAPABILITY = "security.capability";

function fieldsOf(path: string, node: FileNode, { now, epoch, timeless }: ChangesOptions): HeaderFields {
  const mtime = timeless === true ? 0 : Math.min(node.mtime ?? now, epoch ?? Number.POSITIVE_INFINITY);
  const { type, mode, uid, gid, xattrs } = node;
  const capability = xattrs?.[CAPABILITY];
  const kept = capability === undefined ? {} : { xattrs: { [CAPABILITY]: capability } };
  const fields = { path, type, mode, uid, gid, mtime, ...kept };
  if (node.type === "symlink") return { ...fields, link: node.link ?? "" };
  if (node.type === "char" || node.type === "block") {
    return { ...fields, major: node.major ?? 0, minor: node.minor ?? 0 };
  }
  return fields;
}

function memberOf(path: string, node: FileNode, options: ChangesOptions): TarMember {
  const entry = fieldsOf(path, node, options);
  return node.type === "file" && node.content !== undefined
    ? { entry: { ...entry, size: node.content.size }, content: node.content }
    : { entry };
}
