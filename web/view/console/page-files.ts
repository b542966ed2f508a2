import { type ReadonlySignal, signal } from "@preact/signals";
import type { PageFile } from "../../model/console.ts";
import { pagePath } from "../../model/console-path.ts";

/** The files of the page: one folder of what was dropped on it, picked, or made by commands. It lasts as long as the page. */
export interface PageFiles {
  /** Sorted by path. */
  readonly all: ReadonlySignal<readonly PageFile[]>;
  /** Puts files in; those of the same path give way. */
  put(files: readonly PageFile[]): void;
  /** The same for what a browser hands over. */
  take(files: readonly File[]): readonly PageFile[];
}

/** An empty folder. */
export function createPageFiles(): PageFiles {
  const all = signal<readonly PageFile[]>([]);
  const put = (files: readonly PageFile[]): void => {
    const byPath = new Map(all.peek().map((file) => [file.path, file]));
    for (const file of files) byPath.set(file.path, file);
    all.value = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  };
  return {
    all,
    put,
    take(files) {
      const taken = files.map(pageFileOf);
      put(taken);
      return taken;
    },
  };
}

/** A file as the page keeps it; one of a chosen folder keeps its path. */
export function pageFileOf(file: File): PageFile {
  const path = pagePath(file.webkitRelativePath || file.name);
  return { path, blob: file, mtime: file.lastModified / 1000 };
}
