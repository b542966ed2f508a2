import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ViewSpec } from "../../../web/model/engine.ts";
import { type EnginePage, openEnginePage } from "./serve.ts";

let engine: EnginePage;
beforeAll(async () => {
  engine = await openEnginePage();
});
afterAll(() => engine.close());

const SPEC: ViewSpec = {
  image: 0,
  upTo: 4,
  scope: "merged",
  sort: "name",
  descending: false,
  filter: "",
  changedOnly: false,
  showRemoved: false,
};

describe("the engine in Chromium", () => {
  it("opens, lists and verifies the demo image in workers", async () => {
    const layers = await engine.page.evaluate(async () => {
      const watched = window.hold.watch(await window.hold.demo());
      const settled = await watched.settled();
      watched.archive.close();
      return settled;
    });
    expect(layers.map(({ verification }) => verification)).toEqual(
      Array.from({ length: 5 }, () => "verified"),
    );
    expect(layers.map(({ compression }) => compression)).toEqual(["none", "gzip", "none", "none", "none"]);
  });

  it("gives the events in order: opening, opened, then layers and trees", async () => {
    const types = await engine.page.evaluate(async () => {
      const watched = window.hold.watch(await window.hold.demo());
      await watched.settled();
      watched.archive.close();
      return watched.events.map(({ type }) => type);
    });
    expect(types.slice(0, 2)).toEqual(["opening", "opened"]);
    expect(new Set(types.slice(2))).toEqual(new Set(["layer", "tree"]));
  });

  it("lists, reads and saves over the channel", async () => {
    const found = await engine.page.evaluate(async (spec) => {
      const watched = window.hold.watch(await window.hold.demo());
      await watched.settled();
      const { archive } = watched;
      const { view, rows } = await archive.view(spec);
      const names = (await archive.rows(view, 0, rows)).map(({ name }) => name);
      const node = (await archive.find(0, "/usr/share/demo/README.md", 4))!;
      const target = { image: 0, node, layer: 4 };
      const { bytes, size } = await archive.read(target, { from: 0, to: 14 });
      const usr = (await archive.find(0, "/usr", 4))!;
      const saved = async (format: "tar" | "zip"): Promise<number> => {
        const feed = await archive.save({ image: 0, node: usr, layer: 4 }, format);
        let total = 0;
        for (;;) {
          const chunk = await feed.next();
          if (chunk === undefined) return total;
          total += chunk.length;
        }
      };
      const sizes = [await saved("tar"), await saved("zip")];
      archive.close();
      return { names, text: new TextDecoder().decode(bytes), size, sizes };
    }, SPEC);
    expect(found.names).toEqual(["bin", "etc", "home", "opt", "tmp", "usr", "var"]);
    expect(found.text).toBe("# A demo image");
    expect(found.size).toBeGreaterThan(500);
    expect(found.sizes[0] % 512).toBe(0);
    expect(found.sizes[1]).toBeLessThan(found.sizes[0]);
  });

  it("fails a file that is no archive with a clear error, and opens the next one", async () => {
    const message = await engine.page.evaluate(async () => {
      const watched = window.hold.watch(new File(["nothing of the kind"], "odd.tar"));
      const failure = await watched.settled().catch((error: unknown) => String(error));
      watched.archive.close();
      const next = window.hold.watch(await window.hold.demo());
      await next.settled();
      next.archive.close();
      return failure;
    });
    expect(message).toMatch(/Cannot /);
  });

  it("rejects calls on a closed archive, pending ones included", async () => {
    const messages = await engine.page.evaluate(async (spec) => {
      const watched = window.hold.watch(await window.hold.demo());
      await watched.settled();
      const pending = watched.archive.view(spec).catch((error: unknown) => String(error));
      watched.archive.close();
      const after = watched.archive.view(spec).catch((error: unknown) => String(error));
      return [await pending, await after];
    }, SPEC);
    for (const message of messages)
      expect(message).toMatch(/Cannot go on with breakbulk-demo.tar: it is closed/);
  });

  it("opens ten archives at once", async () => {
    const verdicts = await engine.page.evaluate(async () => {
      const demo = await window.hold.demo();
      const all = Array.from({ length: 10 }, () => window.hold.watch(demo));
      const settled = await Promise.all(all.map((watched) => watched.settled()));
      for (const { archive } of all) archive.close();
      return settled.flat().map(({ verification }) => verification);
    });
    expect(verdicts).toHaveLength(50);
    expect(new Set(verdicts)).toEqual(new Set(["verified"]));
  });
});

describe("a worker that dies", () => {
  const settle = () =>
    engine.page.evaluate(async () => {
      const watched = window.hold.watch(await window.hold.demo());
      const outcome = await watched.settled().then(
        (layers) => layers.map(({ state, verification }) => `${state} ${verification}`),
        (error: unknown) => String(error),
      );
      watched.archive.close();
      return outcome;
    });

  it("fails its archive with a clear error; the page goes on, and the archive opens again", async () => {
    await engine.page.route("**/hold-worker*", (route) => route.abort());
    expect(await settle()).toMatch(/Cannot go on with breakbulk-demo.tar: its worker ended/);
    await engine.page.unroute("**/hold-worker*");
    expect(await settle()).toEqual(Array.from({ length: 5 }, () => "listed verified"));
  });

  it("fails the layer it was at, and no other archive", async () => {
    // Workers of the tests before are still idle in the pool: a new page has none.
    await engine.page.reload();
    await engine.page.waitForFunction(() => "hold" in globalThis);
    await engine.page.route("**/layer-worker*", (route) => route.abort());
    expect(await settle()).toEqual(Array.from({ length: 5 }, () => "failed unverifiable"));
    await engine.page.unroute("**/layer-worker*");
    expect(await settle()).toEqual(Array.from({ length: 5 }, () => "listed verified"));
  });
});
