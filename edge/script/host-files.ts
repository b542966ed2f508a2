import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import process from "node:process";
import { pump, type ReadOptions, type Source, sourceOf } from "../../core/bytes/mod.ts";
import type { FileManner, FileSink, FileStat, Files, OpenFile } from "../../core/command/mod.ts";
import { CoreError } from "../../core/error.ts";
import { positionalSource, readFrom } from "./positional.ts";
import { systemCode } from "./system-error.ts";
import { writeAll } from "./write-all.ts";

/** The files of this machine; relative paths start from `folder`. */
export function hostFiles(folder: string): Files {
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  return {
    absolute: at,

    async open(path) {
      return told("open", path, () => {
        const file = openSync(at(path), "r");
        const found = fstatSync(file);
        if (found.isDirectory()) {
          closeSync(file);
          throw problem("read", path, "is a directory");
        }
        return opened(file, found.size);
      });
    },

    async create(path, manner) {
      return told("open", path, () => sinkAt(at(path), manner));
    },

    async stat(path, { follow = false } = {}) {
      return told("stat", path, () => {
        const real = at(path);
        const options = { throwIfNoEntry: false } as const;
        const found = follow ? statSync(real, options) : lstatSync(real, options);
        return found && statOf(found, real);
      });
    },

    async list(path) {
      return told("open", path, () => readdirSync(at(path)).sort());
    },

    async makeDirectory(path, manner) {
      told("mkdir", path, () => {
        const real = at(path);
        if (manner?.inPlaceOfLink === true) removeLink(real);
        if (statSync(real, { throwIfNoEntry: false })?.isDirectory() === true) return;
        mkdirSync(real, manner?.mode ?? 0o777);
        settle(real, manner);
      });
    },

    async makeLink(path, target) {
      told("symlink", path, () => {
        rmSync(at(path), { force: true });
        symlinkSync(target, at(path));
      });
    },

    setAside: (stream, options) => setAside(stream, options),
  };
}

function opened(file: number, size: number): OpenFile {
  let open = true;
  return {
    source: positionalSource(size, readFrom(file)),
    async close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** Written beside and moved to its place; what is no plain file (a pipe, a device) is written as it is. */
function sinkAt(path: string, manner: FileManner = {}): FileSink {
  if (manner.inPlaceOfLink === true) removeLink(path);
  const found = statSync(path, { throwIfNoEntry: false });
  const inPlace = found !== undefined && !found.isFile();
  const beside = inPlace ? path : join(dirname(path), `.${basename(path)}.${process.pid}`);
  // Made anew: in a folder that others write to, something of that name may lead elsewhere.
  if (!inPlace) rmSync(beside, { force: true });
  const file = openSync(beside, inPlace ? "w" : "wx", manner.mode ?? 0o666);
  let open = true;
  return {
    async write(chunk) {
      told("write", path, () => writeAll(file, chunk));
    },
    async commit() {
      told("write", path, () => {
        if (!inPlace) fsyncSync(file);
        closeSync(file);
        open = false;
        if (inPlace) return;
        settle(beside, manner);
        renameSync(beside, path);
      });
    },
    async abort() {
      if (!open) return;
      open = false;
      closeSync(file);
      if (!inPlace) rmSync(beside, { force: true });
    },
  };
}

function removeLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(path);
}

/** Who is not root may not give files away, and Docker's own client does not insist either. */
function settle(path: string, { mode, mtime, uid, gid }: FileManner = {}): void {
  if (uid !== undefined && process.getuid?.() === 0) chownSync(path, uid, gid ?? uid);
  if (mode !== undefined) chmodSync(path, mode);
  if (mtime !== undefined) utimesSync(path, mtime, mtime);
}

async function setAside(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  options: ReadOptions = {},
): Promise<OpenFile> {
  const folder = mkdtempSync(join(tmpdir(), "breakbulk-"));
  const file = openSync(join(folder, "aside"), "w+", 0o600);
  // Nobody else needs its name, and it goes when the process does.
  rmSync(folder, { recursive: true, force: true });
  let size = 0;
  const source: Source = { ...sourceOf(new Uint8Array(0)), stream: () => stream };
  try {
    await pump(
      source,
      (chunk) => {
        writeAll(file, chunk);
        size += chunk.length;
      },
      options,
    );
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return opened(file, size);
}

function statOf(found: Stats, path: string): FileStat {
  const { size, mode, uid, gid, mtimeMs } = found;
  const type = typeOf(found);
  return {
    type,
    size,
    mode: mode & 0o7777,
    uid,
    gid,
    mtime: mtimeMs / 1000,
    ...(type === "symlink" ? { link: readlinkSync(path) } : {}),
  };
}

function typeOf(found: Stats): FileStat["type"] {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "dir";
  if (found.isSymbolicLink()) return "symlink";
  return found.isCharacterDevice() || found.isBlockDevice() ? "device" : "other";
}

/** The system's words, as Go has them. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
  EEXIST: "file exists",
  ENOSPC: "no space left on device",
  EROFS: "read-only file system",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
  EMFILE: "too many open files",
};

function told<T>(verb: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = REASONS[systemCode(error) ?? ""];
    if (reason === undefined) throw error;
    throw problem(verb, path, reason, error);
  }
}

function problem(verb: string, path: string, reason: string, cause?: unknown): CoreError {
  const options = cause === undefined ? undefined : { cause };
  return new CoreError("command/file", `${verb} ${path}: ${reason}`, { path, reason }, options);
}
