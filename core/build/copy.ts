import { CoreError } from "../error.ts";
import { cleanPath } from "../tar/mod.ts";
import { openTar } from "./archive-file.ts";
import { type CopyOptions, madeDir } from "./copy-options.ts";
import { copyTree } from "./copy-tree.ts";
import type { Draft } from "./draft.ts";
import { type DirNode, EMPTY_ROOT, type FileNode, pathParts, resolvePath } from "./files.ts";
import { globPaths } from "./glob-paths.ts";
import { unpackInto } from "./unpack.ts";

/**
 * Copies what `source`, a path that may have wildcards, means below `root` to the absolute path `dest` of a draft.
 * @throws CoreError `build/failed` with BuildKit's words
 */
export async function copySource(
  draft: Draft,
  { root, source, dest }: { readonly root: DirNode; readonly source: string; readonly dest: string },
  options: CopyOptions,
): Promise<void> {
  for (const path of globPaths(root, source)) {
    options.signal?.throwIfAborted();
    const found = resolvePath(root, path, { followLast: true });
    if (found === undefined) throw new CoreError("build/failed", `${CHECKSUM}: too many links`, { path });
    const { node } = found;
    if (node === undefined) throw root === EMPTY_ROOT ? nothingAt(path) : notFound(path);
    await copyOne(draft, { node, name: pathParts(path).at(-1) ?? "", dest }, options);
  }
}

/** Where BuildKit notices what is wrong with a source. */
export const CHECKSUM = "failed to compute cache key: failed to calculate checksum of ref context";

/** The error for a source that is not there. */
export const notFound = (path: string): CoreError =>
  new CoreError("build/failed", `${CHECKSUM}: ${JSON.stringify(cleanPath(`/${path}`))}: not found`, { path });

/** The same where the source has no file system at all: a stage without layers. */
const nothingAt = (path: string): CoreError =>
  new CoreError("build/failed", `lstat ${cleanPath(`/${path}`)}: no such file or directory`, { path });

/** Copies one file or the contents of one directory: a name with a slash at its end, or a directory that is there, takes files in. */
export async function copyOne(
  draft: Draft,
  { node, name, dest }: { readonly node: FileNode; readonly name: string; readonly dest: string },
  options: CopyOptions,
): Promise<void> {
  const dir = madeDir(options.owner, options.mode);
  if (options.unpack && node.type === "file" && node.content !== undefined) {
    const archive = await openTar(node.content, options);
    if (archive !== undefined) {
      const target = draft.find(dest).path;
      draft.makeDirs(target, madeDir(options.owner));
      unpackInto(draft, target, { archive, owner: options.unpackedOwner, signal: options.signal });
      return;
    }
  }
  const slash = dest.lastIndexOf("/");
  draft.makeDirs(draft.find(dest.slice(0, slash + 1)).path, dir);
  const found = draft.find(dest);
  let target = found.path;
  if (node.type === "dir") {
    if (found.node === undefined) draft.makeDirs(target, dir);
    else if (found.node.type !== "dir") {
      throw new CoreError("build/failed", `cannot copy to non-directory: /${target.join("/")}`);
    }
  } else if (found.node?.type === "dir") target = [...target, name];
  // A link at the end may lead to where nothing is yet.
  else draft.makeDirs(target.slice(0, -1), dir);
  copyTree(draft, { node, target }, { ...options, include: undefined });
}
