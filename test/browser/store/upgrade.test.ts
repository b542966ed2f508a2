import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "./site.ts";

let site: Site;
let page: Page;
beforeAll(async () => {
  site = await openSite();
  page = await site.tab();
});
afterAll(() => site.close());

const OLD = {
  table: 41,
  names: [{ name: "docker.io/library/old:1", target: true }],
  parent: [[true, 1_800_000_000.5]],
  whole: true,
  offset: 5,
  blobs: 2,
  claims: [[false, 2]],
  scan: 9,
  scanByDiffID: 9,
  layerSizes: [[true, 7]],
  scanOfAnotherFormat: undefined,
  damaged: 0,
};

/** What version 2 has beside. */
const CONTAINERS = [
  { id: true, name: "old", created: 1_800_000_000.25, drafts: [[true, "move", "/a", "/b"]] },
];

describe("the ladder of versions", () => {
  it("STORE-24 has a database in these tests for every version that was released", async () => {
    const [released, written] = await page.evaluate(() => storePage.upgrades.versions());
    expect(written).toBe(released);
  });

  it("STORE-24 opens what version 1 left, with everything in it", async () => {
    const found = await page.evaluate(() => storePage.upgrades.openOld(1));
    expect(found).toMatchObject({ ...OLD, containers: [] });
    expect(found.raw.flaws).toEqual([]);
  });

  it("STORE-24 opens what version 2 left, with everything in it", async () => {
    const found = await page.evaluate(() => storePage.upgrades.openOld(2));
    expect(found).toMatchObject({ ...OLD, containers: CONTAINERS });
    expect(found.raw.flaws).toEqual([]);
  });

  it("STORE-24 takes what today's version left up a further step, with everything in it", async () => {
    const found = await page.evaluate(() => storePage.upgrades.openNext());
    expect(found).toMatchObject({ ...OLD, containers: CONTAINERS });
    expect(found.raw).toMatchObject({ version: 3, flaws: [], counts: { sizes: 1 } });
  });

  it("STORE-24 climbs from nothing over every version in turn", async () => {
    expect(await page.evaluate(() => storePage.upgrades.climb())).toEqual([1, 2, 3]);
  });

  it("STORE-24 leaves the old database as it was when a step fails", async () => {
    const found = await page.evaluate(() => storePage.upgrades.failHalfWay());
    expect(found.failure).toBe("the step is broken");
    expect(found.names).toEqual(["docker.io/library/old:1"]);
    expect(found.raw).toMatchObject({ version: 2, flaws: [], counts: { blobs: 1, partials: 1 } });
  });

  it("STORE-24 refuses a database of a later version and leaves it alone", async () => {
    expect(await page.evaluate(() => storePage.upgrades.meetNewer())).toEqual({
      failure: "store/newer",
      version: 3,
    });
  });

  it("STORE-24 does not stand in the way of another tab's upgrade, and says so", async () => {
    expect(await page.evaluate(() => storePage.upgrades.standInTheWay())).toEqual({
      told: 1,
      failure: "store/closed",
    });
  });
});
