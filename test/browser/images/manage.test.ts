import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ONE, TWO } from "./recipes.ts";
import { type ImagesSite, openImagesSite } from "./site.ts";

let site: ImagesSite;
let page: Page;
beforeAll(async () => {
  site = await openImagesSite();
});
afterAll(() => site.close());
afterEach(() => page.close());

async function tabWith(...recipes: readonly (typeof ONE)[]): Promise<void> {
  page = await site.freshTab();
  await page.evaluate(async (made) => {
    await window.shelf.load(await window.shelf.archive(made));
    await window.shelf.until(({ images }) => images.length === made.length);
  }, recipes);
}

/** Ends when the images have these tags; fails by its time. */
const tagged = (wanted: readonly (readonly string[])[]) =>
  page.evaluate(async (tags) => (await window.shelf.tagged(tags)).images.length, wanted);

describe("tagging", () => {
  it("gives a name, takes it from the image that had it, and can be taken back", async () => {
    await tabWith(ONE, TWO);
    const found = await page.evaluate(async () => {
      const { images, tagged } = window.shelf;
      const { undo } = await images.tag("app:1", "app:2");
      const after = await tagged([["other:1"], ["app:1", "app:2"]]);
      const undone = await images.undo(undo!);
      await tagged([["app:2", "other:1"], ["app:1"]]);
      return { tagged: typeof after.images[1].lastTaggedAt, undone, again: await images.undo(undo!) };
    });
    expect(found).toEqual({ tagged: "number", undone: true, again: false });
  });

  it("fails in Docker's words", async () => {
    await tabWith(ONE);
    const failures = await page.evaluate(async () => [
      await window.shelf.failure(window.shelf.images.tag("nosuch", "app:9")),
      await window.shelf.failure(window.shelf.images.tag("app:1", "Foo")),
    ]);
    expect(failures.map(({ message }) => message)).toEqual([
      "No such image: nosuch:latest",
      'Error parsing reference: "Foo" is not a valid repository/tag: invalid reference format: repository name (library/Foo) must be lowercase',
    ]);
  });

  it("untags, and the image stays", async () => {
    await tabWith(ONE);
    const found = await page.evaluate(async () => {
      await window.shelf.images.untag("app:1");
      return (await window.shelf.until(({ images }) => images[0]?.tags.length === 0)).images[0];
    });
    expect(found).toMatchObject({ tags: [], dangling: true });
  });
});

describe("removing", () => {
  it("says beforehand what it does and frees, and changes nothing by it", async () => {
    await tabWith(ONE, TWO);
    const found = await page.evaluate(async () => {
      const { images } = await window.shelf.until(() => true);
      const unique = images[1].uniqueSize;
      const preview = await window.shelf.images.previewRemove({ refs: ["app:1"] });
      const done = await window.shelf.images.remove({ refs: ["app:1"] });
      return { unique, preview, done, id: images[1].id };
    });
    const { preview, done } = found;
    expect(preview).not.toHaveProperty("undo", expect.any(Number));
    expect(done).toEqual({ ...preview, undo: expect.any(Number), undoMs: 10_000 });
    expect(preview).toMatchObject({
      lines: ["Untagged: app:1", `Deleted: ${found.id}`, expect.stringMatching(/^Deleted: sha256:/)],
      names: ["app:1"],
      images: [found.id],
      errors: [],
      frees: found.unique,
      reclaimed: 200_000,
    });
    expect(preview.layers).toHaveLength(1);
    expect(await tagged([["app:2", "other:1"]])).toBe(1);
  });

  it("refuses what Docker refuses, says whether force would do, and does the rest", async () => {
    await tabWith(ONE, TWO);
    const found = await page.evaluate(async () => {
      const { images } = await window.shelf.until(() => true);
      return window.shelf.images.remove({ refs: [images[0].id.slice(7, 19), "nosuch:1", "app:1"] });
    });
    expect(found.errors.map(({ code }) => code)).toEqual(["image/conflict", "image/missing"]);
    expect(found.errors[0].message).toMatch(
      /^conflict: unable to delete [0-9a-f]{12} \(must be forced\) - image is referenced in multiple repositories$/,
    );
    expect(found.errors[0].detail).toMatchObject({ forceable: true });
    expect(found.lines[0]).toBe("Untagged: app:1");
  });

  it("is taken back: names, image and files are there again", async () => {
    await tabWith(ONE);
    const same = await page.evaluate(async () => {
      const { undo } = await window.shelf.images.remove({ refs: ["app:1"] });
      await window.shelf.until(({ images }) => images.length === 0);
      await window.shelf.images.undo(undo!);
      await window.shelf.until(({ images }) => images[0]?.tags[0] === "app:1");
      const { archive } = await window.shelf.opened((listen) =>
        window.shelf.images.open("app:1", {}, listen),
      );
      const same = window.shelf.same(await window.shelf.read(archive, "/top"), 200_000, 2);
      archive.close();
      return { same, findings: (await window.shelf.images.check()).findings };
    });
    expect(same).toEqual({ same: true, findings: [] });
  });

  it("does not take back a name that has another image by then", async () => {
    await tabWith(ONE, TWO);
    const found = await page.evaluate(async () => {
      const { undo } = await window.shelf.images.remove({ refs: ["app:1"] });
      await window.shelf.images.tag("app:2", "app:1");
      await window.shelf.images.undo(undo!);
      return (await window.shelf.tagged([["app:1", "app:2", "other:1"], []])).images.length;
    });
    expect(found).toBe(2);
  });

  it("frees what a tab removed that was closed before its time, when the store is opened next", async () => {
    await tabWith(ONE, TWO);
    const before = await page.evaluate(async () => {
      const { total } = await window.shelf.until(() => true);
      await window.shelf.images.remove({ refs: ["app:1"] });
      return total;
    });
    await page.reload();
    await page.waitForFunction(() => "shelf" in globalThis);
    const after = await page.evaluate(
      async (before) => (await window.shelf.until(({ total }) => total < before)).total,
      before,
    );
    expect(after).toBeLessThan(before);
    const { findings } = await page.evaluate(() => window.shelf.images.check());
    expect(findings).toEqual([]);
  });
});

describe("pruning", () => {
  it("takes dangling images, in Docker's lines", async () => {
    await tabWith(ONE, TWO);
    const found = await page.evaluate(async () => {
      await window.shelf.images.untag("app:1");
      const preview = await window.shelf.images.previewPrune({});
      const { lines } = await window.shelf.images.prune({});
      return { same: preview.lines.join() === lines.join(), lines };
    });
    expect(found.same).toBe(true);
    expect(found.lines).toEqual([
      "Deleted Images:",
      expect.stringMatching(/^deleted: sha256:/),
      expect.stringMatching(/^deleted: sha256:/),
      "",
      "Total reclaimed space: 200kB",
    ]);
    expect(await tagged([["app:2", "other:1"]])).toBe(1);
  });

  it("filters by label and age, and refuses what is no filter", async () => {
    await tabWith(ONE, TWO);
    const found = await page.evaluate(async () => {
      const names = async (filters: string[]) =>
        (await window.shelf.images.previewPrune({ all: true, filters })).names;
      return [
        await names([]),
        await names(["label!=keep"]),
        await names(["label=keep=yes"]),
        await names(["until=2026-01-01T12:00:00Z"]),
        (await window.shelf.failure(names(["size=1"]))).message,
      ];
    });
    expect(found.map((names) => (typeof names === "string" ? names : names.toSorted()))).toEqual([
      ["app:1", "app:2", "other:1"],
      ["app:1"],
      ["app:2", "other:1"],
      ["app:1"],
      "invalid filter 'size'",
    ]);
  });
});
