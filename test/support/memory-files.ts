import { pump, type Source, sourceOf } from "../../core/bytes/mod.ts";
import type { FileManner, FileStat, Files, OpenFile } from "../../core/command/mod.ts";
import { CoreError } from "../../core/error.ts";

/** A file, directory or link in memory. */
export interface MemoryFile {
  readonly type: "file" | "dir" | "symlink";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mode: number;
  readonly mtime: number;
  readonly link?: string | undefined;
}

/** A folder that is not in memory. Paths are relative to it; "" is itself. */
export interface Mounted {
  /** `undefined` when nothing is there. */
  stat(path: string): FileStat | undefined;
  open(path: string): OpenFile;
  list(path: string): string[];
}

/** What tests look at, beside {@link Files}. */
export interface MemoryFiles extends Files {
  readonly entries: Map<string, MemoryFile>;
  /** Puts a file there, and the directories to it. */
  put(path: string, content: string | Uint8Array<ArrayBuffer>): void;
}

const NONE = new Uint8Array(0);

/** Files in memory. What is mounted stands at the top, by name, as symlinks. Times are `now`, in seconds. */
export function memoryFiles(options: {
  readonly now: number;
  readonly mounted?: Readonly<Record<string, Mounted>> | undefined;
}): MemoryFiles {
  const entries = new Map<string, MemoryFile>();
  const { now, mounted = {} } = options;
  const dir = (manner: FileManner = {}): MemoryFile => ({
    type: "dir",
    bytes: NONE,
    mode: manner.mode ?? 0o755,
    mtime: manner.mtime ?? now,
  });
  entries.set("", dir());
  const elsewhere = (path: string): { readonly folder: Mounted; readonly path: string } | undefined => {
    const [first = "", ...rest] = path.split("/");
    const folder = mounted[first];
    return folder === undefined ? undefined : { folder, path: rest.join("/") };
  };
  const follow = (path: string, hops = 0): string => {
    const entry = entries.get(path);
    if (entry?.link === undefined || hops > 40) return path;
    const base = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
    return follow(clean(entry.link.startsWith("/") ? entry.link : base + entry.link), hops + 1);
  };
  const stat = (path: string, followed: boolean): FileStat | undefined => {
    const other = elsewhere(path);
    if (other !== undefined) {
      if (!path.includes("/") && !followed)
        return { type: "symlink", size: 0, mode: 0o777, uid: 0, gid: 0, mtime: now, link: path };
      return other.folder.stat(other.path);
    }
    const entry = entries.get(followed ? follow(path) : path);
    if (entry === undefined) return undefined;
    const { type, bytes, mode, mtime, link } = entry;
    return { type, size: bytes.length, mode, uid: 0, gid: 0, mtime, link };
  };
  const parentExists = (path: string): boolean =>
    !path.includes("/") || stat(path.slice(0, path.lastIndexOf("/")), true)?.type === "dir";
  return {
    entries,
    put(path, content) {
      const parts = clean(path).split("/");
      for (let at = 1; at < parts.length; at++) {
        const parent = parts.slice(0, at).join("/");
        if (!entries.has(parent)) entries.set(parent, dir());
      }
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      entries.set(clean(path), { type: "file", bytes, mode: 0o644, mtime: now });
    },
    absolute: (path) => (path.startsWith("/") ? path : `/work/${clean(path)}`),

    async open(typed) {
      const path = clean(typed);
      const found = stat(path, true);
      if (found === undefined) throw problem("open", typed, "no such file or directory");
      if (found.type === "dir") throw problem("read", typed, "is a directory");
      const other = elsewhere(path);
      if (other !== undefined) return other.folder.open(other.path);
      return held(sourceOf(entries.get(follow(path))!.bytes));
    },
    async create(typed, manner = {}) {
      const path = follow(clean(typed));
      if (!parentExists(path)) throw problem("open", typed, "no such file or directory");
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let open = true;
      return {
        async write(chunk) {
          chunks.push(new Uint8Array(chunk));
        },
        async commit() {
          open = false;
          const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
          entries.set(path, { type: "file", bytes, mode: manner.mode ?? 0o644, mtime: manner.mtime ?? now });
        },
        async abort() {
          if (open) chunks.length = 0;
        },
      };
    },
    async stat(path, { follow: followed = false } = {}) {
      return stat(clean(path), followed);
    },
    async list(typed) {
      const path = follow(clean(typed));
      const other = elsewhere(path);
      if (other !== undefined) return other.folder.list(other.path);
      const prefix = path === "" ? "" : `${path}/`;
      return [...entries.keys()]
        .filter((name) => name !== "" && name.startsWith(prefix) && !name.slice(prefix.length).includes("/"))
        .map((name) => name.slice(prefix.length))
        .sort();
    },
    async makeDirectory(typed, manner) {
      const path = clean(typed);
      if (!parentExists(path)) throw problem("mkdir", typed, "no such file or directory");
      if (entries.get(path)?.type !== "dir") entries.set(path, dir(manner));
    },
    async makeLink(path, target) {
      entries.set(clean(path), { type: "symlink", bytes: NONE, mode: 0o777, mtime: now, link: target });
    },
    async setAside(stream) {
      return held(sourceOf(await drained(stream)));
    },
  };
}

const held = (source: Source): { source: Source; close: () => Promise<void> } => ({
  source,
  close: async () => {},
});

async function drained(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const source = { ...sourceOf(NONE), stream: () => stream };
  await pump(source, (chunk) => void parts.push(chunk));
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function problem(verb: string, path: string, reason: string): CoreError {
  return new CoreError("command/file", `${verb} ${path}: ${reason}`, { path, reason });
}

/** A path without what is of no meaning; the working folder is `/work`. */
function clean(path: string): string {
  const parts: string[] = [];
  for (const part of path.replace(/^\/work(?=\/|$)/, "").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
