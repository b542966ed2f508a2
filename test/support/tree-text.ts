import { foldLayers, mergedEntries, type Tree } from "../../core/tree/mod.ts";
import { entriesOf, type LayerEntry, tableOf } from "./layers.ts";

/** An image made for a test: its tree, and its file systems written as {@link entriesOf} reads them. */
export interface TestImage {
  readonly tree: Tree;
  /** The merged file system as of layer `upTo` (default: the last). Modes are written where they are unusual. */
  readonly text: (upTo?: number) => string;
}

/** Folds layers written short, or given as entries. */
export function imageOf(...layers: readonly (string | readonly LayerEntry[])[]): TestImage {
  const entries = layers.map((layer) => (typeof layer === "string" ? entriesOf(layer) : layer));
  const tree = foldLayers(entries.map(tableOf));
  return {
    tree,
    text(upTo = layers.length - 1) {
      const words: string[] = [];
      for (const { path, entry, firstLink } of mergedEntries(tree, upTo)) {
        const { content } = entry;
        const text = content === undefined ? "" : (entries[content.layer]?.[content.row]?.content ?? "");
        const usual = entry.contentType === "dir" ? 0o755 : 0o644;
        const mode = entry.mode === usual ? "" : `@${entry.mode.toString(8).padStart(4, "0")}`;
        if (path === "" && mode === "") continue;
        if (entry.contentType === "dir") words.push(`${path}/${mode}`);
        else if (firstLink !== undefined) words.push(`${path}⇒${firstLink}`);
        else if (entry.contentType === "symlink") words.push(`${path}→${entry.link}${mode}`);
        else if (entry.contentType === "file") words.push(`${path}${text === "" ? "" : `=${text}`}${mode}`);
        else words.push(`${path}:${entry.contentType}`);
      }
      return words.join(" ");
    },
  };
}
