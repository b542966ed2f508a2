import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { play } from "../golden/play.ts";
import type { Transcript } from "../golden/transcript.ts";
import { ENGINES_ABSENT, run } from "./engines.ts";

const ORACLE = resolve("../shared/oracle");
const absent =
  ENGINES_ABSENT ?? (existsSync("/usr/bin/docker-registry") ? undefined : "no docker-registry here");

/** Ports of the registries of the recordings. */
const RECORDED = { anonymous: 5000, basic: 5001, bearer: 5002 } as const;
const SEARCH = 5003;

/** Ports that nobody listens on, of four digits as those of the recordings: columns are as wide as their names. */
async function freePorts(count: number): Promise<number[]> {
  const free: number[] = [];
  for (let port = 5700; free.length < count && port < 6000; port++) if (await isFree(port)) free.push(port);
  return free;
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });

describe.skipIf(absent !== undefined)(
  `docker's command lines about registries${absent === undefined ? "" : ` (${absent})`}`,
  () => {
    let search: ChildProcess;
    const tally: string[] = [];
    const started: number[] = [];
    const addresses = new Map<string, string>();

    beforeAll(async () => {
      // The one with tokens takes the port after its own as well.
      const [anonymous = 0, basic = 0, lookup = 0, bearer = 0] = await freePorts(5);
      const registries = [
        ["anonymous", RECORDED.anonymous, anonymous],
        ["basic", RECORDED.basic, basic],
        ["bearer", RECORDED.bearer, bearer],
      ] as const;
      for (const [mode, recorded, port] of registries) {
        const ran = await run("bash", join(ORACLE, "registry.sh"), "start", mode, String(port), "--empty");
        expect(ran.stderr).toBe("");
        started.push(port);
        addresses.set(`127.0.0.1:${recorded}`, `127.0.0.1:${port}`);
      }
      search = spawn("python3", [join(ORACLE, "search-server.py"), String(lookup)], { stdio: "ignore" });
      addresses.set(`127.0.0.1:${SEARCH}`, `127.0.0.1:${lookup}`);
    });

    afterAll(async () => {
      search.kill();
      for (const port of started) await run("bash", join(ORACLE, "registry.sh"), "stop", String(port));
      console.log(tally.join("\n"));
    });

    it.each(["11-registry", "12-login", "13-search"])(
      "of %s print what Docker 28.5 printed",
      async (name) => {
        const transcript: Transcript = JSON.parse(
          readFileSync(join(ORACLE, "golden", `${name}.json`), "utf8"),
        );
        const { failures, summary } = await play(name, transcript, { addresses });
        tally.push(summary);
        expect(failures).toEqual([]);
      },
    );
  },
);
