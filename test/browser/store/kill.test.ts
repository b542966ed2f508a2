import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../support/random.ts";
import { busiest, renderers } from "./busy-renderer.ts";
import type { KillNote } from "./kill-work.ts";
import { openSite, type Site } from "./site.ts";

/** More for a longer run: `KILLS=100`. */
const KILLS = Number(process.env["KILLS"] ?? 10);

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/**
 * Lets the work of `seed` run in a tab and kills its process at note number `at`; gives the notes that came. With `midBlob` it is killed at the
 * first note from there on that is told between two chunks of a blob.
 */
async function killAt(
  page: Page,
  { seed, at, midBlob }: { readonly seed: number; readonly at: number; readonly midBlob: boolean },
): Promise<KillNote[]> {
  const notes: KillNote[] = [];
  let killed = false;
  const before = renderers(site.profile);
  const crashed = new Promise<void>((resolve) => page.once("crash", () => resolve()));
  await page.exposeFunction("killNote", (note: KillNote) => {
    notes.push(note);
    if (killed || notes.length < at || (midBlob && note.step !== "write")) return;
    killed = true;
    process.kill(busiest(site.profile, before), "SIGKILL");
  });
  let failure: unknown;
  const work = page
    .evaluate((work) => storePage.kills.work(work, killNote), { seed, pause: midBlob })
    .catch((error: unknown) => {
      failure = error;
    });
  await Promise.race([crashed, work]);
  // Work that failed by itself before it was killed is what we look for, too.
  if (!killed) throw failure;
  await crashed;
  await page.close();
  return notes;
}

describe("a renderer that is killed", () => {
  it(
    `STORE-21 loses nothing that was visible and leaves nothing half-done (${KILLS} kills)`,
    async () => {
      const random = seeded(2026);
      let named = new Set<number>();
      for (let kill = 0; kill < KILLS; kill++) {
        const at = 1 + Math.floor(random() * 60);
        const midBlob = kill % 2 === 0;
        const notes = await killAt(await site.tab(), { seed: 1000 + kill, at, midBlob });
        const page = await site.tab();
        const found = await page.evaluate(() => storePage.kills.look());
        await page.close();
        const place = `kill ${kill} at note ${at}, ${JSON.stringify(notes.at(-1))}`;
        expect(found.flaws, place).toEqual([]);
        if (midBlob) expect(found.partials, place).toBeGreaterThan(0);
        // What was said to be done is done; what was only begun may be either.
        const open = new Set<number>();
        for (const { phase, step, image } of notes) {
          if (step === "write") continue;
          if (phase === "doing") open.add(image);
          else {
            open.delete(image);
            if (step === "name") named.add(image);
            else named.delete(image);
          }
        }
        const sure = (images: Iterable<number>): number[] =>
          [...images].filter((n) => !open.has(n)).sort((a, b) => a - b);
        expect(sure(found.names), place).toEqual(sure(named));
        named = new Set(found.names);
      }
    },
    30_000 + 5_000 * KILLS,
  );
});
