/**
 * The console: what the page asks of the worker that runs command lines, and what it is asked in return. Plain, structured-cloneable data, but for
 * the functions of {@link ConsoleHost}.
 */
import type { CommandDescription } from "../../core/command/mod.ts";

/** A file among the files of the page: what was dropped on it, picked, or made by a command. */
export interface PageFile {
  /** From the one folder there is, `/` between names, no `.` or `..` in it: `app.tar`, `site/Dockerfile`. */
  readonly path: string;
  readonly blob: Blob;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Permission bits. */
  readonly mode?: number | undefined;
  /** Target, where it is a symlink. */
  readonly link?: string | undefined;
}

/** A file, or a folder with all it holds, that a command is going to read and that is not among the files of the page. */
export interface WantedFile {
  readonly path: string;
  readonly kind: "file" | "folder";
}

/** What somebody at the console is asked for. */
export interface ConsoleQuestion {
  /** Nothing of the answer is shown. */
  readonly hidden: boolean;
}

/** What the page does while a command line runs. */
export interface ConsoleHost {
  readonly columns: number;
  /** Shows what is printed; settles when it has been taken. */
  print(text: string): void | Promise<void>;
  /** A line that somebody types; `undefined` at the end of input. */
  ask(question: ConsoleQuestion): Promise<string | undefined>;
  /** The files of the page. */
  files(): readonly PageFile[];
  /** Asks for a file or folder that a command names, and gives what was chosen, under the name that was wanted; `undefined` when nothing was. */
  pick(wanted: WantedFile): Promise<readonly PageFile[] | undefined>;
  /** One of the page's own commands: what it prints, and its exit code. */
  own(words: readonly string[]): Promise<{ readonly text: string; readonly code: number }>;
}

/** What came of a command line. */
export interface ConsoleOutcome {
  readonly code: number;
  /** What it wrote: files of the page from now on. */
  readonly made: readonly PageFile[];
}

/** What can be named on a command line. */
export interface ConsoleFacts {
  readonly commands: readonly CommandDescription[];
  /** By what they name: `image`, `repository`, `container`, `server`. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** Commands that the page itself answers. */
export const OWN_COMMANDS = ["clear", "download", "exit", "help", "history", "ls", "open"] as const;

/** Commands that run others or write files: they know of the rest of the line. */
export const JOINING_COMMANDS = ["tee", "time", "xargs"] as const;

/** The small commands that stand behind pipes. */
export const TOOL_NAMES = [
  "awk",
  "cat",
  "cut",
  "echo",
  "grep",
  "gunzip",
  "gzip",
  "head",
  "jq",
  "sha256sum",
  "sort",
  "tail",
  "tar",
  "uniq",
  "wc",
  "zcat",
] as const;
