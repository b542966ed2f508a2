import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const MB = 1_000_000;

/** Gives the origin of `page` so much room, or as much as it would have. */
async function quota(page: Page, bytes: number | undefined): Promise<void> {
  const session = await site.context.newCDPSession(page);
  const quotaSize = bytes === undefined ? {} : { quotaSize: bytes };
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, ...quotaSize });
}

describe("two tabs", () => {
  it("STORE-4 write one blob once: the second waits, and finds it there", async () => {
    const [one, two] = [await site.tab(), await site.tab()];
    const fill = (page: Page) =>
      page.evaluate(() =>
        storePage.fill("both", 20_000_000, { seed: 1, chunk: 1_000_000, pieceBytes: 1_000_000 }),
      );
    const outcomes = await Promise.all([fill(one), fill(two)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["present", "written"]);
    const raw = await one.evaluate(() => storePage.readRaw("both"));
    expect(raw).toMatchObject({ flaws: [], counts: { blobs: 1, pieces: 20, partials: 0 } });
    await Promise.all([one.close(), two.close()]);
  });

  it("STORE-26 are told of each other's changes", async () => {
    const [one, two] = [await site.tab(), await site.tab()];
    await one.evaluate(async () => {
      const store = await storePage.store("news");
      globalThis.heard = [];
      store.watch((news) => {
        const blobs = news.kind === "table" ? [] : [news.added.length, news.removed.length];
        globalThis.heard.push([news.kind, ...blobs].join(" "));
      });
    });
    await two.evaluate(async () => {
      const { digest } = await storePage.fill("news", 1000, { seed: 1, chunk: 1000 });
      const store = await storePage.store("news");
      const record = { id: digest, target: { mediaType: "", digest: digest, size: 1000 } };
      await store.table.change([{ kind: "image", id: digest, record }]);
      await store.table.change([{ kind: "image", id: digest, record: undefined }]);
      await storePage.sweep(store);
    });
    await one.waitForFunction(() => globalThis.heard.length === 4);
    expect(await one.evaluate(() => globalThis.heard)).toEqual(["blobs 1 0", "table", "table", "blobs 0 1"]);
    await Promise.all([one.close(), two.close()]);
  });
});

describe("a closed tab", () => {
  it("STORE-2 leaves what has arrived, for the next one and for a browser that was started again", async () => {
    const work = async (page: Page): Promise<number> =>
      page.evaluate(async () => {
        const store = await storePage.store("closed", { pieceBytes: 100_000 });
        const bytes = storePage.randomBytes(1_000_000, 4);
        const digest = storePage.sha256Digest(bytes);
        const writer = await store.openWriter({ digest, size: bytes.length });
        const from = writer!.offset;
        await writer!.write(bytes.subarray(from, from + 350_000));
        return from;
      });
    const kept = async (page: Page): Promise<number> =>
      page.evaluate(async () => {
        const store = await storePage.store("closed", { pieceBytes: 100_000 });
        return (await store.partials())[0].offset;
      });
    const one = await site.tab();
    expect(await work(one)).toBe(0);
    await one.close();
    const two = await site.tab();
    const first = await kept(two);
    // The last full piece may have been on its way.
    expect([200_000, 300_000]).toContain(first);
    expect(await work(two)).toBe(first);
    await two.close();
    await site.restart();
    const three = await site.tab();
    expect(await kept(three)).toBeGreaterThanOrEqual(first + 200_000);
    expect(await three.evaluate(() => storePage.readRaw("closed"))).toMatchObject({ flaws: [] });
    await three.close();
  });

  it("STORE-17 leaves its pins, and its lease is not live any more", async () => {
    const one = await site.tab();
    await one.evaluate(async () => {
      const { digest } = await storePage.fill("pins", 1000, { seed: 1, chunk: 1000 });
      await (await storePage.store("pins")).lease(digest);
    });
    const two = await site.tab();
    const look = (page: Page) =>
      page.evaluate(async () => {
        const store = await storePage.store("pins");
        const { removed } = await storePage.sweep(store);
        return [(await store.leases()).map(({ live }) => live), removed.length];
      });
    expect(await look(two)).toEqual([[true], 0]);
    await one.close();
    // The browser frees the locks of a tab some time after it is closed.
    await two.evaluate(async () => {
      const [{ id }] = await (await storePage.store("pins")).leases();
      await navigator.locks.request(`pins/lease/${id}`, () => {});
    });
    expect(await look(two)).toEqual([[false], 0]);
    await two.close();
  });
});

describe("opening", () => {
  it("STORE-25 drops what was begun too long ago, and nothing that a tab works on", async () => {
    const [one, two] = [await site.tab(), await site.tab()];
    await one.evaluate(async () => {
      const store = await storePage.store("stale", { now: () => 1000, pieceBytes: 100 });
      const start = async (seed: number) => {
        const bytes = storePage.randomBytes(1000, seed);
        const writer = await store.openWriter({ digest: storePage.sha256Digest(bytes), size: 1000 });
        await writer!.write(bytes.subarray(0, 500));
        return writer!;
      };
      await (await start(1)).abort();
      await start(2);
      const digest = storePage.sha256Digest(new Uint8Array(1));
      await (await store.lease(digest)).suspend();
      await store.lease(digest);
    });
    const found = await two.evaluate(async () => {
      const left = async (name: string, now: number) => {
        const store = await storePage.store(name, { now: () => now, staleAfter: 100 });
        return [(await store.partials()).length, (await store.leases()).length];
      };
      return left("stale", 1099);
    });
    expect(found).toEqual([2, 2]);
    await two.reload();
    await two.waitForFunction(() => "storePage" in globalThis);
    const later = await two.evaluate(async () => {
      const store = await storePage.store("stale", { now: () => 1101, staleAfter: 100 });
      return [
        (await store.partials()).length,
        (await store.leases()).length,
        (await storePage.readRaw("stale")).flaws,
      ];
    });
    expect(later).toEqual([1, 1, []]);
    await Promise.all([one.close(), two.close()]);
  });
});

describe("writers that lost their place", () => {
  it("STORE-22 are fenced off when another has taken over what they wrote", async () => {
    const page = await site.tab();
    const outcome = await page.evaluate(async () => {
      const bytes = storePage.randomBytes(1000, 8);
      const ref = { digest: storePage.sha256Digest(bytes), size: 1000 };
      const locks = navigator.locks;
      // As in a page without Web Locks, where two tabs do not know of each other.
      Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
      const one = await storePage.store("fence", { pieceBytes: 100 });
      const first = await one.openWriter(ref);
      await first!.write(bytes.subarray(0, 250));
      await storePage.sweep(one);
      const two = await storePage.another("fence", { pieceBytes: 100 });
      const second = await two.openWriter(ref);
      const from = second!.offset;
      await second!.write(bytes.subarray(from));
      await second!.commit();
      Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
      const failure = await first!
        .write(bytes.subarray(250))
        .then(() => first!.commit())
        .then(
          () => "written",
          (error: { code?: string }) => error.code,
        );
      const whole = await (await one.blob(ref))!.arrayBuffer();
      return {
        from,
        failure,
        whole: storePage.sha256Digest(new Uint8Array(whole)) === ref.digest,
        raw: await storePage.readRaw("fence"),
      };
    });
    expect([100, 200]).toContain(outcome.from);
    expect(outcome).toMatchObject({ failure: "store/conflict", whole: true, raw: { flaws: [] } });
    await page.close();
  });
});

describe("the room that the browser gives", () => {
  it("is told in bytes, and asking to keep it is answered", async () => {
    const page = await site.tab();
    const found = await page.evaluate(async () => [
      await storePage.storageRoom(),
      await storePage.askPersistence(),
      await storePage.isPersistent(),
    ]);
    const number: unknown = expect.any(Number);
    expect(found[0]).toEqual({ usage: number, quota: number, free: number });
    expect(found[1]).toBe(found[2]);
    await page.close();
  });

  it("is unknown, and kept by nobody, where the page has no storage manager", async () => {
    const page = await site.tab();
    const found = await page.evaluate(async () => {
      Object.defineProperty(navigator, "storage", { value: undefined });
      return [
        await storePage.storageRoom(),
        await storePage.askPersistence(),
        await storePage.isPersistent(),
      ];
    });
    expect(found).toEqual([undefined, false, false]);
    await page.close();
  });
});

describe("a full disk", () => {
  it("STORE-23 is an error that says how much is missing, and what had arrived is kept and gone on from", async () => {
    // Chromium remembers for a while how much room it found: the origin must not have stored anything before.
    const page = await site.tab("localhost");
    await quota(page, 15 * MB);
    await page.evaluate(() =>
      storePage.fill("full", 3_000_000, { seed: 1, chunk: 500_000, pieceBytes: 1_000_000 }),
    );
    const found = await page.evaluate(() => storePage.fill("full", 40_000_000, { seed: 2, chunk: 500_000 }));
    expect(found.outcome).toBe("store/full");
    expect(found.message).toMatch(
      /^Cannot store sha256:[0-9a-f]{64}: the browser has no room for \d+ more bytes(, \d+ are free)?$/,
    );
    // Pieces of 1 MB in some 12 MB: most found room. What is missing is counted from the last that did.
    expect(found.offset).toBeGreaterThan(2 * MB);
    expect(found.detail).toMatchObject({ needed: 40 * MB - found.offset });
    expect(await page.evaluate(() => storePage.readRaw("full"))).toMatchObject({
      flaws: [],
      counts: { blobs: 1 },
    });
    expect(await page.evaluate(async () => storePage.check(await storePage.store("full")))).toEqual([]);
    await quota(page, undefined);
    const again = await page.evaluate(() => storePage.fill("full", 40_000_000, { seed: 2, chunk: 500_000 }));
    expect(again).toMatchObject({ outcome: "written", offset: found.offset });
    await page.close();
  });
});
