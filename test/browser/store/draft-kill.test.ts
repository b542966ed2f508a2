import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../support/random.ts";
import { busiest, renderers } from "./busy-renderer.ts";
import type { DraftNote } from "./draft-work.ts";
import { openSite, type Site } from "./site.ts";

/** More for a longer run: `KILLS=100`. */
const KILLS = Number(process.env["KILLS"] ?? 10);

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/**
 * Lets a tab edit the container and kills its process at note number `at`; without `pause` at the next one that a change comes, while that is
 * made. Gives the notes that came.
 */
async function killAt(seed: number, at: number, pause: boolean): Promise<DraftNote[]> {
  const page = await site.tab();
  const notes: DraftNote[] = [];
  let killed = false;
  const before = renderers(site.profile);
  const crashed = new Promise<void>((resolve) => page.once("crash", () => resolve()));
  await page.exposeFunction("draftNote", (note: DraftNote) => {
    notes.push(note);
    if (killed || notes.length < at || (!pause && note.phase === "done")) return;
    killed = true;
    process.kill(busiest(site.profile, before), "SIGKILL");
  });
  let failure: unknown;
  const work = page
    .evaluate((how) => storePage.drafts.work(how, draftNote), { seed, pause })
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

describe("a container that is edited while its tab is killed", () => {
  it(
    `STORE-27 keeps every finished change, and of the one under way all or nothing (${KILLS} kills)`,
    async () => {
      const random = seeded(77);
      let last: string | undefined;
      for (let kill = 0; kill < KILLS; kill++) {
        const at = 1 + Math.floor(random() * 40);
        const pause = kill % 2 === 0;
        const notes = await killAt(500 + kill, at, pause);
        const page = await site.tab();
        const { near, flaws } = await page.evaluate(() => storePage.drafts.look());
        await page.close();
        const place = `kill ${kill} at note ${at}`;
        expect(flaws, place).toEqual([]);
        if (last !== undefined) expect(notes[0]?.files, place).toBe(last);
        const told = notes.at(-1)?.files;
        // Between two changes it is what was told; within one, that or what the change makes of it.
        if (pause) expect(near[0], place).toBe(told);
        else expect(near, place).toContain(told);
        last = near[0];
      }
    },
    30_000 + 5_000 * KILLS,
  );
});
