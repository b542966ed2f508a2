import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openFileSource } from "./file-source.ts";
import type { Mounted } from "./memory-files.ts";

/** A folder of the disk, to be read, in the middle of files in memory. */
export function diskFolder(root: string): Mounted {
  return {
    stat(path) {
      const found = statSync(join(root, path), { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      const type = found.isDirectory() ? "dir" : "file";
      const { size, mode, mtimeMs } = found;
      return { type, size, mode: mode & 0o7777, uid: 0, gid: 0, mtime: mtimeMs / 1000 };
    },
    open(path) {
      const file = openFileSource(join(root, path));
      return { source: file, close: async () => file.close() };
    },
    list: (path) => readdirSync(join(root, path)).sort(),
  };
}
