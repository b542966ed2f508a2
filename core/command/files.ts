import type { ReadOptions, Source } from "../bytes/mod.ts";

/** What a path of the host leads to. */
export interface FileStat {
  readonly type: "file" | "dir" | "symlink" | "device" | "other";
  /** Bytes of a file. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch, with their fraction. */
  readonly mtime: number;
  /** Target of a symlink. */
  readonly link?: string | undefined;
}

/** A file that is open. */
export interface OpenFile {
  readonly source: Source;
  /** Gives it back; its source stops working. */
  close(): Promise<void>;
}

/** A file that is being written. It shows under its name only once it is whole. */
export interface FileSink {
  /** Takes the next bytes, which may be reused once it settles. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes it visible, in the place of what was there. */
  commit(): Promise<void>;
  /** Leaves nothing of it. Does nothing after the end. */
  abort(): Promise<void>;
}

/** How a path is created. */
export interface FileManner {
  /** Permission bits. */
  readonly mode?: number | undefined;
  /** Seconds since the epoch. */
  readonly mtime?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** A symlink that stands there is replaced: nothing is written to where it leads. */
  readonly inPlaceOfLink?: boolean | undefined;
}

/**
 * The files of the host, by path: absolute, or from the folder in which the command was typed; `/` between names.
 * Failures are CoreErrors of code `command/file` with the operating system's words in `detail.reason` (`no such file or directory`).
 */
export interface Files {
  /** The whole path, for messages. Without it they show paths as they were typed. */
  absolute?(path: string): string;
  /** Opens a file for reading. */
  open(path: string, options?: ReadOptions): Promise<OpenFile>;
  /** A new file, or a new content for one that is there. */
  create(path: string, manner?: FileManner): Promise<FileSink>;
  /** Without `follow`, of a symlink itself; `undefined` when nothing is there. */
  stat(path: string, options?: { readonly follow?: boolean | undefined }): Promise<FileStat | undefined>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<readonly string[]>;
  /** Makes a directory; one that is there stays. */
  makeDirectory(path: string, manner?: FileManner): Promise<void>;
  /** Makes a symlink, in the place of any file that is there. */
  makeLink(path: string, target: string): Promise<void>;
  /** Sets bytes aside that have to be read more than once; {@link OpenFile.close} drops them. */
  setAside(stream: ReadableStream<Uint8Array<ArrayBuffer>>, options?: ReadOptions): Promise<OpenFile>;
}
