import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagesSite, openImagesSite } from "./site.ts";

let site: ImagesSite;
let hosts = 0;
beforeAll(async () => {
  site = await openImagesSite();
});
afterAll(() => site.close());

/** A tab of an origin that has nothing stored. */
const freshTab = (): Promise<Page> => site.tab(`case${++hosts}.localhost`);

const ONE = {
  tags: ["app:1"],
  created: "2026-01-01T00:00:00Z",
  layers: [
    { path: "base", bytes: 300_000, seed: 1 },
    { path: "top", bytes: 200_000, seed: 2, gzip: true },
  ],
};
const TWO = {
  tags: ["app:2", "other:1"],
  created: "2026-01-02T00:00:00Z",
  layers: [
    { path: "base", bytes: 300_000, seed: 1 },
    { path: "new", bytes: 100_000, seed: 3 },
  ],
};

describe("loading", () => {
  it("keeps images over a reload: listed with tags and sizes, opened without reading layers again", async () => {
    const page = await freshTab();
    const lines = await page.evaluate(
      async (recipes) => {
        const file = await window.shelf.archive(recipes);
        return (await window.shelf.load(file)).outcome.lines;
      },
      [ONE, TWO],
    );
    expect(lines).toEqual(["Loaded image: app:1", "Loaded image: app:2", "Loaded image: other:1"]);
    await page.reload();
    await page.waitForFunction(() => "shelf" in globalThis);
    const found = await page.evaluate(async () => {
      const { images, room, total } = await window.shelf.until((state) => state.images.length === 2);
      const { archive, layers, verified, reports } = await window.shelf.opened((listen) =>
        window.shelf.images.open("app:1", {}, listen),
      );
      const base = window.shelf.same(await window.shelf.read(archive, "/base"), 300_000, 1);
      const top = window.shelf.same(await window.shelf.read(archive, "/top"), 200_000, 2);
      archive.close();
      return { images, room, total, layers, verified, reports, base, top };
    });
    expect(found.images.map(({ tags }) => tags)).toEqual([["app:2", "other:1"], ["app:1"]]);
    expect(found.images[1]).toMatchObject({
      size: 500_000,
      platforms: ["linux/amd64"],
      dangling: false,
      created: 1_767_225_600,
      damaged: false,
    });
    const [two, one] = found.images;
    expect(two?.sharedSize).toBe(one?.sharedSize);
    expect(two?.sharedSize).toBeGreaterThan(300_000);
    expect(two?.uniqueSize).toBe((two?.storedSize ?? 0) - (two?.sharedSize ?? 0));
    expect(found.total).toBe((one?.storedSize ?? 0) + (two?.uniqueSize ?? 0));
    expect(found.room).toMatchObject({ persistent: false, unfinished: 0 });
    expect({ layers: found.layers, verified: found.verified, reports: found.reports }).toEqual({
      layers: 2,
      verified: true,
      reports: 0,
    });
    expect([found.base, found.top]).toEqual([true, true]);
    await page.close();
  });
});
