import type { Source } from "../bytes/mod.ts";
import { cleanPath, type TarEntry } from "../tar/mod.ts";
import { archiveError, noSuchFile } from "./failure.ts";
import { type Inode, type RawPath, rawOf, rawOfBytes, type Spot, type Stage, textOfRaw } from "./stage.ts";
import type { OwnerIDs } from "./user.ts";
import { walkPath } from "./way.ts";

/** An entry to unpack. */
export interface UnpackedEntry {
  readonly entry: Pick<TarEntry, "path" | "type" | "mode" | "uid" | "gid" | "mtime" | "link" | "typeflag"> &
    Partial<Pick<TarEntry, "pathBytes" | "linkBytes" | "major" | "minor" | "xattrs">>;
  readonly content?: Source | undefined;
}

/** What {@link unpack} takes. */
export interface UnpackOptions {
  /** Where: a directory. Nothing is made outside. */
  readonly into: Spot;
  /** Whom everything belongs to. Default: as the entries say. */
  readonly owner?: OwnerIDs | undefined;
  /** For messages: the directory and the container as they were asked for. */
  readonly shown: { readonly path: string; readonly container: string };
}

/**
 * Unpacks an archive over what is staged, entry by entry as the engine does for `docker cp`: directories merge and take the entry's attributes,
 * nothing else is put in the place of a directory nor a directory in that of anything else, what is a file goes when another comes. The entry
 * `.` is skipped. Symlinks on the way are followed inside the directory; absolute ones begin there again. Times below a second are cut off.
 * @throws CoreError `container/archive`, `container/path` in the engine's words: the stage is then of no use.
 */
export function unpack(stage: Stage, entries: Iterable<UnpackedEntry>, options: UnpackOptions): void {
  const { into } = options;
  const times: { readonly path: RawPath; readonly mtime: number }[] = [];
  for (const { entry, content } of entries) {
    const path = cleanPath(entry.pathBytes === undefined ? rawOf(entry.path) : rawOfBytes(entry.pathBytes));
    if (path === "..") throw archiveError(`invalid entry name ${JSON.stringify(path)}`);
    if (path.startsWith("../")) throw archiveError(`invalid entry name ${JSON.stringify(textOfRaw(path))}`);
    const relative = path.replace(/^\/+/, "");
    if (relative === "" || relative === ".") continue;
    const at = placeOf(stage, relative, into);
    const inode = inodeOf(stage, { entry, content }, { ...options, relative });
    const before = stage.typeOf(at);
    const directory = inode.entry.type === "dir";
    const name = JSON.stringify(textOfRaw(relative));
    if (before === "dir" && !directory)
      throw archiveError(`cannot overwrite directory ${name} with non-directory "/"`);
    if (before !== undefined && before !== "dir" && directory)
      throw archiveError(`cannot overwrite non-directory ${name} with directory "/"`);
    stage.put(at, inode);
    if (directory) times.push({ path: relative, mtime: inode.entry.mtime ?? 0 });
  }
  // Only now: what was unpacked into a directory has changed its time.
  for (const { path, mtime } of times) {
    const way = walkPath(stage, path, { scope: into, followLast: false, strict: true });
    if (way.state === "here" && way.type === "dir") stage.change(way.at, { mtime });
  }
}

/** The place of an entry, its missing parents made. */
function placeOf(stage: Stage, path: RawPath, into: Spot): Spot {
  const parent = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
  const part = path.split("/").find((name) => name.startsWith(".wh."));
  if (part !== undefined) {
    throw archiveError(
      `Cannot unpack ${textOfRaw(path)}: in an image a name that begins with .wh. is a removal`,
    );
  }
  const way = walkPath(stage, path, {
    scope: into,
    followLast: false,
    strict: true,
    make: (at) => stage.put(at, { entry: { type: "dir", mode: 0o755, mtime: stage.now } }),
  });
  switch (way.state) {
    case "here":
    case "free":
      return way.at;
    case "escape":
      throw archiveError(`statat ${textOfRaw(parent)}: path escapes from parent`);
    case "loop":
      throw archiveError(`statat ${textOfRaw(parent)}: too many levels of symbolic links`);
    default:
      throw archiveError(`openat ${textOfRaw(path)}: not a directory`);
  }
}

function inodeOf(
  stage: Stage,
  { entry, content }: UnpackedEntry,
  options: UnpackOptions & { readonly relative: RawPath },
): Inode {
  const { type, mode, link, linkBytes, major, minor = 0, xattrs } = entry;
  if (type === "other") throw archiveError(`unhandled tar header type ${entry.typeflag.charCodeAt(0)}`);
  const { uid, gid } = options.owner ?? entry;
  const attributes = { mode, uid, gid, mtime: Math.max(Math.floor(entry.mtime), 0) };
  if (type === "link") return linked(stage, entry, { ...options, attributes });
  const named = linkBytes === undefined ? { link } : { link, linkBytes };
  return {
    entry: {
      ...attributes,
      type: type === "sparse" ? "file" : type,
      ...(type === "symlink" && named),
      ...(major !== undefined && { major, minor }),
      ...(xattrs !== undefined && { xattrs }),
    },
    ...(content !== undefined && { content }),
  };
}

/** Another name of a file that is there, from then on with the attributes that the link says. */
function linked(
  stage: Stage,
  entry: UnpackedEntry["entry"],
  options: UnpackOptions & { readonly relative: RawPath; readonly attributes: Partial<Inode["entry"]> },
): Inode {
  const raw = entry.linkBytes === undefined ? rawOf(entry.link) : rawOfBytes(entry.linkBytes);
  const clean = cleanPath(raw);
  if (clean === ".." || clean.startsWith("../"))
    throw archiveError(`invalid hardlink target ${JSON.stringify(entry.link)}`);
  const target = clean.replace(/^\/+/, "");
  const way = walkPath(stage, target, { scope: options.into, followLast: false, strict: true });
  const inode = way.state === "here" ? stage.inodeOf(way.at) : undefined;
  if (way.state === "escape") throw archiveError(`invalid hardlink target ${JSON.stringify(entry.link)}`);
  if (inode === undefined) throw noSuchFile(options.shown.path, options.shown.container);
  if (inode.entry.type === "dir") {
    const names = `${textOfRaw(target)} ${textOfRaw(options.relative)}`;
    throw archiveError(`linkat ${names}: operation not permitted`);
  }
  const own = inode.entry.type === "symlink" ? { ...options.attributes, mode: 0o777 } : options.attributes;
  const changed: Inode = inode;
  changed.entry = { ...inode.entry, ...own };
  stage.replace(way.at, changed);
  return changed;
}
