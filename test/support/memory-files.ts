import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pump, type Source, sourceOf } from "../../core/bytes/mod.ts";
import type { FileManner, FileStat, Files } from "../../core/command/mod.ts";
import { CoreError } from "../../core/error.ts";
import { openFileSource } from "./file-source.ts";

/** A file, directory or link in memory. */
export interface MemoryFile {
  readonly type: "file" | "dir" | "symlink";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mode: number;
  readonly mtime: number;
  readonly link?: string | undefined;
}

/** What tests look at, beside {@link Files}. */
export interface MemoryFiles extends Files {
  readonly entries: Map<string, MemoryFile>;
  /** Puts a file there, and the directories to it. */
  put(path: string, content: string | Uint8Array<ArrayBuffer>): void;
}

const NONE = new Uint8Array(0);

/** Files in memory. `mounted` are folders of the disk, by name, which are symlinks at the top. Times are `now`, in seconds. */
export function memoryFiles(options: {
  readonly now: number;
  readonly mounted?: Readonly<Record<string, string>> | undefined;
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
  const onDisk = (path: string): string | undefined => {
    const [first = "", ...rest] = path.split("/");
    return mounted[first] === undefined ? undefined : join(mounted[first], ...rest);
  };
  const follow = (path: string, hops = 0): string => {
    const entry = entries.get(path);
    if (entry?.link === undefined || hops > 40) return path;
    const base = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
    return follow(clean(entry.link.startsWith("/") ? entry.link : base + entry.link), hops + 1);
  };
  const stat = (path: string, followed: boolean): FileStat | undefined => {
    const disk = onDisk(path);
    if (disk !== undefined) {
      if (!path.includes("/") && !followed)
        return { type: "symlink", size: 0, mode: 0o777, uid: 0, gid: 0, mtime: now, link: disk };
      if (!existsSync(disk)) return undefined;
      const found = statSync(disk);
      const type = found.isDirectory() ? "dir" : "file";
      return {
        type,
        size: found.size,
        mode: found.mode & 0o7777,
        uid: 0,
        gid: 0,
        mtime: found.mtimeMs / 1000,
      };
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
      const disk = onDisk(path);
      if (disk !== undefined) {
        const file = openFileSource(disk);
        return { source: file, close: async () => file.close() };
      }
      return held(sourceOf(entries.get(follow(path))!.bytes));
    },
    async create(typed, manner = {}) {
      const path = follow(clean(typed));
      if (!parentExists(path)) throw problem("open", typed, "no such file or directory");
      const chunks: Uint8Array[] = [];
      let open = true;
      return {
        async write(chunk) {
          chunks.push(chunk.slice());
        },
        async commit() {
          open = false;
          const bytes = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
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
      const disk = onDisk(path);
      if (disk !== undefined) return readdirSync(disk).sort();
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
