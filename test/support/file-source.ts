import { closeSync, fstatSync, openSync } from "node:fs";
import type { Source } from "../../core/bytes/mod.ts";
import { positionalSource, readFrom } from "../../edge/script/positional.ts";

/** A {@link Source} over a file, by positional reads. */
export interface FileSource extends Source {
  /** Gives the file back; slices of it stop working. */
  close(): void;
  /** Reads so far, and their bytes: of this source and all of its slices. */
  readonly work: { reads: number; bytes: number };
}

/** Opens the file at `path`. */
export function openFileSource(path: string): FileSource {
  const file = openSync(path, "r");
  const work = { reads: 0, bytes: 0 };
  const readAt = readFrom(file);
  const source = positionalSource(fstatSync(file).size, (into, position) => {
    const got = readAt(into, position);
    work.reads++;
    work.bytes += got;
    return got;
  });
  return { ...source, work, close: () => closeSync(file) };
}
