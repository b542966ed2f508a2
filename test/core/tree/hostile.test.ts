import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import {
  addLayer,
  createTree,
  flatten,
  foldLayers,
  lookup,
  measure,
  mergedEntries,
  nameBytes,
  pathBytes,
  problemsOf,
  resolve,
  type Tree,
  treeMemory,
  treeTransfer,
  usage,
} from "../../../core/tree/mod.ts";
import { type LayerEntry, tableOf } from "../../support/layers.ts";
import { imageOf } from "../../support/tree-text.ts";

const MERGED = { upTo: 0, scope: "merged" } as const;

/** `count` files of one directory. */
const files = (count: number, directory: string): LayerEntry[] =>
  Array.from({ length: count }, (_, at) => ({ path: `${directory}/${at}`, content: "x" }));

describe("hostile layers", () => {
  it("TREE-21: a path a million directories deep is one path", () => {
    const path = new Uint8Array(2_000_000).fill(0x61);
    for (let at = 1; at < path.length; at += 2) path[at] = 0x2f;
    const tree = foldLayers([tableOf([{ path, type: "dir" }])]);
    expect(tree.nodeCount).toBe(1_000_001);
    expect(pathBytes(tree, 1_000_000)).toHaveLength(2_000_000);
    expect(measure(tree, MERGED).entries[0]).toBe(1_000_000);
    expect(flatten(tree, { view: MERGED, expanded: "all" }).count).toBe(1_000_000);
    addLayer(tree, tableOf([{ path: ".wh.a" }]));
    expect(measure(tree, { upTo: 1, scope: "merged" }).count).toBe(0);
    expect(usage(tree).totalBytes).toBe(0);
  });

  it("TREE-21: names of a megabyte are names", () => {
    const { tree } = imageOf([
      { path: "n".repeat(1_000_000) },
      { path: `d/${"m".repeat(1_000_000)}`, content: "1" },
    ]);
    expect(nameBytes(tree, 1)).toHaveLength(1_000_000);
    expect(tree.nodeCount).toBe(4);
    expect(problemsOf(imageOf([{ path: `.wh.${"x".repeat(1e6)}` }]).tree)[0].message.length).toBeLessThan(
      400,
    );
  });

  it("TREE-12: layers that make a big directory and take it away again cost what they list", () => {
    const tree = createTree();
    const big = tableOf(files(20_000, "d"));
    const away = tableOf([{ path: ".wh.d" }]);
    for (let layer = 0; layer < 10; layer++) addLayer(tree, layer % 2 === 0 ? big : away);
    expect(tree.eventCount).toBeLessThan(10 * 20_002);
    // Many small layers after it do not go through what is long gone.
    const one = tableOf([{ path: "d/0", content: "y" }]);
    for (let layer = 0; layer < 2000; layer++) addLayer(tree, layer % 2 === 0 ? one : away);
    expect(tree.eventCount).toBeLessThan(10 * 20_002 + 2 * 2000);
    expect(tree.nodeCount).toBe(20_002);
  });

  it("TREE-5: thousands of markers for a big directory of the same layer go through it once", () => {
    const entries: LayerEntry[] = files(20_000, "d");
    for (let at = 0; at < 20_000; at++) entries.push({ path: at % 2 === 0 ? "d/.wh..wh..opq" : ".wh.d" });
    const tree = foldLayers([tableOf([{ path: "d/old" }]), tableOf(entries)]);
    expect(measure(tree, { upTo: 1, scope: "merged" }).count).toBe(20_001);
    expect(tree.eventCount).toBeLessThan(20_010);
  });

  it("TREE-4: long ways through links are given up when their steps are spent", () => {
    const links: LayerEntry[] = [{ path: "t", type: "dir" }];
    for (let at = 0; at < 30; at++) {
      links.push({
        path: `l${at}`,
        type: "symlink",
        link: `${"./".repeat(1900)}${at === 0 ? "t" : `l${at - 1}`}`,
      });
    }
    for (let at = 0; at < 200; at++) links.push({ path: `l29/../l29/${at}/x` });
    const table = tableOf(links);
    const tree = createTree({ steps: 100_000 });
    addLayer(tree, table);
    expect(problemsOf(tree).map(({ code }) => code)).toContain("tree/parent");
    expect(foldLayers([table]).problemCount).toBe(0);
  });

  it("TREE-4: steps are spent by all layers together, and by slashes too", () => {
    const long: LayerEntry[] = [
      { path: "t", type: "dir" },
      { path: "l0", type: "symlink", link: `${"./".repeat(1900)}t` },
      { path: "s0", type: "symlink", link: `t${"/".repeat(4000)}` },
    ];
    const through = (link: string): ReturnType<typeof tableOf> =>
      tableOf([
        ...long,
        ...Array.from({ length: 20 }, (_, at) => [{ path: `${link}/${at}` }, { path: `t/y${at}` }]).flat(),
      ]);
    const problems = (link: string, layers: number): number =>
      foldLayers(Array(layers).fill(through(link)), { limits: { steps: 60_000 } }).problemCount;
    expect([problems("l0", 1), problems("s0", 1)]).toEqual([0, 0]);
    expect(problems("l0", 5)).toBeGreaterThan(0);
    expect(problems("s0", 10)).toBeGreaterThan(0);
  });

  it("TREE-21: too many paths, changes or layers are refused, and it is said what the limit is", () => {
    const refusal = (limits: object, ...tables: ReturnType<typeof tableOf>[]): string => {
      try {
        foldLayers(tables, { limits });
        return "";
      } catch (error) {
        if (!isCoreError(error, "bytes/limit")) throw error;
        return error.message;
      }
    };
    const table = tableOf(files(500, "d"));
    expect(refusal({ nodes: 100 }, table)).toBe("Cannot fold layers: more than 100 paths");
    expect(refusal({ events: 100 }, table)).toBe("Cannot fold layers: more than 100 changes");
    expect(refusal({ layers: 2 }, table, table, table)).toBe("Cannot fold layers: more than 2 layers");
    expect(refusal({ nodes: 502, events: 502 }, table)).toBe("");
    expect(refusal({ nodes: 501 }, table)).not.toBe("");
    expect(refusal({ events: 501 }, table)).not.toBe("");
  });

  it("TREE-21: names made to meet in one place of a hash table are found as fast as others", () => {
    // Thue-Morse words meet in polynomial hashes modulo a power of two, whatever the multiplier.
    const word = (index: number): string =>
      Array.from({ length: 12 }, (_, bit) => ((index >> bit) & 1 ? "abbabaab" : "baababba")).join("");
    const tree = foldLayers([tableOf(Array.from({ length: 4096 }, (_, at) => ({ path: word(at) })))]);
    expect(tree.nodeCount).toBe(4097);
    expect(lookup(tree, word(1234))).toBe(1235);
  });

  it("a tree crosses to another thread as it is, and layers may be added there", () => {
    const { tree } = imageOf("a/ a/b=1", "c=2");
    const copy: Tree = structuredClone(tree);
    addLayer(copy, tableOf([{ path: ".wh.a" }, { path: "d", content: "3" }]));
    expect([...mergedEntries(copy, 2)].map(({ path }) => path)).toEqual(["", "c", "d"]);
    expect(resolve(copy, "a/b", { layer: 1 }).found).toBe(true);
    expect(treeTransfer(copy).every((buffer) => buffer instanceof ArrayBuffer)).toBe(true);
    expect(treeMemory(copy)).toBe(treeTransfer(copy).reduce((sum, { byteLength }) => sum + byteLength, 0));
  });
});
