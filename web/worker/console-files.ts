import type { FileManner, FileSink, FileStat, Files, OpenFile } from "../../core/command/mod.ts";
import { CoreError } from "../../core/error.ts";
import type { PageFile } from "../model/console.ts";
import { foldersAbove, pagePath } from "../model/console-path.ts";

/** Symlinks followed before a path is taken for a circle. */
const HOPS = 40;

/** Bytes gathered before they become a Blob, which the browser may lay on the disk. */
const PART = 4 * 1024 * 1024;

/** One thing in the folder of the page. */
type Entry =
  | { readonly type: "file"; readonly blob: Blob; readonly mtime: number; readonly mode: number }
  | { readonly type: "symlink"; readonly link: string; readonly mtime: number };

/** What a {@link FolderFiles} takes. */
export interface FolderOptions {
  /** The files of the page; asked once, at the first use. */
  readonly load: () => Promise<readonly PageFile[]>;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** The files of the page as commands see them: one folder, which is also the root. What is written is kept apart, to be handed to the page. */
export class FolderFiles implements Files {
  readonly #options: FolderOptions;
  readonly #made = new Map<string, PageFile>();
  #entries: Promise<Map<string, Entry>> | undefined;
  readonly #folders = new Set<string>();

  constructor(options: FolderOptions) {
    this.#options = options;
  }

  /** What was written, the first first. */
  get made(): readonly PageFile[] {
    return [...this.#made.values()];
  }

  /** Takes files in that were picked for a command. */
  async add(files: readonly PageFile[]): Promise<void> {
    const entries = await this.#load();
    for (const file of files) put(entries, this.#folders, file);
  }

  /** Whether a path leads to something. */
  async has(path: string): Promise<boolean> {
    return (await this.stat(path, { follow: true })) !== undefined;
  }

  absolute(path: string): string {
    return path.startsWith("/") ? path : `/${path}`;
  }

  async open(path: string): Promise<OpenFile> {
    const entries = await this.#load();
    const place = follow(entries, pagePath(path));
    const entry = entries.get(place);
    if (entry?.type === "file") return { source: entry.blob, close: async () => {} };
    throw refused("open", path, this.#folders.has(place) || place === "" ? "is a directory" : undefined);
  }

  async create(path: string, manner: FileManner = {}): Promise<FileSink> {
    const entries = await this.#load();
    const place = follow(entries, pagePath(path));
    if (place === "" || this.#folders.has(place)) throw refused("open", path, "is a directory");
    const parts = new BlobParts();
    let over = path === "/dev/null";
    return {
      write: async (chunk) => {
        if (!over) parts.add(chunk);
      },
      commit: async () => {
        if (over) return;
        over = true;
        const { mode = 0o644, mtime = this.#options.now() } = manner;
        this.#put({ path: place, blob: parts.blob(), mtime, mode }, entries);
      },
      abort: async () => {
        over = true;
      },
    };
  }

  /** Puts a file in as it is, unread. */
  async place(path: string, blob: Blob, mode = 0o644): Promise<void> {
    const entries = await this.#load();
    const place = follow(entries, pagePath(path));
    if (place === "" || this.#folders.has(place)) throw refused("open", path, "is a directory");
    this.#put({ path: place, blob, mtime: this.#options.now(), mode }, entries);
  }

  async stat(
    path: string,
    { follow: through = false }: { readonly follow?: boolean | undefined } = {},
  ): Promise<FileStat | undefined> {
    if (path.startsWith("/dev/")) return statOf("device", {});
    const entries = await this.#load();
    const place = through ? follow(entries, pagePath(path)) : followAbove(entries, pagePath(path));
    if (place === "" || this.#folders.has(place)) return statOf("dir", { mode: 0o755 });
    const entry = entries.get(place);
    if (entry === undefined) return undefined;
    const { mtime } = entry;
    return entry.type === "file"
      ? statOf("file", { mtime, mode: entry.mode, size: entry.blob.size })
      : statOf("symlink", { mtime, mode: 0o777, size: entry.link.length, link: entry.link });
  }

  async list(path: string): Promise<readonly string[]> {
    const entries = await this.#load();
    const place = follow(entries, pagePath(path));
    if (place !== "" && !this.#folders.has(place)) {
      throw refused("open", path, entries.has(place) ? "not a directory" : undefined);
    }
    const before = place === "" ? "" : `${place}/`;
    const names = new Set<string>();
    for (const one of [...entries.keys(), ...this.#folders]) {
      if (!one.startsWith(before) || one === place) continue;
      const [name = ""] = one.slice(before.length).split("/", 1);
      if (name !== "") names.add(name);
    }
    return [...names].sort();
  }

  async makeDirectory(path: string): Promise<void> {
    const entries = await this.#load();
    const place = follow(entries, pagePath(path));
    if (entries.has(place)) throw refused("mkdir", path, "not a directory");
    for (const folder of [...foldersAbove(place), place]) if (folder !== "") this.#folders.add(folder);
  }

  async makeLink(path: string, target: string): Promise<void> {
    const entries = await this.#load();
    const place = followAbove(entries, pagePath(path));
    this.#put({ path: place, blob: new Blob([]), mtime: this.#options.now(), link: target }, entries);
  }

  async setAside(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<OpenFile> {
    const parts = new BlobParts();
    for (const reader = stream.getReader(); ; ) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      parts.add(value);
    }
    return { source: parts.blob(), close: async () => {} };
  }

  #load(): Promise<Map<string, Entry>> {
    this.#entries ??= this.#options.load().then((files) => {
      const entries = new Map<string, Entry>();
      for (const file of files) put(entries, this.#folders, file);
      return entries;
    });
    return this.#entries;
  }

  #put(file: PageFile, entries: Map<string, Entry>): void {
    put(entries, this.#folders, file);
    this.#made.set(file.path, file);
  }
}

function put(entries: Map<string, Entry>, folders: Set<string>, file: PageFile): void {
  const { path, blob, mtime, mode = 0o644, link } = file;
  entries.set(
    path,
    link === undefined ? { type: "file", blob, mtime, mode } : { type: "symlink", link, mtime },
  );
  for (const folder of foldersAbove(path)) folders.add(folder);
}

/** Where a path leads, links along it and at its end followed. A circle leads to itself. */
function follow(entries: ReadonlyMap<string, Entry>, path: string): string {
  let place = path;
  for (let hops = 0; hops < HOPS; hops += 1) {
    const next = once(entries, place);
    if (next === undefined) return place;
    place = next;
  }
  return path;
}

/** The same, but for a link at the end. */
function followAbove(entries: ReadonlyMap<string, Entry>, path: string): string {
  const cut = path.lastIndexOf("/");
  if (cut < 0) return path;
  return `${follow(entries, path.slice(0, cut))}/${path.slice(cut + 1)}`;
}

function once(entries: ReadonlyMap<string, Entry>, path: string): string | undefined {
  for (const part of [...foldersAbove(path), path]) {
    const entry = entries.get(part);
    if (entry?.type !== "symlink") continue;
    const above = part.includes("/") ? part.slice(0, part.lastIndexOf("/")) : "";
    return pagePath(`${entry.link.startsWith("/") ? "" : above}/${entry.link}${path.slice(part.length)}`);
  }
  return undefined;
}

function statOf(type: FileStat["type"], more: Partial<FileStat>): FileStat {
  return { type, size: 0, mode: 0o644, uid: 0, gid: 0, mtime: 0, ...more };
}

function refused(operation: string, path: string, reason = "no such file or directory"): CoreError {
  return new CoreError("command/file", `${operation} ${path}: ${reason}`, { operation, path, reason });
}

/** Bytes on their way into a Blob: what is gathered becomes Blobs of a few megabytes, which the browser need not hold in memory. */
export class BlobParts {
  #blobs: Blob[] = [];
  #small: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  size = 0;

  /** Takes a copy. */
  add(chunk: Uint8Array): void {
    this.#small.push(new Uint8Array(chunk));
    this.#bytes += chunk.length;
    this.size += chunk.length;
    if (this.#bytes > PART) this.#fold();
  }

  /** All of it. */
  blob(): Blob {
    this.#fold();
    return new Blob(this.#blobs);
  }

  #fold(): void {
    if (this.#small.length > 0) this.#blobs.push(new Blob(this.#small));
    this.#small = [];
    this.#bytes = 0;
  }
}
