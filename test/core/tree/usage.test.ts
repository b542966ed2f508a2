import { describe, expect, it } from "vitest";
import { createTree, pathOf, type Tree, type Usage, usage } from "../../../core/tree/mod.ts";
import { seeded } from "../../support/random.ts";
import { imageOf } from "../../support/tree-text.ts";

const wasted = (tree: Tree, of: Usage = usage(tree)): string[] =>
  of.wasted.map(({ node, bytes, copies, kind }) => `${pathOf(tree, node)} ${bytes} of ${copies} ${kind}`);

const copy = (size: number, more: object = {}) => [{ path: "f", size, mtime: 1, ...more }];

describe("usage", () => {
  it("TREE-15: counts of N copies of a path all but the visible one as wasted, in both figures", () => {
    const { tree } = imageOf(copy(100), copy(100, { mtime: 2 }), copy(100, { mtime: 3 }));
    const sums = usage(tree);
    expect(wasted(tree)).toEqual(["/f 200 of 3 overwritten"]);
    expect(sums).toMatchObject({ totalBytes: 300, finalBytes: 100, wastedBytes: 200 });
    expect(sums.efficiency).toBeCloseTo(1 / 3, 12);
    expect(sums.diveEfficiency).toBeCloseTo(1 / 3, 12);
  });

  it("TREE-15: counts all copies of a removed path as wasted", () => {
    const { tree } = imageOf("d/ d/f=12345 d/g=1", "d/f=123", ".wh.d");
    expect(wasted(tree)).toEqual(["/d/f 8 of 2 removed", "/d/g 1 of 1 removed"]);
    expect(usage(tree)).toMatchObject({ totalBytes: 9, finalBytes: 0, efficiency: 0 });
    expect(usage(tree, { upTo: 1 })).toMatchObject({ totalBytes: 9, finalBytes: 4, wastedBytes: 5 });
  });

  it("TREE-15: tells bytes rewritten only for mode, owner or times from others", () => {
    const { tree } = imageOf(copy(900), copy(900, { uid: 5 }), copy(900, { uid: 5 }), copy(10, { mtime: 2 }));
    expect(usage(tree).wastedBy).toEqual({ overwritten: 900, removed: 0, metadata: 1800, unused: 0 });
    expect(usage(tree).layers.map(({ wasted: bytes }) => bytes)).toEqual([900, 900, 900, 0]);
  });

  it("TREE-15: says nothing of efficiency where there are no bytes", () => {
    for (const tree of [createTree(), imageOf("").tree, imageOf("a/ b→a").tree]) {
      expect(usage(tree)).toMatchObject({
        totalBytes: 0,
        wastedBytes: 0,
        efficiency: undefined,
        diveEfficiency: undefined,
        wasted: [],
      });
    }
  });

  it("TREE-15: is not put off by a whiteout that hides nothing", () => {
    const { tree } = imageOf("a=1", ".wh.nope a=2 b=3", "b=44");
    expect(usage(tree)).toMatchObject({ totalBytes: 5, finalBytes: 3, wastedBytes: 2 });
    expect(wasted(tree)).toEqual(["/a 1 of 2 overwritten", "/b 1 of 2 overwritten"]);
  });

  it("TREE-15: needs a file as long as one of its hard links is there", () => {
    const { tree } = imageOf("a=12345 b⇒a", ".wh.a", ".wh.b");
    expect(usage(tree, { upTo: 1 })).toMatchObject({ totalBytes: 5, wastedBytes: 0 });
    expect(usage(tree)).toMatchObject({ totalBytes: 5, wastedBytes: 5 });
    expect(wasted(tree)).toEqual(["/a 5 of 1 removed"]);
  });

  it("TREE-15: counts bytes that nothing ever shows as unused", () => {
    const { tree } = imageOf("a=123 a=1 .wh..wh.orph/x=12 .wh.q/r=1234 .wh.gone=5");
    expect(usage(tree)).toMatchObject({ totalBytes: 11, finalBytes: 1, wastedBy: { unused: 10 } });
  });

  it("TREE-15: tells for each layer what it ships, changes and hides", () => {
    const { tree } = imageOf("a/ a/x=1 a/y=22 b=333", "a/ a/x=4444 c=1 .wh.b");
    expect(usage(tree).layers).toEqual([
      {
        layer: 0,
        bytes: 6,
        files: 3,
        wasted: 4,
        added: 5,
        changed: 0,
        removed: 0,
        metadata: 0,
        same: 0,
        hidden: 0,
      },
      {
        layer: 1,
        bytes: 5,
        files: 2,
        wasted: 0,
        added: 1,
        changed: 1,
        removed: 1,
        metadata: 0,
        same: 1,
        hidden: 4,
      },
    ]);
  });

  it("TREE-15: lists the largest first, and no more than asked", () => {
    const { tree } = imageOf("a=1 b=333 c=22", ".wh.a .wh.b .wh.c");
    expect(wasted(tree, usage(tree, { most: 2 }))).toEqual(["/b 3 of 1 removed", "/c 2 of 1 removed"]);
  });

  it("TREE-15: always splits the total into final and wasted bytes, and agrees with the merged file system", () => {
    const random = seeded(11);
    const pick = (from: string): string => from[Math.floor(random() * from.length)];
    for (let run = 0; run < 60; run++) {
      const layers = Array.from({ length: 5 }, () =>
        Array.from({ length: 8 }, () => {
          const path = `${pick("ab")}/${pick("xyz")}${random() < 0.3 ? `/${pick("mn")}` : ""}`;
          const form = random();
          if (form < 0.15) return path.replace(/[^/]+$/, ".wh.$&");
          if (form < 0.2) return path.replace(/[^/]+$/, ".wh..wh..opq");
          if (form < 0.3) return `${path}⇒${pick("ab")}/${pick("xyz")}`;
          if (form < 0.35) return `${path}→../${pick("ab")}`;
          return form < 0.5 ? `${path}/` : `${path}=${"1".repeat(Math.floor(random() * 9))}`;
        }).join(" "),
      );
      const { tree } = imageOf(...layers);
      const sums = usage(tree);
      expect(sums.finalBytes + sums.wastedBytes).toBe(sums.totalBytes);
      expect(Object.values(sums.wastedBy).reduce((all, bytes) => all + bytes, 0)).toBe(sums.wastedBytes);
      expect(sums.wastedBytes).toBeLessThanOrEqual(sums.totalBytes);
      expect(sums.efficiency ?? 1).toBeGreaterThanOrEqual(0);
    }
  });

  it("TREE-16: scores as dive does: smallest copy over all copies, a removed directory charged with what it hides", () => {
    const { tree } = imageOf("d/ d/f=1234 g=12", "g=123456 .wh.d");
    // Copies: d/f 4, g 2 and 6, the whiteout 4; the smallest: 4, 2, 0.
    expect(usage(tree).diveEfficiency).toBeCloseTo(6 / 16, 12);
    expect(usage(tree).efficiency).toBeCloseTo(6 / 12, 12);
  });

  it("TREE-16: gives a whiteout without target no weight", () => {
    expect(usage(imageOf("a=1", ".wh.nope").tree).diveEfficiency).toBe(1);
  });
});
