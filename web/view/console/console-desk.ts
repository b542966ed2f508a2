import { type Signal, signal } from "@preact/signals";
import { pagePath } from "../../model/console-path.ts";
import { droppedFiles } from "../../platform/dropped.ts";
import { createPageFiles, type PageFiles } from "./page-files.ts";

/** What is to go to the console. */
export type ConsoleRequest =
  /** A line; without `run` it waits for Enter. */
  | { readonly kind: "line"; readonly line: string; readonly run: boolean }
  /** Files that were dropped on it: the name of one alone is put in where the cursor stands. */
  | { readonly kind: "taken"; readonly paths: readonly string[] };

/** What the rest of the page knows of the console. */
export interface ConsoleDesk {
  readonly shown: Signal<boolean>;
  /** Set by whoever wants a line run, taken by the console once it is there. */
  readonly request: Signal<ConsoleRequest | undefined>;
  readonly files: PageFiles;
  /** Takes in what was dropped on the console, folders with all they hold. */
  drop(entries: readonly FileSystemEntry[]): Promise<void>;
}

/** A console that has not been opened. */
export function createConsoleDesk(): ConsoleDesk {
  const request = signal<ConsoleRequest | undefined>(undefined);
  const files = createPageFiles();
  return {
    shown: signal(false),
    request,
    files,
    async drop(entries) {
      const dropped = await droppedFiles(entries);
      const taken = dropped.map(({ path, file }) => ({
        path: pagePath(path),
        blob: file,
        mtime: file.lastModified / 1000,
      }));
      files.put(taken);
      const paths = entries.length === 1 && entries[0] !== undefined ? [pagePath(entries[0].fullPath)] : [];
      request.value = { kind: "taken", paths: paths.length === 1 ? paths : taken.map(({ path }) => path) };
    },
  };
}
