import type { Source } from "../bytes/mod.ts";

/** What all entries of a file system have. */
export interface Attributes {
  /** Permission bits, `& 0o7777`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch; `undefined`: made by the build, whenever that is. */
  readonly mtime: number | undefined;
  readonly xattrs?: { readonly [name: string]: Uint8Array } | undefined;
}

/** Anything but a directory. */
export interface LeafNode extends Attributes {
  readonly type: "file" | "symlink" | "char" | "block" | "fifo";
  /** Of files. Names of one file have one source. */
  readonly content?: Source | undefined;
  /** The same for all names of one file: what hard links are told by. */
  readonly inode: object;
  /** Target of a symlink, as written. */
  readonly link?: string | undefined;
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
}

/** A directory. Only the draft that owns it may change it. */
export interface DirNode extends Attributes {
  readonly type: "dir";
  readonly children: ReadonlyMap<string, FileNode>;
  readonly owner?: object | undefined;
}

/** An entry of a file system held in memory: attributes and names; contents stay where they are. */
export type FileNode = LeafNode | DirNode;

/** A file system with nothing in it. */
export const EMPTY_ROOT: DirNode = {
  type: "dir",
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: undefined,
  children: new Map(),
};

/** The order of names in a layer: by their bytes, which is by code points. */
export function compareNames(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  for (let at = 0; at < most; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    // Surrogates stand for characters above all others.
    const high = (code: number): number => (code >= 0xd800 && code <= 0xdfff ? code + 0x1_0000 : code);
    return high(left) - high(right);
  }
  return a.length - b.length;
}

/** The children of a directory in the order of a layer. */
export const sortedChildren = ({ children }: DirNode): [string, FileNode][] =>
  [...children].sort(([a], [b]) => compareNames(a, b));

/** The parts of a path, with `.` and `..` resolved and nothing above the root. */
export function pathParts(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

/** What stands at `path`, by names alone: no link is followed. */
export function nodeAt(root: DirNode, path: readonly string[]): FileNode | undefined {
  let node: FileNode | undefined = root;
  for (const name of path) node = node?.type === "dir" ? node.children.get(name) : undefined;
  return node;
}

/** Where a path leads. */
export interface Found {
  /** The parts of the path after all links are followed. */
  readonly path: readonly string[];
  /** `undefined`: nothing is there. */
  readonly node: FileNode | undefined;
}

/** Links followed to find one path: what BuildKit allows. */
const HOPS = 255;

/**
 * Where `path` leads in the file system below `root`: symlinks are followed, nothing leads above the root. What is missing is taken by
 * its name. `undefined` when links lead round in circles.
 */
export function resolvePath(
  root: DirNode,
  path: string,
  options: { readonly followLast: boolean },
): Found | undefined {
  const rest = path.split("/").reverse();
  let reached: { readonly name: string; readonly node: FileNode | undefined }[] = [];
  let hops = 0;
  const here = (): FileNode | undefined => (reached.length === 0 ? root : reached.at(-1)!.node);
  while (rest.length > 0) {
    const part = rest.pop()!;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      reached.pop();
      continue;
    }
    const parent = here();
    const node = parent?.type === "dir" ? parent.children.get(part) : undefined;
    const last = rest.every((more) => more === "" || more === ".");
    if (node?.type !== "symlink" || (last && !options.followLast)) {
      reached.push({ name: part, node });
      continue;
    }
    if (++hops > HOPS) return undefined;
    const target = node.link ?? "";
    if (target.startsWith("/")) reached = [];
    rest.push(...target.split("/").reverse());
  }
  return { path: reached.map(({ name }) => name), node: here() };
}
