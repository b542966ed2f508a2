/**
 * Docker's commands over files: `npm run --silent docker -- images`. Node 20 cannot run TypeScript, so what runs is a bundle of
 * edge/script/main.ts, made again (in some 200 ms) when a source is newer.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "node_modules/.cache/docker");
const bundle = join(folder, "docker.mjs");

if (!existsSync(bundle) || newest(["core", "edge/script"]) > statSync(bundle).mtimeMs) await build();
await import(pathToFileURL(bundle).href);

/** When a source below these folders was changed last. */
function newest(folders) {
  let latest = 0;
  for (const at of folders) {
    for (const entry of readdirSync(join(root, at), { withFileTypes: true })) {
      const path = `${at}/${entry.name}`;
      if (entry.isDirectory()) latest = Math.max(latest, newest([path]));
      else if (entry.name.endsWith(".ts")) latest = Math.max(latest, statSync(join(root, path)).mtimeMs);
    }
    // A file that was taken away changes its folder.
    latest = Math.max(latest, statSync(join(root, at)).mtimeMs);
  }
  return latest;
}

async function build() {
  spawnSync(process.execPath, [join(root, ".ci/ensure.mjs")], { stdio: ["ignore", 2, 2] });
  const { rolldown } = await import("rolldown");
  const made = await rolldown({
    input: join(root, "edge/script/main.ts"),
    platform: "node",
    external: [/^node:/],
    logLevel: "silent",
  });
  mkdirSync(folder, { recursive: true });
  const beside = `${bundle}.${process.pid}`;
  await made.write({ file: beside, format: "esm", codeSplitting: false });
  await made.close();
  renameSync(beside, bundle);
}
