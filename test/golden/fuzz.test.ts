import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceOf } from "../../core/bytes/mod.ts";
import { explore } from "../support/explore.ts";
import { forged, mutated } from "../support/mutate.ts";

const ROOTS = ["../shared/corpus/images", "../shared/corpus/tars", "../shared/oracle/mini"];
const present = ROOTS.every((root) => existsSync(root));
/** Larger archives spend the time in inflating and teach no more. */
const LARGEST = 120_000;
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 3);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);

const files = present
  ? ROOTS.flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: "utf8" })
        .map((name) => join(root, name))
        .filter((path) => statSync(path).isFile() && statSync(path).size <= LARGEST)
        .sort(),
    )
  : [];

describe("mutated corpus archives", () => {
  it.skipIf(!present)(
    "open with problems or are refused with an error of ours, and never hang",
    async () => {
      const outcomes = new Map<string, number>();
      for (const [index, path] of files.entries()) {
        const bytes = readFileSync(path);
        for (let run = 0; run < RUNS; run++) {
          const seed = SEED * 1_000_003 + index * 101 + run;
          const result = await explore(sourceOf(mutated(bytes, seed))).catch((error: unknown) => {
            throw new Error(`${path} mutated with seed ${seed}: ${String(error)}`, { cause: error });
          });
          const outcome = result.refused ?? (result.problems > 0 ? "opened with problems" : "opened");
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      }
      const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
      expect(total).toBe(files.length * RUNS);
      // The run must have met all three: otherwise the mutations miss, or nothing opens any more.
      expect(outcomes.get("opened")).toBeGreaterThan(0);
      expect(outcomes.get("opened with problems")).toBeGreaterThan(0);
      expect(outcomes.size).toBeGreaterThan(5);
    },
    300_000,
  );

  it.skipIf(!present)(
    "open or are refused as well when forged headers have right checksums",
    async () => {
      const outcomes = new Set<string>();
      for (const [index, path] of files.entries()) {
        const bytes = readFileSync(path);
        for (let run = 0; run < RUNS; run++) {
          const seed = SEED * 1_000_003 + index * 101 + run;
          const result = await explore(sourceOf(forged(bytes, seed))).catch((error: unknown) => {
            throw new Error(`${path} forged with seed ${seed}: ${String(error)}`, { cause: error });
          });
          outcomes.add(result.refused ?? (result.problems > 0 ? "opened with problems" : "opened"));
        }
      }
      expect([...outcomes]).toEqual(
        expect.arrayContaining(["opened", "opened with problems", "tar/truncated", "tar/sparse"]),
      );
    },
    300_000,
  );
});
