import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { resolve } from "node:path";
import { run } from "./engines.ts";

const SCRIPT = resolve("../shared/oracle/registry.sh");

function installed(): boolean {
  try {
    execFileSync("sh", ["-c", "command -v docker-registry"]);
    return true;
  } catch {
    return false;
  }
}

/** Why no real registry is asked; `undefined` when one is. */
export const REGISTRY_ABSENT: string | undefined = !existsSync(SCRIPT)
  ? "the scripts that start registries are not beside the project"
  : installed()
    ? undefined
    : "docker-registry is not installed";

/** Starts Debian's registry, empty, on a port of this machine. */
export async function startRegistry(mode: "anonymous" | "basic" | "bearer", port: number): Promise<void> {
  const { exit, stderr } = await run(SCRIPT, "start", mode, String(port), "--empty");
  if (exit !== 0) throw new Error(`the registry does not start: ${stderr}`);
}

/** Stops what {@link startRegistry} started. */
export async function stopRegistry(port: number): Promise<void> {
  await run(SCRIPT, "stop", String(port));
}

/** A wire to a port that can be cut. */
export interface Wire {
  readonly port: number;
  /** Bytes that came from the other end. */
  readonly received: () => number;
  /** Resets all connections as soon as that many more bytes have come. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

/** Bytes that pass in {@link TICK_MS}: 48 MB/s, less than a reader takes, so that little waits in the buffers of sockets. */
const TICK_BYTES = 480_000;
const TICK_MS = 10;

/** Lays a wire to a port, as fast as a fast network; every connection through it can be reset at once. */
export async function layWire(to: number, port: number): Promise<Wire> {
  let budget = TICK_BYTES;
  const waiting = new Set<() => void>();
  const tick = setInterval(() => {
    budget = Math.min(budget + TICK_BYTES, TICK_BYTES);
    for (const go of waiting) go();
    waiting.clear();
  }, TICK_MS);
  const open = new Set<Socket>();
  let received = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on("data", (chunk) => {
      received += chunk.length;
      if (received >= cutAt) {
        cutAt = Number.POSITIVE_INFINITY;
        for (const socket of open) socket.resetAndDestroy();
        return;
      }
      budget -= chunk.length;
      const full = !near.write(chunk);
      if (!full && budget > 0) return;
      far.pause();
      if (full) near.once("drain", () => far.resume());
      else waiting.add(() => far.resume());
    });
    far.on("end", () => near.end());
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  return {
    port,
    received: () => received,
    cutAfter(bytes) {
      cutAt = received + bytes;
    },
    async close() {
      clearInterval(tick);
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
