import { createHash, randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { cpuOf, has, peakOf, type Served, serveNginx, serveOurs, serveRegistry } from "./servers.ts";

const MB = 1e6;
const LARGE = 64 * MB;
const SMALL = 2000;
/** Bytes that each contender moves on each number of connections. */
const MOVED = 1024 * MB;
const REQUESTS = 2000;
const PORTS = { registry: 18_471, nginx: 18_472, ours: 18_473 } as const;

/** A way to the registry. */
interface Contender {
  readonly label: string;
  readonly server: Served;
  /** What stands before the repository in paths. */
  readonly prefix: string;
}

/**
 * Prints throughput, added latency and memory of our proxy on Node beside nginx as a plain reverse proxy and beside the registry itself, on 1 and
 * 64 connections; the cache is off, every byte passes.
 */
export async function benchProxy(): Promise<void> {
  console.log("\nThe proxy on Node, beside nginx and the registry direct");
  if (!has("docker-registry")) {
    console.log("  skipped: docker-registry is not installed");
    return;
  }
  const registry = await serveRegistry(PORTS.registry);
  const servers: Served[] = [registry];
  try {
    const large = await upload(randomBytes(LARGE));
    const small = await upload(randomBytes(SMALL));
    const contenders: Contender[] = [{ label: "registry direct", server: registry, prefix: "" }];
    if (has("nginx")) {
      const nginx = await serveNginx(PORTS.nginx, PORTS.registry);
      servers.push(nginx);
      contenders.push({ label: "nginx", server: nginx, prefix: "" });
    } else console.log("  nginx: skipped, it is not installed");
    const ours = await serveOurs(PORTS.ours, PORTS.registry);
    servers.push(ours);
    contenders.push({ label: "ours", server: ours, prefix: `127.0.0.1:${PORTS.registry}/` });
    for (const connections of [1, 64]) {
      console.log(`  ${connections} connection${connections === 1 ? "" : "s"}`);
      let base: { readonly speed: number; readonly latency: number } | undefined;
      for (const contender of contenders) {
        const found = await measured(contender, { connections, large, small });
        if (contender.label === "nginx" || base === undefined) base = found;
        console.log(
          `    ${contender.label.padEnd(16)} ${(found.speed / MB).toFixed(0).padStart(5)} MB/s  small blob p50 ${found.latency.toFixed(2)} ms p99 ${found.worst.toFixed(2)} ms  ` +
            `CPU ${found.cpu.toFixed(2)} s/GB  peak ${(found.peak / MB).toFixed(0)} MB` +
            (contender.label === "ours"
              ? `  time ${(base.speed / found.speed).toFixed(2)} × nginx's, latency ${(found.latency / base.latency).toFixed(2)} ×`
              : ""),
        );
      }
    }
  } finally {
    for (const server of servers.reverse()) server.stop();
  }
}

async function upload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const base = `http://127.0.0.1:${PORTS.registry}/v2/bench/blob/blobs/uploads/`;
  const begun = await fetch(base, { method: "POST" });
  const place = new URL(begun.headers.get("location") ?? "", base);
  place.searchParams.set("digest", digest);
  const put = await fetch(place, {
    method: "PUT",
    body: bytes,
    headers: { "content-type": "application/octet-stream" },
  });
  if (put.status !== 201) throw new Error(`the registry answered ${put.status} to an upload`);
  return digest;
}

async function measured(
  { server, prefix }: Contender,
  how: { readonly connections: number; readonly large: string; readonly small: string },
) {
  const agent = new Agent({ keepAlive: true, maxSockets: how.connections });
  const get = (digest: string): Promise<number> =>
    read({ agent, port: server.port, path: `/v2/${prefix}bench/blob/blobs/${digest}` });
  await get(how.small);
  await get(how.large);
  const cpu = cpuOf(server.pids);
  const start = performance.now();
  let left = Math.ceil(MOVED / LARGE);
  let bytes = 0;
  await inParallel(how.connections, async () => {
    while (left-- > 0) bytes += await get(how.large);
  });
  const seconds = (performance.now() - start) / 1000;
  const used = cpuOf(server.pids) - cpu;
  const times: number[] = [];
  let requests = REQUESTS;
  await inParallel(how.connections, async () => {
    while (requests-- > 0) {
      const begun = performance.now();
      await get(how.small);
      times.push(performance.now() - begun);
    }
  });
  agent.destroy();
  times.sort((a, b) => a - b);
  return {
    speed: bytes / seconds,
    cpu: used / (bytes / 1e9),
    latency: times[times.length >> 1] ?? Number.NaN,
    worst: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    peak: peakOf(server.pids),
  };
}

const inParallel = async (count: number, work: () => Promise<void>): Promise<void> =>
  void (await Promise.all(Array.from({ length: count }, work)));

function read({
  agent,
  port,
  path,
}: {
  readonly agent: Agent;
  readonly port: number;
  readonly path: string;
}): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: "127.0.0.1", port, path }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve(bytes) : reject(new Error(`${path}: ${answer.statusCode}`)),
      );
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}
