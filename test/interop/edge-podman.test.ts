import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../support/edge-hosts.ts";
import { ENGINES_ABSENT, type Ran, run } from "./engines.ts";
import { digestsIn } from "./layouts.ts";
import { KEY, keyOf, MODES, type Proxied, RUNTIMES, skopeoCopy, startProxied, through } from "./proxied.ts";
import { REGISTRY_ABSENT } from "./registries.ts";

function podmanAbsent(): string | undefined {
  try {
    for (const tool of ["podman", "skopeo"]) execFileSync(tool, ["--version"]);
    return undefined;
  } catch {
    return "podman or skopeo is not installed";
  }
}
const ABSENT = ENGINES_ABSENT ?? REGISTRY_ABSENT ?? podmanAbsent();
const PORT = 5585;

describe.skipIf(ABSENT !== undefined)(
  `Podman and Skopeo through the proxy${ABSENT === undefined ? "" : ` (skipped: ${ABSENT})`}`,
  () => {
    let proxied: Proxied;
    beforeAll(async () => {
      proxied = await startProxied(PORT);
    }, 120_000);
    afterAll(() => proxied?.stop());

    describe.each(RUNTIMES)("on %s", (runtime) => {
      let edge: RunningEdge;
      let closed: RunningEdge;
      let home = "";
      beforeAll(async () => {
        edge = await proxied.start(runtime);
        closed = await proxied.start(runtime, { private: true });
        home = join(proxied.folder, runtime);
        await mkdir(home);
        await writeFile(join(home, "auth.json"), "{}");
        // Debian's own would send bare names elsewhere.
        await writeFile(join(home, "registries.conf"), await mirrorsOf(edge));
      });
      afterAll(async () => {
        await edge?.stop();
        await closed?.stop();
      });

      /** The configuration that the proxy's own page shows for these clients. */
      const mirrorsOf = async ({ url }: RunningEdge): Promise<string> => {
        const { stdout } = await run("curl", "-sk", `${url}/mirror`);
        const shown = /breakbulk\.conf<\/code><\/p>\s*<pre>([^<]*)<\/pre>/.exec(stdout)?.[1] ?? "";
        return shown.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
      };

      /** Podman with a store, mirrors and logins of its own. */
      const podman = (...args: readonly string[]): Promise<Ran> =>
        run(
          "env",
          `CONTAINERS_REGISTRIES_CONF=${join(home, "registries.conf")}`,
          `REGISTRY_AUTH_FILE=${join(home, "auth.json")}`,
          "podman",
          "--root",
          join(home, "root"),
          "--runroot",
          join(home, "run"),
          "--storage-driver",
          "vfs",
          ...args,
        );
      const must = async (...args: readonly string[]): Promise<string> => {
        const { exit, stdout, stderr } = await podman(...args);
        expect(`${exit} ${stderr}`, args.join(" ")).toMatch(/^0 /);
        return stdout;
      };
      const insecure = "--tls-verify=false";
      const hostOf = ({ url }: RunningEdge): string => url.replace(/^https?:\/\//, "");

      it("podman pulls by digest from the mirror that the proxy's page configures", async () => {
        const held = await proxied.held("hub", "library/crane:t");
        const { stdout } = await run(
          "skopeo",
          "inspect",
          insecure,
          `docker://${proxied.direct("hub", "library/crane:t")}`,
        );
        const { Digest: digest } = JSON.parse(stdout);
        const name = `docker.io/library/crane@${digest}`;
        await must("pull", "--quiet", insecure, name);
        const [found] = JSON.parse(await must("image", "inspect", name));
        expect(held).toContain(`sha256:${found.Id}`);
        expect(found.Digest).toBe(digest);
      });

      it.each(["t", "zstd", "multi"])(
        "podman pulls docker.io/library/crane:%s from a mirror for tags, too",
        async (tag) => {
          const all = (await mirrorsOf(edge)).replaceAll('pull-from-mirror = "digest-only"', "");
          await writeFile(join(home, "registries.conf"), all);
          await must("pull", "--quiet", insecure, `docker.io/library/crane:${tag}`);
          const [found] = JSON.parse(await must("image", "inspect", `docker.io/library/crane:${tag}`));
          expect(await proxied.held("hub", `library/crane:${tag}`)).toContain(`sha256:${found.Id}`);
        },
      );

      it.each(MODES)("podman logs in, pulls, pushes and logs out where the registry is %s", async (mode) => {
        if (mode !== "anonymous")
          await must("login", insecure, "-u", `${keyOf(mode)}/testuser`, "-p", "testpass", hostOf(edge));
        const name = through(edge, mode, "team/held:t");
        await must("pull", "--quiet", insecure, name);
        const own = `team/podman-${runtime}:1`;
        const digestFile = join(home, "digest");
        await must("push", "--quiet", insecure, "--digestfile", digestFile, name, through(edge, mode, own));
        const digest = await run("cat", digestFile);
        expect(await proxied.held(mode, own)).toContain(digest.stdout.trim());
        await must("rmi", "-af");
        await must("pull", "--quiet", insecure, through(edge, mode, own));
        const [found] = JSON.parse(await must("image", "inspect", through(edge, mode, own)));
        expect(await proxied.held(mode, own)).toContain(`sha256:${found.Id}`);
        if (mode === "anonymous") return;
        await must("logout", hostOf(edge));
        const refused = await podman("pull", "--quiet", insecure, name);
        expect(refused.exit).not.toBe(0);
        expect(refused.stderr).toMatch(/unauthorized|authentication required|wants a login/i);
      });

      it("podman searches", async () => {
        const found = await must("search", insecure, "--format", "{{.Name}}", `${hostOf(edge)}/held`);
        expect(found).toContain("team/held");
      });

      it("podman logs in to a private proxy with its key", async () => {
        const name = through(closed, "anonymous", "team/held:t");
        expect((await podman("pull", "--quiet", insecure, name)).exit).not.toBe(0);
        await must("login", insecure, "-u", "key", "-p", KEY, hostOf(closed));
        await must("pull", "--quiet", insecure, name);
        await must("logout", hostOf(closed));
      });

      it.each(MODES.flatMap((mode) => ["t", "zstd", "multi"].map((tag) => [mode, tag] as const)))(
        "skopeo copies both ways, whole and unchanged: %s, %s",
        async (mode, tag) => {
          const creds = (side: "src" | "dest"): readonly string[] =>
            mode === "anonymous" ? [] : [`--${side}-creds`, `${keyOf(mode)}/testuser:testpass`];
          const to = join(home, `dir-${mode}-${tag}`);
          const name = through(edge, mode, `team/held:${tag}`);
          await skopeoCopy("--src-tls-verify=false", ...creds("src"), `docker://${name}`, `dir:${to}`);
          expect(await digestsIn(to)).toEqual(await proxied.held(mode, `team/held:${tag}`));
          const own = `team/skopeo-${runtime}-${tag}:1`;
          await skopeoCopy(
            "--dest-tls-verify=false",
            ...creds("dest"),
            `dir:${to}`,
            `docker://${through(edge, mode, own)}`,
          );
          expect(await proxied.held(mode, own)).toEqual(await digestsIn(to));
          await rm(to, { recursive: true });
        },
      );
    });
  },
);
