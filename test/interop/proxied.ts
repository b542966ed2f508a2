import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildEdge, type RunningEdge } from "../support/edge-hosts.ts";
import { run } from "./engines.ts";
import { digestsIn, writeLayout } from "./layouts.ts";
import { startRegistry, stopRegistry } from "./registries.ts";

/** What the registries are like behind the proxy; `hub` is an anonymous one in the place of Docker Hub. */
export const MODES = ["anonymous", "basic", "bearer"] as const;
export type Mode = (typeof MODES)[number] | "hub";
export const RUNTIMES = ["node", "deno", "workerd"] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** An access key, for the deployments that are private. */
export const KEY = "key-of-16-letters-or-more";

/** Registries with images in them, and proxies in front. */
export interface Proxied {
  /** An OCI layout with the images that the registries hold. */
  readonly layout: string;
  /** A folder for whatever a test writes. */
  readonly folder: string;
  /** The file with the certificate of those proxies that speak TLS. */
  readonly certificate: string;
  /** A name at the registry itself, for clients of this machine. */
  direct(mode: Mode, name: string): string;
  /** Options by which skopeo logs in there. */
  login(mode: Mode, side?: "src" | "dest"): readonly string[];
  /** Digests of all that a registry holds under a name, read without the proxy. */
  held(mode: Mode, name: string): Promise<Set<string>>;
  start(runtime: Runtime, options?: { readonly private?: boolean }): Promise<RunningEdge>;
  stop(): Promise<void>;
}

/** What the proxy calls a registry of these. */
export const keyOf = (mode: Mode): string => (mode === "hub" ? "docker.io" : `${mode}.example.org`);

/** The name of an image behind a proxy, without a scheme. */
export const through = (edge: RunningEdge, mode: Mode, name: string): string =>
  `${edge.url.replace(/^https?:\/\//, "")}/${keyOf(mode)}/${name}`;

/**
 * Starts four registries at `port` and the five behind it, and puts the images of `writeLayout` into each as `team/held`, and into Docker Hub's
 * place as `library/crane`.
 */
export async function startProxied(port: number): Promise<Proxied> {
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-proxied-"));
  const layout = join(folder, "layout");
  await writeLayout(layout, port);
  const certificate = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
  execFileSync("openssl", [...made, "-keyout", keyFile, "-out", certificate], { stdio: "ignore" });
  const tls = { key: await readFile(keyFile, "utf8"), cert: await readFile(certificate, "utf8") };
  const ports = { anonymous: port, basic: port + 1, bearer: port + 2, hub: port + 4 };
  for (const mode of MODES) await startRegistry(mode, ports[mode]);
  await startRegistry("anonymous", ports.hub);
  const builds = await buildEdge();
  let reads = 0;

  const proxied: Proxied = {
    layout,
    folder,
    certificate,
    direct: (mode, name) => `127.0.0.1:${ports[mode]}/${name}`,
    login(mode, side) {
      const option = side === undefined ? "--creds" : `--${side}-creds`;
      return mode === "basic" || mode === "bearer" ? [option, "testuser:testpass"] : [];
    },
    async held(mode, name) {
      const to = join(folder, `held-${reads++}`);
      const from = `docker://${proxied.direct(mode, name)}`;
      await skopeoCopy("--src-tls-verify=false", ...proxied.login(mode, "src"), from, `dir:${to}`);
      const digests = await digestsIn(to);
      await rm(to, { recursive: true });
      return digests;
    },
    start(runtime, options = {}) {
      const registries = [...MODES, "hub" as const].map((mode) => ({
        key: keyOf(mode),
        base: `http://127.0.0.1:${ports[mode]}`,
        realmHosts: [`127.0.0.1:${ports.bearer + 1}`],
        // The known row of Docker Hub asks the token server that it really has.
        ...(mode === "hub" ? { token: "none" } : {}),
        insecure: true,
        write: true,
        search: "catalog",
      }));
      const policy = {
        registries,
        default: keyOf("anonymous"),
        write: true,
        ...(options.private ? { accessKeys: [KEY] } : { public: true }),
        sealingSecrets: ["s".repeat(32)],
      };
      return builds.start(
        runtime,
        { EDGE_POLICY: JSON.stringify(policy) },
        runtime === "workerd" ? { tls } : {},
      );
    },
    async stop() {
      for (const used of Object.values(ports)) await stopRegistry(used);
      await builds.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
  const seeds = [...MODES.map((mode) => [mode, "team/held"] as const), ["hub", "library/crane"] as const];
  for (const [mode, name] of seeds) {
    for (const tag of ["t", "zstd", "multi"]) {
      const to = `docker://${proxied.direct(mode, `${name}:${tag}`)}`;
      await skopeoCopy("--dest-tls-verify=false", ...proxied.login(mode, "dest"), `oci:${layout}:${tag}`, to);
    }
  }
  return proxied;
}

/** Copies whole images with skopeo, nothing changed on the way, and fails with what it says. */
export async function skopeoCopy(...args: readonly string[]): Promise<void> {
  const { exit, stderr } = await run(
    "skopeo",
    "--insecure-policy",
    "copy",
    "--quiet",
    "--all",
    "--preserve-digests",
    ...args,
  );
  if (exit !== 0) throw new Error(`skopeo copy ${args.join(" ")}: ${stderr}`);
}
