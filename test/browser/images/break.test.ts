import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ImageRecipe, ONE } from "./recipes.ts";
import { type ImagesSite, openImagesSite } from "./site.ts";

let site: ImagesSite;
const open: Page[] = [];
beforeAll(async () => {
  site = await openImagesSite();
});
afterAll(() => site.close());
afterEach(async () => {
  for (const page of open.splice(0)) await page.close();
});

const freshTab = async (): Promise<Page> => {
  const page = await site.freshTab();
  open.push(page);
  return page;
};

/** A tab of the same origin. */
const besides = async (page: Page): Promise<Page> => {
  const other = await site.tab(new URL(page.url()).hostname);
  open.push(other);
  return other;
};

/** Large enough to be stored in several pieces. */
const LARGE: ImageRecipe = {
  tags: ["large:1"],
  layers: [
    { path: "one", bytes: 120_000_000, seed: 11 },
    { path: "two", bytes: 5_000_000, seed: 12, gzip: true },
  ],
};

describe("a load that is given up", () => {
  it("keeps what has arrived; the next one goes on from there", async () => {
    const page = await freshTab();
    const found = await page.evaluate(async (recipe) => {
      const file = await window.shelf.archive([recipe]);
      const stop = new AbortController();
      const failure = await window.shelf.failure(
        window.shelf.images.load(file, "large.tar", {
          signal: stop.signal,
          listen(event) {
            if (event.type !== "parts") return;
            if (event.parts.some(({ state, bytes }) => state === "storing" && bytes > 9_000_000))
              stop.abort();
          },
        }),
      );
      const { images, room } = await window.shelf.until(({ room }) => room.unfinished > 0);
      const { outcome, events } = await window.shelf.load(file);
      const resumed = events.flatMap((event) =>
        event.type === "parts" ? event.parts.map(({ resumedFrom }) => resumedFrom) : [],
      );
      const after = await window.shelf.until(({ images }) => images.length === 1);
      const { findings } = await window.shelf.images.check();
      return {
        code: failure.code,
        images: images.length,
        unfinished: room.unfinished,
        resumed: Math.max(...resumed),
        outcome,
        left: after.room.unfinished,
        findings,
      };
    }, LARGE);
    expect(found).toMatchObject({ code: "AbortError", images: 0, left: 0, findings: [] });
    expect(found.unfinished).toBeGreaterThan(8_000_000);
    expect(found.resumed).toBeGreaterThan(8_000_000);
    expect(found.outcome.present).toBeGreaterThanOrEqual(found.resumed);
    expect(found.outcome.lines).toEqual(["Loaded image: large:1"]);
  });

  it("is dropped on demand", async () => {
    const page = await freshTab();
    const found = await page.evaluate(async (recipe) => {
      const file = await window.shelf.archive([recipe]);
      const stop = new AbortController();
      await window.shelf.failure(
        window.shelf.images.load(file, "large.tar", {
          signal: stop.signal,
          listen(event) {
            if (event.type === "parts" && event.parts.some(({ bytes }) => bytes > 9_000_000)) stop.abort();
          },
        }),
      );
      const { room } = await window.shelf.until(({ room }) => room.unfinished > 0);
      const freed = await window.shelf.images.dropUnfinished();
      const after = await window.shelf.until(({ room }) => room.unfinished === 0);
      return { unfinished: room.unfinished, freed, total: after.total };
    }, LARGE);
    expect(found.freed).toBeGreaterThanOrEqual(found.unfinished);
    expect(found.total).toBe(0);
  });
});

describe("a full disk", () => {
  it("stops a load with what is missing and kept; what was there is whole, and there being room again the load goes on", async () => {
    const page = await freshTab();
    const session = await site.context.newCDPSession(page);
    const { origin } = new URL(page.url());
    // Before anything is stored: Chromium remembers for a while how much room it found.
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 60_000_000 });
    await page.evaluate(async (recipe) => window.shelf.load(await window.shelf.archive([recipe])), ONE);
    const full = await page.evaluate(async (recipe) => {
      const file = await window.shelf.archive([recipe]);
      const failure = await window.shelf.failure(window.shelf.images.load(file, "large.tar"));
      const { findings } = await window.shelf.images.check();
      const { archive } = await window.shelf.opened((listen) =>
        window.shelf.images.open("app:1", {}, listen),
      );
      const same = window.shelf.same(await window.shelf.read(archive, "/top"), 200_000, 2);
      archive.close();
      const { images } = await window.shelf.until(() => true);
      return { failure, findings, same, images: images.length };
    }, LARGE);
    expect(full).toMatchObject({ findings: [], same: true, images: 1, failure: { code: "store/full" } });
    expect(full.failure.message).toMatch(/^Cannot store sha256:.*the browser has no room for \d+ more bytes/);
    const { detail } = full.failure;
    expect(detail["needed"]).toBeGreaterThan(10_000_000);
    expect(detail["missing"]).toBeGreaterThan(0);
    expect(detail["kept"]).toBeGreaterThan(5_000_000);
    await session.send("Storage.overrideQuotaForOrigin", { origin });
    const after = await page.evaluate(async (recipe) => {
      const { outcome } = await window.shelf.load(await window.shelf.archive([recipe]));
      return { present: outcome.present, findings: (await window.shelf.images.check()).findings };
    }, LARGE);
    expect(after.findings).toEqual([]);
    expect(after.present).toBeGreaterThan(5_000_000);
  });
});

describe("two tabs", () => {
  it("loading the same archive store it once, and both show it", async () => {
    const one = await freshTab();
    const two = await besides(one);
    const load = (page: Page) =>
      page.evaluate(async (recipe) => {
        const { outcome } = await window.shelf.load(await window.shelf.archive([recipe]));
        const { images, total } = await window.shelf.until(({ images }) => images.length === 1);
        return { moved: outcome.moved, id: images[0].id, total };
      }, LARGE);
    const [first, second] = await Promise.all([load(one), load(two)]);
    expect(first.id).toBe(second.id);
    expect(await one.evaluate(() => window.shelf.count("blobs"))).toBe(4);
    expect(await one.evaluate(() => window.shelf.count("partials"))).toBe(0);
    const bytes = await one.evaluate(() => window.shelf.images.check());
    expect(bytes).toMatchObject({ findings: [], blobs: 4, bytes: first.total });
  });

  it("see each other's changes", async () => {
    const one = await freshTab();
    const two = await besides(one);
    await one.evaluate(async (recipe) => {
      await window.shelf.until(() => true);
      await window.shelf.load(await window.shelf.archive([recipe]));
    }, ONE);
    const seen = await two.evaluate(async () => {
      await window.shelf.until(({ images }) => images.length === 1);
      const { undo } = await window.shelf.images.remove({ refs: ["app:1"] });
      return undo!;
    });
    await one.evaluate(async () => window.shelf.until(({ images }) => images.length === 0));
    await two.evaluate(async (undo) => window.shelf.images.undo(undo), seen);
    await one.evaluate(async () => window.shelf.until(({ images }) => images.length === 1));
    const found = await one.evaluate(async () => (await window.shelf.images.check()).findings);
    expect(found).toEqual([]);
  });
});

describe("a damaged store", () => {
  it("says what is damaged and whose it is, drops it, and is whole again after another load", async () => {
    const page = await freshTab();
    const found = await page.evaluate(async (recipe) => {
      const file = await window.shelf.archive([recipe]);
      await window.shelf.load(file);
      await window.shelf.alter("pieces", (piece: Blob | Uint8Array) =>
        piece instanceof Blob && piece.size > 250_000 ? new Blob([new Uint8Array(piece.size)]) : piece,
      );
      const { images } = window.shelf;
      const before = await images.check();
      const freed = await images.dropDamaged(before.findings.map(({ digest }) => digest));
      const between = await images.check();
      const lacking = await window.shelf.opened((listen) => images.open("app:1", {}, listen));
      const top = window.shelf.same(await window.shelf.read(lacking.archive, "/top"), 200_000, 2);
      lacking.archive.close();
      const save = await window.shelf.failure(images.save(["app:1"], { layout: "docker", platforms: "all" }));
      const { problems } = await images.exportAll();
      await window.shelf.load(file);
      const after = await images.check();
      return { before, freed, between, top, save, problems, after };
    }, ONE);
    expect(found.before.findings).toMatchObject([{ kind: "damaged", images: [{ tags: ["app:1"] }] }]);
    expect(found.freed).toBeGreaterThan(300_000);
    expect(found.between.findings).toMatchObject([{ kind: "missing", images: [{ tags: ["app:1"] }] }]);
    expect(found.top).toBe(true);
    expect(found.save.code).toBe("store/missing");
    expect(found.problems.map(({ code }) => code)).toEqual(["store/missing"]);
    expect(found.after.findings).toEqual([]);
  });
});

describe("a worker that dies", () => {
  it("fails what it was doing; the next call has a new one", async () => {
    const page = await freshTab();
    await page.route("**/images-worker*", (route) => route.abort());
    const failure = await page.evaluate(() => window.shelf.failure(window.shelf.images.tag("a", "b")));
    expect(failure).toMatchObject({ code: "worker/ended" });
    await page.unroute("**/images-worker*");
    const next = await page.evaluate(() => window.shelf.failure(window.shelf.images.tag("a", "b")));
    expect(next).toMatchObject({ code: "image/missing" });
  });
});
