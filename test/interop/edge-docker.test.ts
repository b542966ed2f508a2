import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEdge } from "../support/edge-hosts.ts";
import { DAEMON_ABSENT, type Daemon, startDaemon } from "./daemons.ts";
import { run } from "./engines.ts";
import { digestsIn } from "./layouts.ts";
import { KEY, keyOf, MODES, type Proxied, RUNTIMES, startProxied, through } from "./proxied.ts";
import { REGISTRY_ABSENT } from "./registries.ts";

const ABSENT = DAEMON_ABSENT ?? REGISTRY_ABSENT;
const PORT = 5573;

describe.skipIf(ABSENT !== undefined)(
  `Docker 28 through the proxy${ABSENT === undefined ? "" : ` (skipped: ${ABSENT})`}`,
  () => {
    let proxied: Proxied;
    beforeAll(async () => {
      proxied = await startProxied(PORT);
    }, 120_000);
    afterAll(() => proxied?.stop());

    describe.each(RUNTIMES)("on %s", (runtime) => {
      let edge: RunningEdge;
      let closed: RunningEdge;
      beforeAll(async () => {
        edge = await proxied.start(runtime);
        closed = await proxied.start(runtime, { private: true });
      });
      afterAll(async () => {
        await edge?.stop();
        await closed?.stop();
      });

      describe.each(["classic", "containerd"] as const)("with the %s image store", (store) => {
        let daemon: Daemon;
        beforeAll(async () => {
          daemon = await startDaemon(store, {
            mirror: `${closed.url}/k/${KEY}/docker.io`,
            certificate: proxied.certificate,
          });
        }, 60_000);
        afterAll(() => daemon?.stop());

        /** Runs docker, which must go well. */
        const docker = async (...args: readonly string[]): Promise<string> => {
          const { exit, stdout, stderr } = await daemon.docker(...args);
          expect(`${exit} ${stderr}`, args.join(" ")).toMatch(/^0 /);
          return stdout;
        };

        /** Digests of what the engine has of an image, all of it. */
        const saved = async (name: string): Promise<Set<string>> => {
          const folder = join(proxied.folder, `saved-${runtime}-${store}-${name.replace(/\W+/g, "-")}`);
          await mkdir(folder, { recursive: true });
          await docker("save", "-o", `${folder}.tar`, name);
          expect((await run("tar", "-xf", `${folder}.tar`, "-C", folder)).exit).toBe(0);
          return digestsIn(folder);
        };

        /** What an image of the engine is: its own word for it, and what it came from or went to. */
        const about = async (name: string): Promise<{ Id: string; RepoDigests: string[] }> =>
          JSON.parse(await docker("image", "inspect", "--format", "{{json .}}", name));

        /** Whether the engine has what a registry holds: all blobs where it keeps them, else the config, which names the layers it verified. */
        const expectHeld = async (name: string, held: ReadonlySet<string>): Promise<void> => {
          const { Id, RepoDigests } = await about(name);
          expect(held).toContain(Id);
          const repository = name.replace(/:[^:/]+$/, "");
          const digests = RepoDigests.filter((text) => text.startsWith(`${repository}@`));
          expect(digests.some((text) => held.has(text.slice(repository.length + 1)))).toBe(true);
          const all = await saved(name);
          if (store === "containerd") for (const digest of held) expect(all).toContain(digest);
          else expect(all).toContain(Id);
        };

        it.each(["t", "zstd"])("pulls crane:%s from a mirror with a key in its path", async (tag) => {
          await docker("pull", `crane:${tag}`);
          await expectHeld(`crane:${tag}`, await proxied.held("hub", `library/crane:${tag}`));
        });

        it("pulls the platform it is on, and another when told, out of an index", async () => {
          await docker("pull", "crane:multi");
          const held = await proxied.held("hub", "library/crane:multi");
          const { Id, RepoDigests } = await about("crane:multi");
          expect(held).toContain(RepoDigests[0]?.split("@")[1]);
          expect(held).toContain(Id);
          await docker("pull", "--platform", "linux/arm64", "crane:multi");
          if (store === "containerd") {
            const all = await saved("crane:multi");
            for (const digest of held) expect(all).toContain(digest);
          } else {
            const said = await docker("image", "inspect", "--format", "{{.Architecture}}", "crane:multi");
            expect(said.trim()).toBe("arm64");
          }
        });

        it("pulls by digest from the mirror", async () => {
          const [named = ""] = (await about("crane:t")).RepoDigests;
          await docker("rmi", "-f", "crane:t");
          expect(await docker("pull", named)).toContain("Digest: sha256:");
        });

        it.each(MODES)("logs in, pushes, pulls and logs out where the registry is %s", async (mode) => {
          const host = edge.url.replace(/^https?:\/\//, "");
          if (mode !== "anonymous")
            expect(await docker("login", "-u", `${keyOf(mode)}/testuser`, "-p", "testpass", host)).toContain(
              "Login Succeeded",
            );
          await docker("pull", through(edge, mode, "team/held:t"));
          await expectHeld(through(edge, mode, "team/held:t"), await proxied.held(mode, "team/held:t"));
          const name = `team/${runtime}-${store}:1`;
          await docker("tag", through(edge, mode, "team/held:t"), through(edge, mode, name));
          const said = await docker("push", through(edge, mode, name));
          const digest = /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1];
          const held = await proxied.held(mode, name);
          expect(held).toContain(digest);
          await docker("rmi", "-f", through(edge, mode, name));
          await docker("pull", through(edge, mode, name));
          await expectHeld(through(edge, mode, name), held);
          if (mode === "anonymous") return;
          await docker("logout", host);
          await docker("rmi", "-f", through(edge, mode, name));
          const refused = await daemon.docker("pull", through(edge, mode, name));
          expect(refused.exit).toBe(1);
          expect(refused.stderr).toMatch(/unauthorized|denied|no basic auth|wants a login/i);
        });

        it("is told that a password is wrong, and where it was tried", async () => {
          const host = edge.url.replace(/^https?:\/\//, "");
          for (const mode of ["basic", "bearer"] as const) {
            const said = await daemon.docker("login", "-u", `${keyOf(mode)}/testuser`, "-p", "nope", host);
            expect(said.exit).toBe(1);
            // Where a registry may be without TLS, docker asks there as well, and tells of that.
            if (runtime === "workerd") continue;
            expect(said.stderr).toMatch(/unauthorized/);
            expect(said.stderr).toContain(keyOf(mode));
          }
        });

        it("logs in with the key of a private proxy, and with key and password together", async () => {
          const host = closed.url.replace(/^https?:\/\//, "");
          const without = await daemon.docker("pull", through(closed, "anonymous", "team/held:zstd"));
          expect(without.exit).toBe(1);
          await docker("login", "-u", "key", "-p", KEY, host);
          await docker("pull", through(closed, "anonymous", "team/held:zstd"));
          await docker("logout", host);
          await docker("login", "-u", `${keyOf("basic")}/testuser`, "-p", `${KEY}:testpass`, host);
          await docker("pull", through(closed, "basic", "team/held:zstd"));
          await docker("logout", host);
        });

        it("searches", async () => {
          const host = edge.url.replace(/^https?:\/\//, "");
          const found = await docker("search", "--format", "{{.Name}}", `${host}/held`);
          expect(found.trim().split("\n")).toContain("team/held");
          const basic = `${host}/${keyOf("basic")}/held`;
          expect((await daemon.docker("search", basic)).stderr).toContain("401");
          await docker("login", "-u", `${keyOf("basic")}/testuser`, "-p", "testpass", host);
          const own = await docker("search", "--format", "{{.Name}}", basic);
          expect(own.trim().split("\n")).toContain(`${keyOf("basic")}/team/held`);
          await docker("logout", host);
        });
      });
    });
  },
);
