import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { play } from "../golden/play.ts";
import type { Transcript } from "../golden/transcript.ts";
import { ENGINES_ABSENT, run } from "./engines.ts";

const ORACLE = resolve("../shared/oracle");
const absent =
  ENGINES_ABSENT ?? (existsSync("/usr/bin/docker-registry") ? undefined : "no docker-registry here");

/** Where registries of the recordings listen here: theirs may be taken. */
const PORTS = { anonymous: [5000, 5540], basic: [5001, 5541], bearer: [5002, 5544] } as const;
const SEARCH = [5003, 5546] as const;
const addresses = new Map(
  [...Object.values(PORTS), SEARCH].map(([there, here]) => [`127.0.0.1:${there}`, `127.0.0.1:${here}`]),
);

describe.skipIf(absent !== undefined)(
  `docker's command lines about registries${absent === undefined ? "" : ` (${absent})`}`,
  () => {
    let search: ChildProcess;
    const tally: string[] = [];

    beforeAll(async () => {
      for (const [mode, [, port]] of Object.entries(PORTS))
        await run("bash", join(ORACLE, "registry.sh"), "start", mode, String(port), "--empty");
      search = spawn("python3", [join(ORACLE, "search-server.py"), String(SEARCH[1])], { stdio: "ignore" });
    });

    afterAll(async () => {
      search.kill();
      for (const [, port] of Object.values(PORTS))
        await run("bash", join(ORACLE, "registry.sh"), "stop", String(port));
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
