import type { EntryTable } from "../../core/tar/mod.ts";
import { tableMemory } from "../../core/tar/mod.ts";
import {
  diff,
  flatten,
  foldLayers,
  matchNodes,
  measure,
  parseQuery,
  treeMemory,
  usage,
  type View,
} from "../../core/tree/mod.ts";
import { type LayerEntry, tableOf } from "../support/layers.ts";
import { seeded } from "../support/random.ts";

/** One figure of a bench. */
export interface TreeFigure {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "MB" | "count";
}

/** A layer of `count` entries: directories of 2 to 60 files, in the order in which tools write them, or shuffled. */
export function manyEntries(
  count: number,
  options: { readonly seed: number; readonly shuffled?: boolean },
): EntryTable {
  const random = seeded(options.seed);
  const entries: LayerEntry[] = [];
  let directory = "usr/";
  entries.push({ path: directory, type: "dir" });
  while (entries.length < count) {
    const depth = 1 + Math.floor(random() * 6);
    directory = "usr/";
    for (let level = 0; level < depth; level++)
      directory += `${"abcdefgh"[Math.floor(random() * 8)]}${Math.floor(random() * 40)}-lib/`;
    entries.push({ path: directory, type: "dir" });
    const files = Math.min(2 + Math.floor(random() * 60), count - entries.length);
    for (let file = 0; file < files; file++) {
      entries.push({
        path: `${directory}module_${file}_${Math.floor(random() * 1e6).toString(36)}.js`,
        size: Math.floor(random() ** 4 * 1e6),
        mtime: 1.6e9 + Math.floor(random() * 1e8),
      });
    }
  }
  if (options.shuffled === true) {
    for (let at = entries.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [entries[at], entries[other]] = [entries[other], entries[at]];
    }
  }
  return tableOf(entries);
}

/**
 * Folds `count` entries in one layer and a second layer that rewrites a tenth, and runs what a page asks of the tree. Times are of one run on a
 * warm engine: compare them with each other.
 */
export function benchTree(count: number): TreeFigure[] {
  const figures: TreeFigure[] = [];
  const timed = <T>(what: string, work: () => T): T => {
    const start = performance.now();
    const result = work();
    figures.push({ what, value: performance.now() - start, unit: "ms" });
    return result;
  };
  const tables = [manyEntries(count, { seed: 1 }), manyEntries(Math.ceil(count / 10), { seed: 2 })];
  foldLayers([manyEntries(Math.min(count, 20_000), { seed: 3 })]);
  const tree = timed(`fold ${count} entries, then ${Math.ceil(count / 10)}`, () => foldLayers(tables));
  const shuffled = manyEntries(count, { seed: 1, shuffled: true });
  timed("fold the same shuffled", () => foldLayers([shuffled]));
  const megabytes = (bytes: number): number => bytes / 1e6;
  figures.push({ what: "nodes", value: tree.nodeCount, unit: "count" });
  figures.push({
    what: "tables",
    value: megabytes(tables.reduce((sum, table) => sum + tableMemory(table), 0)),
    unit: "MB",
  });
  figures.push({ what: "tree", value: megabytes(treeMemory(tree)), unit: "MB" });
  const view: View = { upTo: 1, scope: "merged" };
  timed("measure", () => measure(tree, view));
  timed("rows by name, all unfolded, first time", () => flatten(tree, { view, expanded: "all" }));
  timed("rows by name, all unfolded", () => flatten(tree, { view, expanded: "all" }));
  timed("rows by size, all unfolded", () =>
    flatten(tree, { view, expanded: "all", sort: "size", descending: true, directoriesFirst: true }),
  );
  for (const text of [
    "module_7",
    "*.js",
    "usr/**/a1*/**/*_1_*",
    "/^module_[0-9]+_.*z/",
    "size>100k type:file",
  ]) {
    const filter = timed(`filter ${text}`, () => matchNodes(tree, parseQuery(text), view));
    timed("… and its rows", () => flatten(tree, { view, filter }));
  }
  timed("usage", () => usage(tree));
  timed("diff of both layers", () => diff({ tree, view: { upTo: 0, scope: "merged" } }, { tree, view }));
  return figures;
}
