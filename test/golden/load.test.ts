import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadArchive } from "../../core/archive/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { createMemoryStore, type LocalStore } from "../../core/store/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";

const SHARED = "../shared/oracle";
const absent = !existsSync(join(SHARED, "golden")) && "the transcripts are not beside the project";

interface Step {
  readonly argv?: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

const stepsOf = (name: string): readonly Step[] =>
  JSON.parse(readFileSync(join(SHARED, "golden", `${name}.json`), "utf8")).steps;

/** The archive that a step loads, without further ado. */
function archiveOf({ argv = [] }: Step): string | undefined {
  const rest = argv.filter((word) => !/^(?:-q|--quiet|-i|--input)$/.test(word));
  const file = (rest[1] ?? "").replace(/^--input=/, "");
  return rest[0] === "load" && rest.length === 2 && file.startsWith("mini/") ? join(SHARED, file) : undefined;
}

async function load(
  path: string,
  store: LocalStore,
): Promise<{ readonly lines: readonly string[]; readonly refused?: string }> {
  const file = openFileSource(path);
  try {
    return await loadArchive(file, store, { newHasher: nativeHasher });
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { lines: [], refused: error.message };
  } finally {
    file.close();
  }
}

/** Where the engine speaks of its own folders or of Go, what we say instead. */
const OWN_WORDS: readonly (readonly [engine: RegExp, ours: RegExp])[] = [
  [/nolayer\/layer\.tar: no such file/, /^Cannot find layer 0: the archive has no nolayer\/layer\.tar$/],
  [/missing\.json: no such file/, /^Cannot find the config of the image: the archive has no missing\.json$/],
  [/(?:repositories|json): no such file/, /unrecognized image format/],
  [
    /invalid character|unexpected EOF/,
    /^Cannot parse .* found |^Cannot read tar entry at byte \d+: the archive ends/,
  ],
  [/invalid reference format/, /invalid reference format/],
  [/archive\/tar: invalid tar header/, /found bytes that are no tar/],
];

/** Archives that the engine refuses and we load: layouts that its classic store does not know, and what cannot run on Linux. */
const OURS_TOO =
  /-oci\.|skopeo-(?:gzip|zstd|dir)|umoci|buildx-(?:gzip|zstd|uncompressed|estargz)|multi\.buildx|windows/;

describe.skipIf(absent)(`loading${absent ? ` (${absent})` : ""}`, () => {
  it("says what the engine says, archive after archive into one store", async () => {
    const store = createMemoryStore({ now: () => 0, newHasher: nativeHasher });
    let played = 0;
    for (const step of stepsOf("07-load")) {
      const path = archiveOf(step);
      if (path === undefined || step.exit !== 0) continue;
      const { lines } = await load(path, store);
      expect({ path, printed: lines.map((line) => `${line}\n`).join("") }).toEqual({
        path,
        printed: step.stdout.replace(/^\n$/, ""),
      });
      played++;
    }
    expect(played).toBeGreaterThan(30);
  });

  it.each(["07-load", "16-load-bad"])(
    "refuses what the engine refuses in %s, in its words where they are about the archive",
    async (name) => {
      let played = 0;
      for (const step of stepsOf(name)) {
        const path = archiveOf(step);
        if (path === undefined || step.exit === 0 || OURS_TOO.test(path)) continue;
        const store = createMemoryStore({ now: () => 0, newHasher: nativeHasher });
        const { refused = "" } = await load(path, store);
        const theirs = step.stderr.trim();
        const own = OWN_WORDS.find(([engine]) => engine.test(theirs));
        if (own === undefined) expect({ path, refused }).toEqual({ path, refused: theirs });
        else expect(refused, `${path}: ${theirs}`).toMatch(own[1]);
        played++;
      }
      expect(played).toBeGreaterThan(7);
    },
  );
});
