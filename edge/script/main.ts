/** Docker's commands over files, on Node and Deno: `npm run docker -- images`, `deno task docker images`. */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { type CommandContext, registryCredentials, run } from "../../core/command/mod.ts";
import type { NewHasher } from "../../core/digest/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { openRegistry } from "../../core/registry/mod.ts";
import { buildCacheFile } from "./build-cache.ts";
import { dialWords } from "./dial.ts";
import { openFolderStore } from "./folder-store.ts";
import { hostFiles } from "./host-files.ts";
import { layerFacts } from "./layer-facts.ts";
import { loginFile } from "./login-file.ts";
import { askAtTerminal, standardInput, standardOutput } from "./stdio.ts";

const { env } = process;
/** npm runs scripts in the folder of the project, and says where it was called. */
const folder = resolve(env["INIT_CWD"] ?? process.cwd());
const home = resolve(folder, env["BREAKBULK_HOME"] ?? join(homedir(), ".local/share/breakbulk"));
const fixed = env["BREAKBULK_NOW"];
const nowMs = fixed === undefined ? Date.now : () => Date.parse(fixed);

const newHasher: NewHasher = () => {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
};

/** Two weeks: whoever has not gone on with a load by then will not. */
const KEEP_UNFINISHED = 14 * 86_400;

async function main(): Promise<number> {
  if (Number.isNaN(nowMs())) {
    process.stderr.write(`BREAKBULK_NOW is ${JSON.stringify(fixed)}, expected a time as in RFC 3339\n`);
    return 1;
  }
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const store = openFolderStore(home, { now: () => nowMs() / 1000, newHasher });
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("interrupted")));
  process.once("SIGTERM", () => stop.abort(new Error("interrupted")));
  const stdin = standardInput();
  const credentials = loginFile(join(home, "config.json"), env["DOCKER_AUTH_CONFIG"]);
  const context: CommandContext = {
    store,
    layers: layerFacts(join(home, "breakbulk", "layers.json")),
    newHasher,
    files: hostFiles(folder),
    stdin,
    stdout: standardOutput(1),
    stderr: standardOutput(2),
    env,
    now: nowMs,
    random: (bytes) => void crypto.getRandomValues(bytes),
    credentials,
    registry: openRegistry({ fetch, newHasher, credentials: registryCredentials(credentials) }),
    buildCache: buildCacheFile(join(home, "breakbulk", "builds.json")),
    fetch: (url, init) => fetch(url, init),
    dial: dialWords,
    prompt: stdin.terminal ? askAtTerminal : undefined,
    signal: stop.signal,
  };
  try {
    await store.expire(Date.now() / 1000 - KEEP_UNFINISHED);
    return await run(process.argv.slice(2), context);
  } finally {
    store.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!isCoreError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
