import type { TarMember } from "../tar/mod.ts";
import { lookup, nodeEntry, type Tree } from "../tree/mod.ts";

/** What an engine makes in every container before anything runs in it; a text is the target of a symlink. */
const MADE: readonly (readonly [path: string, what: "dir" | "file" | { readonly link: string }])[] = [
  [".dockerenv", "file"],
  ["dev/console", "file"],
  ["dev/pts", "dir"],
  ["dev/shm", "dir"],
  ["etc/hostname", "file"],
  ["etc/hosts", "file"],
  ["etc/mtab", { link: "/proc/mounts" }],
  ["etc/resolv.conf", "file"],
  ["proc", "dir"],
  ["sys", "dir"],
];

/**
 * The layer that engines lay over an image before they make a container of it, as `docker export` shows it: mount points, and the files that a
 * running container has filled in. What is no directory gives way to them, on the way too, so an image's own `/etc/hosts` goes; directories stay.
 */
export function runtimeMembers(tree: Tree | undefined, upTo: number, created: number): TarMember[] {
  const mtime = Math.max(Math.floor(created), 0);
  const made = new Map<string, TarMember>();
  const typeOf = (path: string): string | undefined => {
    const own = made.get(path);
    if (own !== undefined) return own.entry.type;
    if (tree === undefined) return undefined;
    // A parent that was replaced has nothing below it.
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (replaced.has(path.slice(0, at))) return undefined;
    const node = lookup(tree, path, { layer: upTo });
    return node === undefined ? undefined : nodeEntry(tree, node, upTo)?.contentType;
  };
  const replaced = new Set<string>();
  const put = (path: string, entry: Omit<TarMember["entry"], "path">): void => {
    if (typeOf(path) !== undefined && !made.has(path)) replaced.add(path);
    made.set(path, { entry: { path, mode: 0o755, mtime, ...entry } });
    const slash = path.lastIndexOf("/");
    if (slash > 0) touch(path.slice(0, slash));
  };
  const touch = (path: string): void => {
    if (made.has(path) || tree === undefined) return;
    const node = lookup(tree, path, { layer: upTo });
    const entry = node === undefined ? undefined : nodeEntry(tree, node, upTo);
    if (entry === undefined) return;
    const { mode, uid, gid } = entry;
    const xattrs = entry.substance?.xattrs;
    made.set(path, { entry: { path, type: "dir", mode, uid, gid, mtime, ...(xattrs && { xattrs }) } });
  };
  for (const [path, what] of MADE) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join("/");
      if (typeOf(parent) !== "dir") put(parent, { type: "dir" });
    }
    const found = typeOf(path);
    if (found === "dir") continue;
    if (what === "dir") put(path, { type: "dir" });
    else if (what === "file") put(path, { type: "file" });
    else put(path, { type: "symlink", mode: 0o777, link: what.link });
  }
  return [...made.values()];
}
