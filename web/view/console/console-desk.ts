import { type Signal, signal } from "@preact/signals";
import { createPageFiles, type PageFiles } from "./page-files.ts";

/** A line that is to go to the console. */
export interface ConsoleRequest {
  readonly line: string;
  /** Else it waits for Enter. */
  readonly run: boolean;
}

/** What the rest of the page knows of the console. */
export interface ConsoleDesk {
  readonly shown: Signal<boolean>;
  /** Set by whoever wants a line run, taken by the console once it is there. */
  readonly request: Signal<ConsoleRequest | undefined>;
  readonly files: PageFiles;
}

/** A console that has not been opened. */
export function createConsoleDesk(): ConsoleDesk {
  return {
    shown: signal(false),
    request: signal<ConsoleRequest | undefined>(undefined),
    files: createPageFiles(),
  };
}
