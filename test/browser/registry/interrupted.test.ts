import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../support/random.ts";
import { openRegistrySite, pull, putImage, REGISTRY, type RegistrySite, shown } from "./registry-site.ts";

/** How many interruptions; `BREAKBULK_KILLS=50` takes some two minutes. */
const COUNT = Number(process.env["BREAKBULK_KILLS"] ?? 4);
/** Bytes of the image for each of them: what is lost at one is to be little of the whole. */
const EACH = 4_000_000;
/** What is read ahead of its turn at the first of them counts little in so many bytes. */
const LEAST = 48_000_000;
/** Milliseconds for 16 KiB: about 7 MB/s, so that bytes on their way through loopback's buffers are few. */
const PACE_MS = 2;

let site: RegistrySite;
beforeAll(async () => {
  site = await openRegistrySite();
});
afterAll(() => site.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a pull that is interrupted at random", () => {
  it(
    `completes, and fetches little twice (${COUNT} killed tabs and broken connections)`,
    async () => {
      const random = seeded(50);
      const { size } = putImage(site.registry, "team/often", {
        tags: ["1"],
        size: Math.max(LEAST, COUNT * EACH),
      });
      let held: Promise<void> | undefined;
      site.registry.quirks.wait = async () => {
        await held;
        await pause(PACE_MS);
      };
      const places = Array.from({ length: COUNT }, () => (0.02 + 0.96 * random()) * size).sort(
        (a, b) => a - b,
      );
      let { page } = await site.visit({ fresh: false });
      await pull(page, `${REGISTRY}/team/often:1`);
      let [tabs, cuts] = [0, 0];
      for (const place of places) {
        while (site.registry.sent < place) await pause(10);
        if (random() < 0.5) {
          site.cut();
          cuts++;
          continue;
        }
        // A browser that dies goes on receiving for a while what nobody will read: that is no loss of ours.
        let release = (): void => {};
        held = new Promise((resolve) => (release = resolve));
        site.kill();
        await site.restart();
        release();
        ({ page } = await site.visit({ fresh: false }));
        await page.getByRole("button", { name: "Go on" }).click();
        tabs++;
      }
      page.setDefaultTimeout(120_000);
      expect(await shown(page)).toContain("team/often:1");
      const more = (site.registry.sent / size - 1) * 100;
      console.log(
        `${tabs} tabs killed, ${cuts} times all connections broken: ${more.toFixed(2)} % fetched twice`,
      );
      expect(more).toBeLessThan(5);
    },
    60_000 + COUNT * 10_000,
  );
});
