import { describe, expect, it } from "vitest";
import {
  CHANGE_KINDS,
  children,
  diff,
  type FlattenOptions,
  flatten,
  INSIDE,
  lookup,
  matchNodes,
  measure,
  nameOf,
  parseQuery,
  pathOf,
  type Tree,
} from "../../../core/tree/mod.ts";
import { imageOf } from "../../support/tree-text.ts";

const image = imageOf(
  "a/ a/x=1 a/y=22 a/s/ a/s/z=333 b=4444 k/ k/l=1 e/",
  ".wh.b a/.wh.s a/x=55555 n/ n/m=1 k/ h⇒a/y",
);

const marks = (
  tree: Tree,
  upTo: number,
  scope: "merged" | "layer",
  removed = false,
): Record<string, string> => {
  const { event, mark } = measure(tree, { upTo, scope, removed });
  const out: Record<string, string> = {};
  for (const [node, at] of event.entries()) {
    if (at < 0 || node === 0) continue;
    const kind = CHANGE_KINDS[mark[node] & ~INSIDE];
    out[pathOf(tree, node)] = (mark[node] & INSIDE) === 0 ? kind : `${kind}, inside`;
  }
  return out;
};

const sums = (
  tree: Tree,
  path: string,
  upTo: number,
  scope: "merged" | "layer" = "merged",
): readonly number[] => {
  const { bytes, entries } = measure(tree, { upTo, scope });
  const node = lookup(tree, path)!;
  return [bytes[node], entries[node]];
};

describe("measure", () => {
  it("TREE-17: has what one layer did, deletions among it, and the directories above", () => {
    expect(marks(image.tree, 1, "layer")).toEqual({
      "/a": "none, inside",
      "/a/x": "changed",
      "/a/s": "removed, inside",
      "/a/s/z": "removed",
      "/b": "removed",
      "/n": "added, inside",
      "/n/m": "added",
      "/k": "same",
      "/h": "added",
    });
  });

  it("TREE-17: has the whole file system, with what was removed only when asked", () => {
    expect(Object.keys(marks(image.tree, 1, "merged"))).toHaveLength(9);
    expect(marks(image.tree, 1, "merged")).toMatchObject({ "/a/y": "none", "/e": "none" });
    expect(marks(image.tree, 1, "merged", true)).toMatchObject({ "/a/s/z": "removed", "/b": "removed" });
    expect(measure(image.tree, { upTo: 1, scope: "merged" }).count).toBe(9);
  });

  it("TREE-17: sums bytes and entries of directories, hard links once", () => {
    expect(sums(image.tree, "/", 0)).toEqual([11, 9]);
    expect(sums(image.tree, "/", 1)).toEqual([9, 9]);
    expect(sums(image.tree, "a", 1)).toEqual([7, 2]);
    expect(sums(image.tree, "h", 1)).toEqual([0, 0]);
  });

  it("TREE-17: tells what a removal hides, apart from what the layer wrote", () => {
    expect(sums(image.tree, "a/s", 1, "layer")).toEqual([3, 1]);
    expect(sums(image.tree, "b", 1, "layer")).toEqual([4, 0]);
    expect(sums(image.tree, "a", 1, "layer")).toEqual([5, 1]);
    expect(sums(image.tree, "/", 1, "layer")).toEqual([6, 6]);
  });

  it("TREE-17: answers for earlier layers after later ones were added", () => {
    expect(marks(image.tree, 0, "merged")["/b"]).toBe("added");
    expect(() => measure(image.tree, { upTo: 2, scope: "merged" })).toThrow(RangeError);
  });

  it("lists children in byte order", () => {
    const { tree } = imageOf("b=1 a=1 B=1 ab=1 ü=1");
    expect([...children(tree, 0, { upTo: 0, scope: "merged" })].map((node) => nameOf(tree, node))).toEqual([
      "B",
      "a",
      "ab",
      "b",
      "ü",
    ]);
    expect(children(image.tree, lookup(image.tree, "a/s")!, { upTo: 1, scope: "merged" })).toHaveLength(0);
  });
});

const rows = (options: Partial<FlattenOptions>, tree = image.tree): string[] => {
  const list = flatten(tree, { view: { upTo: 1, scope: "merged" }, ...options });
  return [...list.node].map((node, row) => `${"  ".repeat(list.depth[row])}${nameOf(tree, node)}`);
};

describe("flatten", () => {
  it("TREE-18: lists what is unfolded, in order", () => {
    expect(rows({})).toEqual(["a", "e", "h", "k", "n"]);
    expect(rows({ expanded: new Set([lookup(image.tree, "a")!]) })).toEqual([
      "a",
      "  x",
      "  y",
      "e",
      "h",
      "k",
      "n",
    ]);
    expect(rows({ expanded: "all" })).toEqual(["a", "  x", "  y", "e", "h", "k", "  l", "n", "  m"]);
    expect(rows({ expanded: "all", view: { upTo: 0, scope: "merged" } })).toEqual([
      "a",
      "  s",
      "    z",
      "  x",
      "  y",
      "b",
      "e",
      "k",
      "  l",
    ]);
  });

  it("TREE-18: sorts siblings by name, size and time, both ways, directories first when asked", () => {
    const view = { upTo: 0, scope: "merged" } as const;
    expect(rows({ view, descending: true })).toEqual(["k", "e", "b", "a"]);
    expect(rows({ view, sort: "size" })).toEqual(["e", "k", "b", "a"]);
    expect(rows({ view, sort: "size", descending: true })).toEqual(["a", "b", "k", "e"]);
    expect(rows({ view, directoriesFirst: true })).toEqual(["a", "e", "k", "b"]);
    const { tree } = imageOf([
      { path: "new", mtime: 9.5 },
      { path: "old", mtime: -3 },
      { path: "mid", mtime: 0 },
      { path: "nil", mtime: 0 },
    ]);
    expect(rows({ view, sort: "mtime" }, tree)).toEqual(["old", "mid", "nil", "new"]);
    expect(rows({ view, sort: "mtime", descending: true }, tree)).toEqual(["new", "mid", "nil", "old"]);
  });

  it("TREE-18: tells depth, place and number of siblings, and what is unfolded", () => {
    const list = flatten(image.tree, { view: { upTo: 1, scope: "merged" }, expanded: "all" });
    expect([...list.position]).toEqual([1, 1, 2, 2, 3, 4, 1, 5, 1]);
    expect([...list.siblings]).toEqual([5, 2, 2, 5, 5, 5, 1, 5, 1]);
    expect([...list.unfolded]).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0]);
    expect(list.count).toBe(9);
  });

  it("TREE-18: shows matches with the directories above them", () => {
    const view = { upTo: 0, scope: "merged" } as const;
    const filter = matchNodes(image.tree, parseQuery("z"), view);
    expect(rows({ view, filter })).toEqual(["a", "  s", "    z"]);
    expect(rows({ view, filter, collapsed: new Set([lookup(image.tree, "a/s")!]) })).toEqual(["a", "  s"]);
  });

  it("TREE-18: shows everything below a match that is unfolded", () => {
    const view = { upTo: 0, scope: "merged" } as const;
    const filter = matchNodes(image.tree, parseQuery("/^a$/"), view);
    expect(rows({ view, filter })).toEqual(["a"]);
    const expanded = new Set([lookup(image.tree, "a")!]);
    expect(rows({ view, filter, expanded })).toEqual(["a", "  s", "  x", "  y"]);
  });

  it("TREE-18: shows only what changed when asked, and removals where the view has them", () => {
    expect(rows({ changedOnly: true, expanded: "all" })).toEqual(["a", "  x", "h", "n", "  m"]);
    const view = { upTo: 1, scope: "merged", removed: true } as const;
    expect(rows({ view, changedOnly: true, expanded: "all" })).toEqual([
      "a",
      "  s",
      "    z",
      "  x",
      "b",
      "h",
      "n",
      "  m",
    ]);
    expect(rows({ view: { upTo: 1, scope: "layer" } })).toEqual(["a", "b", "h", "k", "n"]);
  });
});

describe("diff", () => {
  const differences = (
    a: Parameters<typeof diff>[0],
    b: Parameters<typeof diff>[0],
    options = {},
  ): string[] => {
    const { count, kind, a: nodesA, b: nodesB } = diff(a, b, options);
    return Array.from({ length: count }, (_, at) => {
      const path = nodesA[at] < 0 ? pathOf(b.tree, nodesB[at]) : pathOf(a.tree, nodesA[at]);
      return `${CHANGE_KINDS[kind[at]]} ${path}`;
    });
  };

  it("TREE-20: tells two layers of one image apart", () => {
    const side = (upTo: number) => ({ tree: image.tree, view: { upTo, scope: "merged" } as const });
    expect(differences(side(0), side(1))).toEqual([
      "removed /a/s",
      "removed /a/s/z",
      "changed /a/x",
      "removed /b",
      "added /h",
      "added /n",
      "added /n/m",
    ]);
    expect(differences(side(1), side(1))).toEqual([]);
  });

  it("TREE-20: tells two images apart by path, whatever their layers", () => {
    const view = { upTo: 0, scope: "merged" } as const;
    const one = imageOf([
      { path: "d", type: "dir" },
      { path: "d/f", content: "abc", mtime: 1 },
      { path: "d/g", content: "abc", mtime: 1 },
      { path: "t", type: "dir" },
      { path: "t/u", content: "1" },
    ]);
    const two = imageOf([
      { path: "d/g", content: "abc", mtime: 1, mode: 0o600 },
      { path: "d/f", content: "abc", mtime: 2 },
      { path: "t", content: "" },
    ]);
    const sides = [
      { tree: one.tree, view },
      { tree: two.tree, view },
    ] as const;
    expect(differences(...sides)).toEqual(["changed /d/f", "metadata /d/g", "changed /t", "removed /t/u"]);
    expect(differences(...sides, { ignoreTimes: true })).toEqual([
      "metadata /d/g",
      "changed /t",
      "removed /t/u",
    ]);
  });
});
