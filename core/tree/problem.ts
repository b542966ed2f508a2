import { CoreError, type ErrorCode } from "../error.ts";
import { entryAt } from "../tar/mod.ts";
import { reserveProblem, type Tree } from "./tree.ts";

/** What a fold puts up with, by number: the index of the list below. */
export const PROBLEM = {
  duplicate: 0,
  whiteoutName: 1,
  whiteoutInPath: 2,
  dangling: 3,
  linkMissing: 4,
  linkToDirectory: 5,
  parent: 6,
  cycle: 7,
  root: 8,
  clamped: 9,
} as const;

const TEXTS: readonly (readonly [code: ErrorCode, text: string])[] = [
  ["tree/duplicate", "the layer has the path twice; the last one counts"],
  ["tree/whiteout", "the whiteout names nothing, expected a name after .wh."],
  ["tree/whiteout", "the path leads through a whiteout, which has nothing below it; the entry is left out"],
  ["tree/whiteout", "the whiteout hides nothing, expected something of that name in a lower layer"],
  ["tree/link", "the hard link's target is missing"],
  ["tree/link", "the hard link's target is a directory, expected a file"],
  ["tree/parent", "what is above it is not a directory; a directory takes its place"],
  ["tree/parent", "the link above it leads to no directory; a directory takes its place"],
  ["tree/root", "the root of the file system is not a directory here; the entry is left out"],
  ["tree/parent", "the path leads above the root; it counts from the root"],
];

/** Notes a problem: five bytes and a row number, whatever the archive puts into its names. */
export function note(
  tree: Tree,
  problem: { readonly kind: number; readonly layer: number; readonly row: number },
): void {
  reserveProblem(tree);
  const at = tree.problemCount++;
  tree.problemKind[at] = problem.kind;
  tree.problemLayer[at] = problem.layer;
  tree.problemRow[at] = problem.row;
}

/** Longest path quoted in a message. */
const SHOWN = 200;

/**
 * What the fold had to put up with, in order; the first `most` (default 1000) of `tree.problemCount`. Message:
 * *Cannot fold "a/.wh." of layer 3: the whiteout names nothing, …*.
 */
export function problemsOf(tree: Tree, most = 1000): CoreError[] {
  const problems: CoreError[] = [];
  for (let at = 0; at < tree.problemCount && at < most; at++) {
    const layer = tree.problemLayer[at]!;
    const row = tree.problemRow[at]!;
    const [code, text] = TEXTS[tree.problemKind[at]!]!;
    const entry = entryAt(tree.tables[layer]!, row);
    const path = shown(entry.path);
    const target = entry.type === "link" ? ` to ${shown(entry.link)}` : "";
    problems.push(
      new CoreError(code, `Cannot fold ${path}${target} of layer ${layer}: ${text}`, {
        layer,
        row,
        path: entry.path.slice(0, SHOWN),
      }),
    );
  }
  return problems;
}

const shown = (path: string): string =>
  JSON.stringify(path.length > SHOWN ? `${path.slice(0, SHOWN)}…` : path);
