import { type ReadOptions, type Source, sourceOf } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { contentOf, type EntryTable, entryAt } from "../tar/mod.ts";
import { openTar } from "./archive-file.ts";
import { type DirNode, EMPTY_ROOT, type FileNode, type LeafNode, nodeAt, pathParts } from "./files.ts";
import { BUILD_LIMITS, type BuildLimits } from "./limits.ts";

/** One entry of a build context. Who owns it does not matter: all is root's. */
export interface ContextEntry {
  /** Relative to the context's root. */
  readonly path: string;
  /** `link` is another name of the file at `link`. */
  readonly type: "file" | "dir" | "symlink" | "link";
  /** Permission bits. Default 0o644, of directories 0o755. */
  readonly mode?: number | undefined;
  /** Seconds since the epoch. Default: the time of the build. */
  readonly mtime?: number | undefined;
  readonly link?: string | undefined;
  /** Of files; empty when there is none. Must stay readable until the build is done. */
  readonly content?: Source | undefined;
  readonly xattrs?: { readonly [name: string]: Uint8Array } | undefined;
}

/** Where COPY and ADD take files from. */
export interface BuildContext {
  /** All entries, in any order; of a path given twice the last counts. Directories may be left out. */
  entries(options?: ReadOptions): Iterable<ContextEntry> | AsyncIterable<ContextEntry>;
}

/** A context of these entries: what a page or a script has found in a folder. */
export function contextOf(entries: Iterable<ContextEntry>): BuildContext {
  const list = [...entries];
  return { entries: () => list };
}

/** A context in a tar archive, plain or compressed. Contents are read from it as they are needed. */
export function contextFromTar(archive: Source): BuildContext {
  return {
    async *entries(options = {}) {
      const opened = await openTar(archive, options);
      if (opened === undefined) {
        throw new CoreError("build/failed", "Cannot read the build context: it is no tar archive");
      }
      for (let row = 0; row < opened.table.count; row++) {
        const entry = tarEntry(opened.tar, opened.table, row);
        if (entry !== undefined) yield entry;
      }
    },
  };
}

function tarEntry(tar: Source, table: EntryTable, row: number): ContextEntry | undefined {
  const { path, type, mode, mtime, link, xattrs } = entryAt(table, row);
  const common = { path, mode, mtime, xattrs };
  switch (type) {
    case "file":
    case "sparse":
      return { ...common, type: "file", content: contentOf(tar, table, row) };
    case "dir":
      return { ...common, type };
    case "symlink":
    case "link":
      return { ...common, type, link };
    default:
      // Devices and pipes cannot be sent to a builder either.
      return undefined;
  }
}

/** A directory that is being filled. */
interface OpenDir {
  readonly type: "dir";
  mode: number;
  uid: number;
  gid: number;
  mtime: number | undefined;
  xattrs: { readonly [name: string]: Uint8Array } | undefined;
  readonly children: Map<string, FileNode>;
}

const openDir = (): OpenDir => ({
  ...EMPTY_ROOT,
  xattrs: undefined,
  children: new Map<string, FileNode>(),
});

/**
 * The file system of a context.
 * @throws CoreError `build/failed` when an entry cannot be one, `bytes/limit`; what the context throws
 */
export async function readContext(
  context: BuildContext,
  options: ReadOptions & { readonly limits?: BuildLimits | undefined } = {},
): Promise<DirNode> {
  const { signal, limits = BUILD_LIMITS } = options;
  const root = openDir();
  const links: { readonly path: readonly string[]; readonly link: string }[] = [];
  let count = 0;
  for await (const entry of context.entries(options)) {
    signal?.throwIfAborted();
    if (++count > limits.entries) throw limitError("entries", limits.entries);
    const path = pathParts(entry.path);
    if (path.length > limits.depth) throw limitError("directories above each other", limits.depth);
    if (entry.type === "dir") {
      const dir = openAt(root, path);
      dir.mode = (entry.mode ?? 0o755) & 0o7777;
      dir.mtime = entry.mtime;
      dir.xattrs = entry.xattrs;
    } else if (path.length > 0) {
      if (entry.type === "link") links.push({ path, link: entry.link ?? "" });
      else openAt(root, path.slice(0, -1)).children.set(path.at(-1)!, leafOf(entry, entry.type));
    }
  }
  for (const { path, link } of links) {
    const target = nodeAt(root, pathParts(link));
    if (target === undefined || target.type === "dir") {
      throw new CoreError(
        "build/failed",
        `Cannot read the build context: ${path.join("/")} is another name of ${link}, which is not there`,
      );
    }
    openAt(root, path.slice(0, -1)).children.set(path.at(-1)!, target);
  }
  return root;
}

function leafOf(entry: ContextEntry, type: "file" | "symlink"): LeafNode {
  const { mode = 0o644, mtime, content, link = "", xattrs } = entry;
  const common = { uid: 0, gid: 0, mtime, xattrs, inode: {} };
  return type === "symlink"
    ? { ...common, type, mode: 0o777, link }
    : { ...common, type, mode: mode & 0o7777, content: content ?? sourceOf(new Uint8Array(0)) };
}

/** Every directory in a tree that is being read is open. */
const isOpen = (node: FileNode): node is OpenDir => node.type === "dir";

/** The directory at `path`, made where it is missing; what else stood there is gone. */
function openAt(root: OpenDir, path: readonly string[]): OpenDir {
  let dir = root;
  for (const name of path) {
    const child = dir.children.get(name);
    const next = child !== undefined && isOpen(child) ? child : openDir();
    if (next !== child) dir.children.set(name, next);
    dir = next;
  }
  return dir;
}

const limitError = (what: string, limit: number): CoreError =>
  new CoreError("bytes/limit", `Cannot read the build context: more than ${limit} ${what}`, { what, limit });
