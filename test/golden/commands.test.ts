import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { play } from "./play.ts";
import type { Transcript } from "./transcript.ts";

const GOLDEN = "../shared/oracle/golden";
const absent = !existsSync(GOLDEN) && "the transcripts are not beside the project";
const transcripts = (absent ? [] : readdirSync(GOLDEN))
  .sort()
  .map((file): { name: string; transcript: Transcript } => ({
    name: file.replace(/\.json$/, ""),
    transcript: JSON.parse(readFileSync(join(GOLDEN, file), "utf8")),
  }));
/** Those that need registries are played in test/interop. */
const alone = transcripts.filter(({ transcript }) => transcript.needs === undefined);
const tally: string[] = [];

describe.skipIf(absent)(`docker's command lines${absent ? ` (${absent})` : ""}`, () => {
  afterAll(() => console.log(tally.join("\n")));

  it.each(alone)("of $name print what Docker 28.5 printed", async ({ name, transcript }) => {
    const { failures, summary } = await play(name, transcript);
    tally.push(summary);
    expect(failures).toEqual([]);
  });
});
