/**
 * Runs a TypeScript file on this Node: `node .ci/run-ts.mjs FILE ARGS…`. Node 20 cannot strip types, so the file is bundled first
 * (a few dozen milliseconds) and imported from node_modules/.cache.
 */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const [, , file, ...args] = process.argv;
if (file === undefined) {
  console.error("usage: node .ci/run-ts.mjs FILE ARGS…");
  process.exit(2);
}
const entry = resolve(file);
const folder = resolve(import.meta.dirname, "../node_modules/.cache/run-ts");
mkdirSync(folder, { recursive: true });
const out = `${folder}/${createHash("sha256").update(entry).digest("hex").slice(0, 12)}.${process.pid}.mjs`;
const bundle = await rolldown({
  input: entry,
  platform: "node",
  external: [/^node:/, /^[a-z@][^:]*$/],
  logLevel: "silent",
});
await bundle.write({ file: out, format: "esm", codeSplitting: false });
await bundle.close();
process.argv = [process.argv[0], entry, ...args];
await import(pathToFileURL(out).href);
const { rm } = await import("node:fs/promises");
await rm(out, { force: true });
