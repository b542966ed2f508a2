import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../support/random.ts";
import type { KillNote } from "./kill-work.ts";
import { openSite, type Site } from "./site.ts";

/** More for a longer run: `KILLS=100`. */
const KILLS = Number(process.env["KILLS"] ?? 10);

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Processor time. */
  readonly ticks: number;
}

function processes(): ProcessLine[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/stat`, "utf8");
        // After the name of the program, which may hold anything: state, parent, and from the 12th on user and system time.
        const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            command,
            ticks: Number(fields[11]) + Number(fields[12]),
          },
        ];
      } catch {
        return [];
      }
    });
}

/** The renderers of the browser with this profile, and of no other, with the processor time that each has used. */
function renderers(profile: string): ReadonlyMap<number, number> {
  const all = processes();
  const ours = new Set(all.filter(({ command }) => command.includes(profile)).map(({ pid }) => pid));
  for (let before = -1; before !== ours.size; ) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  const found = all.filter(({ pid, command }) => ours.has(pid) && command.includes("--type=renderer"));
  return new Map(found.map(({ pid, ticks }) => [pid, ticks]));
}

/** The one of `before` that has worked most since: others are the browser's spares, and idle. */
function busiest(profile: string, before: ReadonlyMap<number, number>): number {
  const now = renderers(profile);
  const worked = [...before].map(([pid, ticks]) => ({ pid, worked: (now.get(pid) ?? 0) - ticks }));
  return worked.sort((a, b) => b.worked - a.worked)[0].pid;
}

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
