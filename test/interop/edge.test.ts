import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEdge, type EdgeBuilds, type RunningEdge } from "../support/edge-hosts.ts";
import { digestOf } from "../support/loopback-registry.ts";
import { run } from "./engines.ts";
import { writeLayout } from "./layouts.ts";
import { REGISTRY_ABSENT, startRegistry, stopRegistry } from "./registries.ts";

/** Ports of the registries, of which `bearer` takes the next one for its token server as well. */
const PORTS = { anonymous: 5741, basic: 5743, bearer: 5745 } as const;
const MODES = ["anonymous", "basic", "bearer"] as const;

function skopeo(): boolean {
  try {
    for (const tool of ["skopeo", "zstd"]) execFileSync(tool, ["--version"]);
    return true;
  } catch {
    return false;
  }
}
const ABSENT = REGISTRY_ABSENT ?? (skopeo() ? undefined : "skopeo or zstd is not installed");

describe.skipIf(ABSENT !== undefined)(
  `skopeo through the proxy${ABSENT === undefined ? "" : ` (skipped: ${ABSENT})`}`,
  () => {
    let builds: EdgeBuilds;
    let folder = "";
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "breakbulk-edge-"));
      await writeLayout(join(folder, "oci"), 1);
      builds = await buildEdge();
      for (const mode of MODES) await startRegistry(mode, PORTS[mode]);
    }, 60_000);
    afterAll(async () => {
      for (const mode of MODES) await stopRegistry(PORTS[mode]);
      await builds.remove();
      await rm(folder, { recursive: true });
    });

    describe.each(["node", "deno", "workerd"] as const)("on %s", (runtime) => {
      let edge: RunningEdge;
      beforeAll(async () => {
        const registries = MODES.map((mode) => ({
          key: `${mode}.example.org`,
          base: `http://127.0.0.1:${PORTS[mode]}`,
          realmHosts: [`127.0.0.1:${PORTS.bearer + 1}`],
          insecure: true,
          write: true,
          search: "catalog",
        }));
        const settings = {
          EDGE_POLICY: JSON.stringify({
            registries,
            default: "anonymous.example.org",
            write: true,
            public: true,
            sealingSecrets: ["s".repeat(32)],
          }),
        };
        edge = await builds.start(runtime, settings, { tls: runtime === "workerd" });
      });
      afterAll(() => edge?.stop());

      it.each(MODES)(
        "pushes to and pulls from a registry that is %s, with what it holds byte for byte",
        async (mode) => {
          const key = `${mode}.example.org`;
          const place = `${edge.url.replace(/^https?:\/\//, "")}/${key}/team/${runtime}:1`;
          const direct = `127.0.0.1:${PORTS[mode]}/team/${runtime}:1`;
          const login = mode === "anonymous" ? [] : ["--creds", `${key}/testuser:testpass`];
          const named = (side: string): string[] =>
            login.map((text) => text.replace("--creds", `--${side}-creds`));
          const policy = "--insecure-policy";

          const push = await run(
            "skopeo",
            "copy",
            policy,
            "--dest-tls-verify=false",
            ...named("dest"),
            `oci:${folder}/oci:t`,
            `docker://${place}`,
          );
          expect(push.stderr).not.toContain("level=fatal");
          expect(push.exit).toBe(0);
          const back = join(folder, `${runtime}-${mode}`);
          const pull = await run(
            "skopeo",
            "copy",
            policy,
            "--src-tls-verify=false",
            ...named("src"),
            `docker://${place}`,
            `oci:${back}:t`,
          );
          expect(pull.exit).toBe(0);

          const raw = ["inspect", "--raw", "--tls-verify=false"];
          const through = await run("skopeo", ...raw, ...login, `docker://${place}`);
          const straight = await run(
            "skopeo",
            ...raw,
            ...(mode === "anonymous" ? [] : ["--creds", "testuser:testpass"]),
            `docker://${direct}`,
          );
          expect(through.stdout).toBe(straight.stdout);
          expect(digestOf(through.stdout)).toMatch(/^sha256:/);
          const tags = await run(
            "skopeo",
            "list-tags",
            "--tls-verify=false",
            ...login,
            `docker://${place.replace(/:1$/, "")}`,
          );
          expect(JSON.parse(tags.stdout)).toMatchObject({ Tags: ["1"] });
        },
      );

      it.each(["basic", "bearer"] as const)(
        "is told by a registry that is %s when the password is wrong",
        async (mode) => {
          const place = `${edge.url.replace(/^https?:\/\//, "")}/${mode}.example.org/team/${runtime}:1`;
          const wrong = await run(
            "skopeo",
            "inspect",
            "--tls-verify=false",
            "--creds",
            `${mode}.example.org/testuser:nope`,
            `docker://${place}`,
          );
          expect(wrong.exit).not.toBe(0);
          expect(wrong.stderr).toMatch(/invalid username\/password|unauthorized/);
        },
      );
    });
  },
);
