import { describe, expect, it } from "vitest";
import {
  addLayer,
  CHANGE_KINDS,
  createTree,
  dropLayer,
  INSIDE,
  layerCount,
  measure,
  mergedEntries,
  pathOf,
  type Tree,
} from "../../../core/tree/mod.ts";
import { entriesOf, tableOf } from "../../support/layers.ts";
import { seeded } from "../../support/random.ts";

function randomLayer(random: () => number): string {
  const pick = (from: string): string => from[Math.floor(random() * from.length)];
  return Array.from({ length: Math.floor(random() * 9) }, () => {
    const depth = 1 + Math.floor(random() * 4);
    const directory = Array.from({ length: depth - 1 }, () => `${pick("abc")}/`).join("");
    const form = random();
    if (form < 0.15) return `${directory}.wh.${pick("abc")}`;
    if (form < 0.2) return `${directory}.wh..wh..opq`;
    if (form < 0.27) return `${directory}${pick("abc")}⇒${pick("abc")}/${pick("abc")}`;
    if (form < 0.34) return `${directory}${pick("abc")}→${pick("./")}${pick("./")}/${pick("abc")}`;
    return form < 0.55
      ? `${directory}${pick("abc")}/`
      : `${directory}${pick("abc")}=${Math.floor(random() * 100)}`;
  }).join(" ");
}

/** Everything that is there, with the layer and row it comes from. */
function listing(tree: Tree): string {
  const upTo = layerCount(tree) - 1;
  return [...mergedEntries(tree, upTo)]
    .map(
      ({ path, entry }) => `${path} ${entry.contentType} ${entry.layer}:${entry.row} ${entry.content?.row}`,
    )
    .join("\n");
}

/** What the layers from `since` on come to, by path. */
function marks(tree: Tree, since: number): Map<string, string> {
  const { event, mark } = measure(tree, {
    upTo: layerCount(tree) - 1,
    since,
    scope: "merged",
    removed: true,
  });
  const found = new Map<string, string>();
  for (let node = 0; node < tree.nodeCount; node++) {
    const kind = CHANGE_KINDS[mark[node] & ~INSIDE];
    if (event[node] >= 0 && kind !== "none" && kind !== "same") found.set(pathOf(tree, node), kind);
  }
  return found;
}

describe("dropLayer", () => {
  it("TREE-22: leaves what was there before, and another layer folds as if it had never been", () => {
    const random = seeded(91);
    for (let run = 0; run < 400; run++) {
      const layers = Array.from({ length: 4 }, () => tableOf(entriesOf(randomLayer(random))));
      const tree = createTree();
      const fresh = createTree();
      for (const [at, table] of layers.entries()) {
        // Two that are tried and taken off again, in between.
        const tried = [0, 1].map(() => tableOf(entriesOf(randomLayer(random))));
        for (const one of tried) addLayer(tree, one);
        measure(tree, { upTo: at, scope: "merged" });
        dropLayer(tree);
        dropLayer(tree);
        addLayer(tree, table);
        addLayer(fresh, table);
        expect(listing(tree)).toBe(listing(fresh));
        expect(tree.problemCount).toBe(fresh.problemCount);
        expect(marks(tree, at)).toEqual(marks(fresh, at));
      }
    }
  });

  it("refuses a tree without layers", () => {
    expect(() => dropLayer(createTree())).toThrow(RangeError);
  });
});

describe("measure of several layers", () => {
  const tree = createTree();
  for (const layer of [
    "a/ a/x=1 a/y=1 a/z=1 d/ d/e=1",
    "a/n=1 a/x=2 .wh.d",
    "a/n=2 a/.wh.y a/t=1",
    "a/.wh.t a/y=5",
  ])
    addLayer(tree, tableOf(entriesOf(layer)));

  it("TREE-22: tells what they come to, not what the last one did", () => {
    expect(Object.fromEntries(marks(tree, 1))).toEqual({
      "/a/n": "added",
      "/a/x": "changed",
      "/a/y": "changed",
      "/d": "removed",
      "/d/e": "removed",
    });
  });

  it("is that of one layer where they begin with the last", () => {
    expect(Object.fromEntries(marks(tree, 3))).toEqual({ "/a/t": "removed", "/a/y": "added" });
  });

  it("counts the bytes that they wrote in a view of them alone", () => {
    const { bytes, count } = measure(tree, { upTo: 3, since: 1, scope: "layer" });
    // n, x and y; the directories a and d, d/e.
    expect(count).toBe(6);
    // What removals hide is apart.
    expect(bytes[0]).toBe(3);
  });
});
