import { writeSync } from "node:fs";

/** Writes all bytes at the file's place: the system may take them in parts. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
