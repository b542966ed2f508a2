import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ONE, TWO } from "./recipes.ts";
import { type ImagesSite, openImagesSite } from "./site.ts";

let site: ImagesSite;
beforeAll(async () => {
  site = await openImagesSite();
});
afterAll(() => site.close());
const open: Page[] = [];
afterEach(async () => {
  for (const page of open.splice(0)) await page.close();
});

/** A tab of an origin that has nothing stored but what `recipes` make. */
async function tabWith(...recipes: readonly (typeof ONE)[]): Promise<Page> {
  const page = await site.freshTab();
  open.push(page);
  await page.evaluate(async (made) => {
    if (made.length > 0) await window.shelf.load(await window.shelf.archive(made));
  }, recipes);
  return page;
}

describe("loading", () => {
  it("says what docker load says, and tells each layer to its end", async () => {
    const page = await tabWith();
    const { outcome, parts } = await page.evaluate(
      async (recipes) => {
        const { outcome, events } = await window.shelf.load(await window.shelf.archive(recipes));
        const parts = events.flatMap((event) => (event.type === "parts" ? event.parts : []));
        return { outcome, parts };
      },
      [ONE, TWO],
    );
    expect(outcome.lines).toEqual(["Loaded image: app:1", "Loaded image: app:2", "Loaded image: other:1"]);
    expect(outcome.images.map(({ tags }) => tags)).toEqual([["app:1"], ["app:2", "other:1"]]);
    expect(outcome.problems).toEqual([]);
    const last = new Map(parts.map((part) => [part.key, part]));
    const layers = [...last.values()].filter(({ kind }) => kind === "layer");
    expect(layers.map(({ state }) => state)).toEqual(["stored", "stored", "present", "stored"]);
    for (const { bytes, total, diffID } of layers) {
      expect(bytes).toBe(total);
      expect(diffID).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });

  it("keeps images over a reload: listed with tags and sizes, opened without reading layers again", async () => {
    const page = await tabWith(ONE, TWO);
    await page.reload();
    await page.waitForFunction(() => "shelf" in globalThis);
    const found = await page.evaluate(async () => {
      const { images, room, total } = await window.shelf.until((state) => state.images.length === 2);
      const { archive, ...told } = await window.shelf.opened((listen) =>
        window.shelf.images.open("app:1", {}, listen),
      );
      const base = window.shelf.same(await window.shelf.read(archive, "/base"), 300_000, 1);
      const top = window.shelf.same(await window.shelf.read(archive, "/top"), 200_000, 2);
      archive.close();
      return { images, room, total, told, base, top };
    });
    expect(found.images.map(({ tags }) => tags)).toEqual([["app:2", "other:1"], ["app:1"]]);
    const [two, one] = found.images;
    expect(one).toMatchObject({
      size: 500_000,
      platforms: ["linux/amd64"],
      dangling: false,
      created: 1_767_225_600,
      damaged: false,
      children: 0,
      users: 0,
    });
    expect(two?.sharedSize).toBe(one?.sharedSize);
    expect(two?.sharedSize).toBeGreaterThan(300_000);
    expect(two?.uniqueSize).toBe((two?.storedSize ?? 0) - (two?.sharedSize ?? 0));
    expect(found.total).toBe((one?.storedSize ?? 0) + (two?.uniqueSize ?? 0));
    expect(found.room).toMatchObject({ persistent: false, unfinished: 0 });
    expect(found.told).toEqual({ layers: 2, verified: true, reports: 0 });
    expect([found.base, found.top]).toEqual([true, true]);
  });

  it("stores nothing twice: the same archive again moves no byte", async () => {
    const page = await tabWith(ONE, TWO);
    const { moved, present } = await page.evaluate(
      async (recipes) => {
        const { outcome } = await window.shelf.load(await window.shelf.archive(recipes));
        return outcome;
      },
      [ONE, TWO],
    );
    expect(moved).toBe(0);
    expect(present).toBeGreaterThan(600_000);
  });

  it("refuses a layer that is not what the config says, in Docker's words, and keeps nothing of it", async () => {
    const page = await tabWith();
    const found = await page.evaluate(async (recipe) => {
      const bytes = new Uint8Array(await (await window.shelf.archive([recipe])).arrayBuffer());
      bytes[300_000] ^= 1;
      const failure = await window.shelf.failure(window.shelf.images.load(new Blob([bytes]), "bad.tar"));
      const { images, total } = await window.shelf.until(() => true);
      return { failure, images, total };
    }, ONE);
    expect(found.failure.code).toBe("digest/mismatch");
    expect(found.failure.message).toMatch(/^invalid diffID for layer 0: expected "sha256:/);
    expect(found.images).toEqual([]);
  });

  it("keeps an archive that is open in place, its compressed layers not inflated again", async () => {
    const page = await tabWith();
    const found = await page.evaluate(async (recipe) => {
      const file = await window.shelf.archive([recipe]);
      const { archive } = await window.shelf.opened((listen) =>
        window.shelf.engine.open(file, "images.tar", listen),
      );
      const outcome = await window.shelf.images.keep(archive);
      archive.close();
      const stored = await window.shelf.opened((listen) => window.shelf.images.open("app:1", {}, listen));
      stored.archive.close();
      return { lines: outcome.lines, verified: stored.verified, reports: stored.reports };
    }, ONE);
    expect(found).toEqual({ lines: ["Loaded image: app:1"], verified: true, reports: 0 });
  });
});

describe("opening a kept image", () => {
  it("makes file tables of another version again, once", async () => {
    const page = await tabWith(ONE);
    const found = await page.evaluate(async () => {
      await window.shelf.alter("scans", (record) => ({ ...record, format: 0 }));
      const turns: { readonly same: boolean; readonly verified: boolean; readonly read: boolean }[] = [];
      for (let turn = 0; turn < 2; turn++) {
        const { archive, verified, reports } = await window.shelf.opened((listen) =>
          window.shelf.images.open("app:1", {}, listen),
        );
        const same = window.shelf.same(await window.shelf.read(archive, "/top"), 200_000, 2);
        turns.push({ same, verified, read: reports > 0 });
        // A table is kept a moment after it is shown.
        await window.shelf.gone("scans", ({ format }) => format === 0);
        archive.close();
      }
      return turns;
    });
    expect(found[0]).toMatchObject({ same: true, read: true });
    expect(found[1]).toEqual({ same: true, verified: true, read: false });
  });

  it("fails for a name that is not there, in Docker's words", async () => {
    const page = await tabWith(ONE);
    const failure = await page.evaluate(() =>
      window.shelf.failure(window.shelf.opened((listen) => window.shelf.images.open("nosuch", {}, listen))),
    );
    expect(failure.message).toBe("No such image: nosuch:latest");
  });
});

describe("saving", () => {
  for (const layout of ["docker", "docker-classic", "oci"] as const) {
    it(`gives the same bytes twice, and an archive that loads to the same images: ${layout}`, async () => {
      const page = await tabWith(ONE, TWO);
      const found = await page.evaluate(async (layout) => {
        const { images } = await window.shelf.until((state) => state.images.length === 2);
        const save = () => window.shelf.images.save(["app", "other:1"], { layout, platforms: "all" });
        const [first, second] = [await save(), await save()];
        const bytes = await window.shelf.drained(await first.feed());
        const again = await window.shelf.drained(await second.feed());
        await window.shelf.images.remove({ refs: images.map(({ id }) => id), force: true });
        await window.shelf.until((state) => state.images.length === 0);
        await window.shelf.load(bytes);
        const after = await window.shelf.until((state) => state.images.length === 2);
        return {
          name: first.name,
          sizes: [first.size, bytes.size, first.blob?.size],
          same: (await window.shelf.digest(bytes)) === (await window.shelf.digest(again)),
          before: images.map(({ id, tags }) => [id, ...tags]),
          after: after.images.map(({ id, tags }) => [id, ...tags]),
        };
      }, layout);
      expect(found.name).toBe("app+1.tar");
      expect(new Set(found.sizes).size).toBe(1);
      expect(found.same).toBe(true);
      expect(found.after).toEqual(found.before);
    });
  }

  it("feeds what has to be inflated on the way, when it is too large for memory", async () => {
    const page = await tabWith({
      ...ONE,
      layers: [{ path: "large", bytes: 20_000_000, seed: 9, gzip: true }],
    });
    const found = await page.evaluate(async () => {
      const saved = await window.shelf.images.save(["app:1"], { layout: "docker-classic", platforms: "all" });
      const bytes = await window.shelf.drained(await saved.feed());
      const { archive } = await window.shelf.opened((listen) =>
        window.shelf.engine.open(bytes, "saved.tar", listen),
      );
      const same = window.shelf.same(await window.shelf.read(archive, "/large"), 20_000_000, 9);
      archive.close();
      return { blob: saved.blob, size: saved.size, bytes: bytes.size, same };
    });
    expect(found).toEqual({ blob: undefined, size: found.bytes, bytes: found.size, same: true });
  });

  it("writes the whole store, and takes it back: IDs, names, dangling images", async () => {
    const page = await tabWith(ONE, TWO);
    const found = await page.evaluate(async () => {
      await window.shelf.images.untag("app:1");
      const before = await window.shelf.until(({ images }) => images.some(({ dangling }) => dangling));
      const all = await window.shelf.images.exportAll();
      const copy = new Blob([await (await window.shelf.drained(await all.feed())).arrayBuffer()]);
      await window.shelf.images.remove({ refs: before.images.map(({ id }) => id), force: true });
      await window.shelf.until(({ images }) => images.length === 0);
      await window.shelf.load(copy);
      const after = await window.shelf.until(({ images }) => images.length === 2);
      const shown = ({ images }: typeof after) =>
        images.map(({ id, tags, dangling }) => [id, tags, dangling]);
      return { name: all.name, problems: all.problems, before: shown(before), after: shown(after) };
    });
    expect(found.name).toBe("breakbulk-images.tar");
    expect(found.problems).toEqual([]);
    expect(found.after).toEqual(found.before);
  });
});
