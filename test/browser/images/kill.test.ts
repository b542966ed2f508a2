import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../support/random.ts";
import { renderersOf } from "../../support/renderers.ts";
import type { KillNote } from "./kill-work.ts";
import { type ImagesSite, openImagesSite } from "./site.ts";

/** More for a longer run: `KILLS=100`. */
const KILLS = Number(process.env["KILLS"] ?? 3);

let site: ImagesSite;
beforeAll(async () => {
  site = await openImagesSite();
});
afterAll(() => site.close());

/**
 * Lets the work of `seed` run in a tab and kills its process: `wait` milliseconds after note number `at`, wherever it is then. Gives the notes.
 */
async function killAt(
  page: Page,
  { seed, at, wait }: { readonly seed: number; readonly at: number; readonly wait: number },
): Promise<readonly KillNote[]> {
  const notes: KillNote[] = [];
  const crashed = new Promise<void>((resolve) => page.once("crash", () => resolve()));
  let armed = false;
  await page.exposeFunction("killNote", (note: KillNote) => {
    notes.push(note);
    if (armed || notes.length < at || note.phase === "done") return;
    armed = true;
    setTimeout(() => {
      // All of this browser: the tab at work is the only one there is.
      for (const pid of renderersOf(site.profile)) process.kill(pid, "SIGKILL");
    }, wait);
  });
  let failure: unknown;
  const work = page
    .evaluate((seed) => window.shelf.killWork(seed, window.killNote), seed)
    .catch((error: unknown) => {
      failure = error;
    });
  await Promise.race([crashed, work]);
  // Work that failed by itself before it was killed is what we look for, too.
  if (!armed) throw failure;
  await crashed;
  await page.close();
  return notes;
}

/** A tab; another one when the process that the browser kept ready for it was among those that were killed. */
async function nextTab(): Promise<Page> {
  for (let tries = 3; ; tries--) {
    try {
      return await site.tab();
    } catch (error) {
      if (tries === 0 || !String(error).includes("crashed")) throw error;
    }
  }
}

describe("a renderer that is killed", () => {
  it(
    `loses no name that was there, leaves none half-done, and the store verifies (${KILLS} kills)`,
    async () => {
      const random = seeded(Number(process.env["SEED"] ?? 7));
      let sure: readonly string[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const started = Date.now();
        const at = 1 + Math.floor(random() * 10);
        const wait = Math.floor(random() ** 2 * 400);
        const notes = await killAt(await nextTab(), { seed: 5000 + kill, at, wait });
        const page = await nextTab();
        const found = await page.evaluate(async () => {
          const { images } = await window.shelf.until(() => true);
          const { findings } = await window.shelf.images.check();
          const trees: boolean[] = [];
          for (const { id } of images) {
            const { archive, verified } = await window.shelf.opened((listen) =>
              window.shelf.images.open(id, {}, listen),
            );
            trees.push(
              verified && window.shelf.same(await window.shelf.read(archive, "/base"), 20_000_000, 100),
            );
            archive.close();
          }
          return { names: await window.shelf.names(), findings, trees, images: images.length };
        });
        await page.close();
        const last = notes.at(-1);
        const place = `kill ${kill} (seed ${5000 + kill}), ${wait} ms after note ${at}: ${JSON.stringify(last)}`;
        expect(found.findings, place).toEqual([]);
        expect(found.trees, place).toEqual(found.trees.map(() => true));
        const done = notes.findLast(({ phase }) => phase === "done");
        const open = new Set(last?.phase === "doing" ? last.names : []);
        const certain = (names: readonly string[]): readonly string[] =>
          names.filter((name) => !open.has(name));
        expect(certain(found.names), place).toEqual(certain(done?.all ?? sure));
        sure = found.names;
        if (KILLS > 10) console.log(`${place}, ${found.images} images, ${Date.now() - started} ms`);
      }
    },
    30_000 + 10_000 * KILLS,
  );
});

declare global {
  interface Window {
    /** Calls the kill test, which runs on Node. */
    readonly killNote: (note: KillNote) => Promise<void>;
  }
}
