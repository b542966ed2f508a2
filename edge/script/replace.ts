import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import process from "node:process";
import { writeAll } from "./write-all.ts";

let count = 0;

/** Puts a file in the place of another in one step: whoever looks sees all of the old one or all of the new one, whatever breaks off. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  const beside = `${path}.${process.pid}.${count++}`;
  try {
    rmSync(beside, { force: true });
    const file = openSync(beside, "wx", mode);
    try {
      writeAll(file, new TextEncoder().encode(text));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
