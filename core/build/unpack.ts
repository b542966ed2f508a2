import type { Source } from "../bytes/mod.ts";
import { goQuote } from "../dockerfile/mod.ts";
import { CoreError } from "../error.ts";
import { contentOf, type EntryTable, entryAt, type TarEntry } from "../tar/mod.ts";
import type { OpenTar } from "./archive-file.ts";
import { madeDir } from "./copy-options.ts";
import type { Draft } from "./draft.ts";
import { type Attributes, type LeafNode, pathParts, resolvePath } from "./files.ts";
import type { Owner } from "./owner.ts";

/** What {@link unpackInto} takes. */
export interface UnpackOptions {
  readonly archive: OpenTar;
  /** Who owns what is unpacked; `undefined`: who the archive says. */
  readonly owner: Owner | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks an archive into the directory at `target`, which is there. The directory is the root for its links and names: nothing leads out
 * of it.
 * @throws CoreError `build/failed` when a name or link leads out
 */
export function unpackInto(
  draft: Draft,
  target: readonly string[],
  { archive, owner, signal }: UnpackOptions,
): void {
  const { table, tar } = archive;
  draft.dated = true;
  for (let row = 0; row < table.count; row++) {
    signal?.throwIfAborted();
    unpackRow(draft, target, {
      entry: entryAt(table, row),
      content: () => contentFor(tar, table, row),
      owner,
    });
  }
}

const contentFor = (tar: Source, table: EntryTable, row: number): Source => contentOf(tar, table, row);

function unpackRow(
  draft: Draft,
  target: readonly string[],
  {
    entry,
    content,
    owner,
  }: { readonly entry: TarEntry; readonly content: () => Source; readonly owner: Owner | undefined },
): void {
  const parts = inside(entry.path);
  if (parts.length === 0) return;
  const top = draft.at(target);
  if (top?.type !== "dir") throw new CoreError("build/failed", `/${target.join("/")}: not a directory`);
  const parent = resolvePath(top, parts.slice(0, -1).join("/"), { followLast: true });
  if (parent === undefined) throw new CoreError("build/failed", `${entry.path}: too many links`);
  const folder = [...target, ...parent.path];
  draft.makeDirs(folder, madeDir(undefined));
  const path = [...folder, parts.at(-1)!];
  const there = draft.at(path);
  const attributes: Attributes = {
    mode: entry.type === "symlink" ? 0o777 : entry.mode,
    uid: owner?.uid ?? entry.uid,
    gid: owner?.gid ?? entry.gid,
    mtime: Math.max(Math.floor(entry.mtime), 0),
    xattrs: entry.xattrs,
  };
  switch (entry.type) {
    case "dir":
      if (there?.type !== "dir") draft.put(path, { ...attributes, type: "dir", children: new Map() });
      else draft.setAttributes(path, attributes);
      return;
    case "link": {
      const linked = resolvePath(top, inside(entry.link).join("/"), { followLast: false })?.node;
      if (linked === undefined || linked.type === "dir") {
        throw new CoreError("build/failed", `linkat ${entry.link} ${entry.path}: no such file or directory`);
      }
      draft.put(path, linked);
      return;
    }
    case "file":
    case "sparse":
    case "other":
      draft.put(path, { ...attributes, type: "file", content: content(), inode: {} });
      return;
    default: {
      const { type, link, major, minor } = entry;
      const leaf: LeafNode = { ...attributes, type, link, major, minor, inode: {} };
      draft.put(path, leaf);
    }
  }
}

/** The parts of a path of the archive. @throws CoreError `build/failed` when it leads out */
function inside(path: string): string[] {
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "..") depth--;
    else if (part !== "" && part !== ".") depth++;
    if (depth < 0) throw new CoreError("build/failed", `invalid entry name ${goQuote(path)}`, { path });
  }
  return pathParts(path);
}
