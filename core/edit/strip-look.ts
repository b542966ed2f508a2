import type { EntryTable } from "../tar/mod.ts";
import { pathTest } from "./path-pattern.ts";
import { fateOf, fileBytes, pathAt, subjectOf } from "./strip.ts";

/** What a strip would find. */
export interface StripLook {
  /** Entries that would go, of all layers; whiteouts of them among these. */
  readonly entries: number;
  /** Bytes of the files that would go. */
  readonly bytes: number;
  /** Layers that would be written anew, from 0 at the base. */
  readonly layers: readonly number[];
  /** Absolute paths that would go, each once, in order; only the first `most`. */
  readonly paths: readonly string[];
  /** Absolute paths that are hard links to a file that would go, and would keep its content. */
  readonly remaining: readonly string[];
}

/** Finds what these patterns mean in the tables of an image's layers, base first. Reads nothing else. */
export function lookForStrip(
  tables: readonly EntryTable[],
  patterns: readonly string[],
  most = 100,
): StripLook {
  const test = pathTest(patterns);
  const paths = new Set<string>();
  const remaining = new Set<string>();
  const layers: number[] = [];
  let [entries, bytes] = [0, 0];
  for (const [index, table] of tables.entries()) {
    let touched = false;
    for (let row = 0; row < table.count; row++) {
      const fate = fateOf(table, row, test);
      if (fate === "stays") continue;
      const path = `/${subjectOf(pathAt(table, row))}`;
      touched = true;
      if (fate === "orphaned") {
        remaining.add(path);
        continue;
      }
      entries++;
      bytes += fileBytes(table, row);
      if (paths.size < most) paths.add(path);
    }
    if (touched) layers.push(index);
  }
  return { entries, bytes, layers, paths: [...paths].sort(), remaining: [...remaining].sort() };
}
