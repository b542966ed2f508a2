import { CoreError, isCoreError } from "../error.ts";
import { type DirNode, type FileNode, pathParts, resolvePath, sortedChildren } from "./files.ts";
import { type Glob, matchGlob, parseGlob } from "./glob.ts";

/** Whether a path has wildcards. */
const hasWildcards = (text: string): boolean => /[*?[]/.test(text.replace(/\\./g, ""));

/**
 * The paths below `root` that `source` means: itself when it has no wildcards, there or not, else those that match, in order. What is in a
 * directory that matches is not looked through, links are not followed.
 * @throws CoreError `build/failed` when a pattern is malformed
 */
export function globPaths(root: DirNode, source: string): string[] {
  const parts = pathParts(source);
  const first = parts.findIndex(hasWildcards);
  if (first < 0) return [`/${parts.join("/")}`];
  const globs = globsOf(parts.slice(first), source);
  const base = resolvePath(root, parts.slice(0, first).join("/"), { followLast: true });
  if (base?.node === undefined) return [];
  const prefix = base.path.map((name) => `/${name}`).join("");
  let level: (readonly [path: string, node: FileNode])[] = [[prefix, base.node]];
  for (const glob of globs) {
    level = level.flatMap(([path, node]) =>
      node.type === "dir"
        ? sortedChildren(node)
            .filter(([name]) => matchGlob(glob, name))
            .map(([name, child]) => [`${path}/${name}`, child] as const)
        : [],
    );
  }
  return level.map(([path]) => path);
}

function globsOf(parts: readonly string[], source: string): Glob[] {
  try {
    return parts.map((part) => parseGlob(part, false));
  } catch (error) {
    if (!isCoreError(error)) throw error;
    throw new CoreError(error.code, `invalid includepatterns: [${source}]: ${error.message}`, { source });
  }
}
