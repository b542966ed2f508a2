import { describe, expect, it } from "vitest";
import { newSha256 } from "../../../core/digest/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import RECORDED from "../../fixture/builds.jsonl?raw";
import {
  type RecordedBuild,
  type RecordedEntry,
  rebuild,
  recordedOutcome,
} from "../../support/recorded-builds.ts";

const [HEAD, ...LINES] = RECORDED.trim().split("\n");
/** The context that most of them have; others have `more` than that, or one of their own. */
const COMMON: readonly RecordedEntry[] = JSON.parse(HEAD).context;
const BUILDS = LINES.map((line): RecordedBuild => {
  const { more = [], ...build } = JSON.parse(line);
  return { context: [...COMMON, ...more], ...build };
});

describe("what BuildKit made of it is what comes out", () => {
  it.each(BUILDS.map((build) => [build.name, build] as const))("%s", async (_, build) => {
    const host = { store: createMemoryStore({ now: () => 0 }), newHasher: newSha256 };
    expect(await rebuild(build, host)).toEqual(recordedOutcome(build));
  });
});
