import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A server of another kind beside ours, on loopback. */
export interface Served {
  readonly port: number;
  /** All processes of it. */
  readonly pids: readonly number[];
  stop(): void;
}

/** Whether a program is installed. */
export function has(tool: string): boolean {
  try {
    execFileSync("bash", ["-c", `command -v ${tool}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A folder of this run alone, and what takes it away. */
function folderFor(what: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `breakbulk-${what}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Debian's docker-registry, empty, anonymous, with its files in a folder of its own. */
export async function serveRegistry(port: number): Promise<Served> {
  const folder = folderFor("registry");
  const config = join(folder.path, "config.yml");
  const log = "log: { level: error, accesslog: { disabled: true } }";
  const storage = `storage: { filesystem: { rootdirectory: ${join(folder.path, "blobs")} }, delete: { enabled: true } }`;
  writeFileSync(config, `version: 0.1\n${log}\n${storage}\nhttp: { addr: "127.0.0.1:${port}" }\n`);
  return started("docker-registry", ["serve", config], { port, folder, path: "/v2/" });
}

/** nginx as the plain reverse proxy that people put in front of a registry. */
export async function serveNginx(port: number, upstream: number): Promise<Served> {
  const folder = folderFor("nginx");
  for (const name of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(folder.path, name));
  const paths = ["client_body:body", "proxy:proxy", "fastcgi:fastcgi", "uwsgi:uwsgi", "scgi:scgi"]
    .map((pair) => pair.split(":"))
    .map(([kind, name]) => `${kind}_temp_path ${folder.path}/${name};`)
    .join(" ");
  const config = join(folder.path, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder.path}/pid; error_log ${folder.path}/error.log;
events { worker_connections 1024; }
http { access_log off; ${paths} upstream registry { server 127.0.0.1:${upstream}; keepalive 64; }
server { listen 127.0.0.1:${port}; client_max_body_size 0;
location / { proxy_pass http://registry; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_buffering off; } } }\n`,
  );
  return started("nginx", ["-c", config, "-e", join(folder.path, "error.log")], {
    port,
    folder,
    path: "/v2/",
  });
}

/** Our own server, as `npm start` runs it, with the registry on `upstream` in its table. */
export async function serveOurs(port: number, upstream: number): Promise<Served> {
  const folder = folderFor("edge");
  const row = {
    key: `127.0.0.1:${upstream}`,
    base: `http://127.0.0.1:${upstream}`,
    insecure: true,
    write: true,
  };
  const env = {
    ...process.env,
    PORT: String(port),
    EDGE_MODE: "anonymous",
    EDGE_WRITE: "1",
    EDGE_REGISTRIES: JSON.stringify([row]),
    EDGE_CACHE_BYTES: "0",
  };
  return started(process.execPath, [resolve("dist/edge/node.js")], { port, folder, path: "/healthz", env });
}

async function started(
  program: string,
  args: readonly string[],
  {
    port,
    folder,
    path,
    env,
  }: {
    readonly port: number;
    readonly folder: ReturnType<typeof folderFor>;
    readonly path: string;
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<Served> {
  const child = spawn(program, args, { stdio: "ignore", ...(env && { env }) });
  for (let tries = 0; ; tries++) {
    try {
      await (await fetch(`http://127.0.0.1:${port}${path}`)).arrayBuffer();
      break;
    } catch (error) {
      if (tries > 100 || child.exitCode !== null)
        throw new Error(`${program} does not answer`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    port,
    get pids() {
      return familyOf(child);
    },
    stop() {
      child.kill();
      folder.remove();
    },
  };
}

/** The process and its children. */
function familyOf({ pid }: ChildProcess): number[] {
  if (pid === undefined) return [];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...children.split(" ").filter(Boolean).map(Number)];
}

/** Bytes of memory of their own that these processes have had at most (VmHWM less what is shared with files cannot be told apart: all of it). */
export function peakOf(pids: readonly number[]): number {
  let bytes = 0;
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    bytes += Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }
  return bytes;
}

/** Seconds of processor time that these processes have used. */
export function cpuOf(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
}
