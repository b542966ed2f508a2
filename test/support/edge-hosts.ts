import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Miniflare, Response as WorkersResponse } from "miniflare";

/** A built proxy, running. */
export interface RunningEdge {
  readonly url: string;
  stop(): Promise<void>;
}

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Builds of the three hosts, in a folder of their own with a page beside. */
export interface EdgeBuilds {
  /** `tls` is for workerd only, which leaves a client that tries TLS first on a plain port without any answer. */
  start(
    runtime: "node" | "deno" | "workerd",
    settings: Readonly<Record<string, string>>,
    options?: { readonly tls?: boolean | Certificate },
  ): Promise<RunningEdge>;
  remove(): Promise<void>;
}

const PAGE = "<!doctype html><title>page</title>";

/** Builds the hosts as `npm run build` does. */
export async function buildEdge(): Promise<EdgeBuilds> {
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-hosts-"));
  const out = join(folder, "edge");
  await mkdir(join(folder, "web"), { recursive: true });
  await writeFile(join(folder, "web/index.html"), PAGE);
  for (const host of ["node", "deno", "workers"]) {
    const args = [
      "node_modules/vite/bin/vite.js",
      "build",
      "--ssr",
      `edge/${host}.ts`,
      "--outDir",
      out,
      "--emptyOutDir",
      "false",
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot build ${host}: ${stderr}`);
  }
  return {
    start(runtime, settings, { tls = false } = {}) {
      if (runtime === "workerd") return startWorkerd(join(out, "workers.js"), settings, tls);
      const command = runtime === "node" ? process.execPath : "node_modules/deno/deno";
      const file = join(out, `${runtime}.js`);
      const args =
        runtime === "node"
          ? [file]
          : ["run", "--no-prompt", "--allow-net", "--allow-read", "--allow-env", file];
      return startProcess(command, args, settings);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function startWorkerd(
  scriptPath: string,
  settings: Readonly<Record<string, string>>,
  tls: boolean | Certificate,
): Promise<RunningEdge> {
  const miniflare = new Miniflare({
    modules: true,
    ...(typeof tls === "boolean" ? { https: tls } : { httpsKey: tls.key, httpsCert: tls.cert }),
    script: await readFile(scriptPath, "utf8"),
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    port: 0,
    // Its log would drown that of the tests.
    handleRuntimeStdio(stdout: Readable, stderr: Readable) {
      stdout.resume();
      stderr.resume();
    },
    bindings: { ...settings },
    serviceBindings: {
      ASSETS: () => new WorkersResponse(PAGE, { headers: { "content-type": "text/html; charset=utf-8" } }),
    },
  });
  const url = await miniflare.ready;
  return { url: url.origin, stop: () => miniflare.dispose() };
}

async function startProcess(
  command: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<RunningEdge> {
  const child: ChildProcess = spawn(command, args, {
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0", NO_COLOR: "1", ...settings },
  });
  const said = await new Promise<string>((resolve, reject) => {
    let text = "";
    const listen = (piece: Buffer): void => {
      text += piece.toString();
      if (/http:\/\/127\.0\.0\.1:\d+/.test(text)) resolve(text);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.on("exit", (code) => reject(new Error(`the host ended with ${code}: ${text}`)));
  });
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit");
        child.on("exit", () => resolve());
        child.kill();
      }),
  };
}
