import { notFound } from "./copy.ts";
import { type CopyOptions, madeDir } from "./copy-options.ts";
import { copyTree } from "./copy-tree.ts";
import type { Draft } from "./draft.ts";
import { type DirNode, pathParts, resolvePath } from "./files.ts";
import { globPaths } from "./glob-paths.ts";
import { parseRules } from "./ignore.ts";

/**
 * Copies what `source` means below `root` to the directory `dest`, with the directories that it is in: all of them, or those behind the
 * first `/./`.
 * @throws CoreError `build/failed` with BuildKit's words
 */
export function copyParents(
  draft: Draft,
  { root, source, dest }: { readonly root: DirNode; readonly source: string; readonly dest: string },
  options: CopyOptions,
): void {
  const written = source.startsWith("./") ? source.slice(1) : source;
  const pivot = written.indexOf("/./");
  const prefix = pivot < 0 ? "" : written.slice(0, pivot);
  const pattern = pathParts(pivot < 0 ? written : written.slice(pivot + 3)).join("/");
  const target = draft.find(dest).path;
  draft.makeDirs(target, madeDir(options.owner));
  const wild = /[*?[]/.test(written);
  for (const path of globPaths(root, prefix)) {
    const node = resolvePath(root, path, { followLast: true })?.node;
    if (node?.type !== "dir") {
      if (wild) continue;
      throw notFound(path);
    }
    if (!wild && resolvePath(node, pattern, { followLast: true })?.node === undefined) {
      throw notFound(`${path}/${pattern}`);
    }
    const include = pattern === "" ? undefined : parseRules([pattern]);
    copyTree(draft, { node, target }, { ...options, include });
  }
}
