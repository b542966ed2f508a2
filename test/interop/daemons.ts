import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Ran, run } from "./engines.ts";

const LIB = resolve("../shared/oracle/lib.sh");
/** Debian's next release, whose Docker is 28.5: the first with paths in mirrors is 25. */
const SUITE = "sid";

/** Why no engine can be started with settings of a test's own; `undefined` when one can. */
export const DAEMON_ABSENT: string | undefined = !existsSync(LIB)
  ? "the engines are not beside the project"
  : process.env["BREAKBULK_ENGINES"] === "1"
    ? undefined
    : "set BREAKBULK_ENGINES=1 to ask real engines";

/** An engine of its own, with an empty store and nobody logged in. */
export interface Daemon {
  /** Runs the docker command of the same version against it. */
  docker(...args: readonly string[]): Promise<Ran>;
  stop(): Promise<void>;
}

/**
 * Starts Docker 28 with one mirror, on the classic or on the containerd image store. It trusts servers with `certificate`: what it says of registries
 * that are insecure does not hold for their token servers.
 */
export async function startDaemon(
  store: "classic" | "containerd",
  { mirror, certificate }: { readonly mirror: string; readonly certificate: string },
): Promise<Daemon> {
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-daemon-"));
  const socket = join(folder, "sock");
  const args = ["dockerd", "--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")];
  args.push("-p", join(folder, "pid"), "-H", `unix://${socket}`, "--iptables=false", "--ip6tables=false");
  args.push("--bridge=none", "--insecure-registry", "127.0.0.0/8", "--registry-mirror", mirror);
  if (store === "classic") args.push("--storage-driver=overlay2");
  else {
    const settings = join(folder, "daemon.json");
    await writeFile(settings, JSON.stringify({ features: { "containerd-snapshotter": true } }));
    args.push("--config-file", settings);
  }
  const inside = (command: readonly string[]): string[] => [
    "-c",
    `. "$0"; cd /; in_chroot ${SUITE} "$@"`,
    LIB,
    ...command,
  ];
  const child = spawn("bash", inside(args), {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, SSL_CERT_FILE: certificate },
  });
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  let log = "";
  await new Promise<void>((done, fail) => {
    child.stderr.on("data", (piece: Buffer) => {
      log = (log + piece.toString()).slice(-4000);
      if (log.includes("API listen on")) done();
    });
    child.on("exit", (code) => fail(new Error(`dockerd ended with ${code}: ${log}`)));
  });
  return {
    docker: (...command) =>
      run(
        "env",
        `DOCKER_HOST=unix://${socket}`,
        `DOCKER_CONFIG=${join(folder, "login")}`,
        "bash",
        ...inside(["docker", ...command]),
      ),
    async stop() {
      process.kill(Number(await readFile(join(folder, "pid"), "utf8")));
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
