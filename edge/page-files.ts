import { readFile, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { PageFile } from "./host.ts";

/** Media types of the kinds of file that a build emits. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Reads files of the built page below `folder`; what lies outside of it, links included, does not exist. */
export function pageFiles(folder: string): (path: string) => Promise<PageFile | undefined> {
  return async (path) => {
    try {
      const root = await realpath(folder);
      const file = await realpath(join(root, decodeURIComponent(path)));
      if (!file.startsWith(root + sep)) return undefined;
      const body = new Uint8Array(await readFile(file));
      return { body, type: TYPES[extname(file)] ?? "application/octet-stream" };
    } catch {
      return undefined;
    }
  };
}
