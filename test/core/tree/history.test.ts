import { describe, expect, it } from "vitest";
import {
  foldLayers,
  historyOf,
  lookup,
  nameBytes,
  nameOf,
  nodeEntry,
  pathBytes,
  pathOf,
  resolve,
  stateAt,
  type Tree,
  targetOf,
} from "../../../core/tree/mod.ts";
import { type LayerEntry, tableOf } from "../../support/layers.ts";
import { imageOf } from "../../support/tree-text.ts";

const changes = (tree: Tree, path: string): string[] =>
  historyOf(tree, lookup(tree, path)!).map(
    ({ layer, kind, differences }) =>
      `${layer} ${kind}${differences.length > 0 ? ` (${differences.join(", ")})` : ""}`,
  );

const file = (path: string, more: Partial<LayerEntry> = {}): LayerEntry => ({
  path,
  content: "abc",
  mtime: 5,
  ...more,
});

describe("historyOf", () => {
  it("TREE-11: tells which layers added, changed, removed and added again a path", () => {
    const { tree } = imageOf("d/ d/f=1", "x=1", "d/f=22", ".wh.d", "d/ d/f=4");
    expect(changes(tree, "d/f")).toEqual(["0 added", "2 changed (content, mtime)", "3 removed", "4 added"]);
    expect(changes(tree, "d")).toEqual(["0 added", "3 removed", "4 added"]);
    expect(changes(tree, "x")).toEqual(["1 added"]);
  });

  it("TREE-11: gives every version's content, older ones too", () => {
    const { tree } = imageOf("f=1", "f=22", ".wh.f");
    expect(historyOf(tree, lookup(tree, "f")!).map(({ entry }) => entry?.content)).toEqual([
      { layer: 0, row: 0 },
      { layer: 1, row: 0 },
      undefined,
    ]);
    expect(nodeEntry(tree, lookup(tree, "f")!, 0)).toMatchObject({ size: 1, layer: 0 });
    expect(nodeEntry(tree, lookup(tree, "f")!, 2)).toBeUndefined();
  });

  it("TREE-11: counts one change a layer, against what was there before it", () => {
    const { tree } = imageOf("f=1 g=1", ".wh.f f=2 f=33 g=2 .wh.g", "f/ f/x=1 f=1");
    expect(changes(tree, "f")).toEqual([
      "0 added",
      "1 changed (content, mtime)",
      "2 changed (content, mtime)",
    ]);
    expect(changes(tree, "g")).toEqual(["0 added", "1 changed (content, mtime)"]);
    expect(changes(tree, "f/x")).toEqual([]);
  });

  it("TREE-12: writes a removal for everything below what was removed, with the entry that did it", () => {
    const { tree } = imageOf("d/ d/e/ d/e/f=1 p/ p/q=1 o/ o/x=1", ".wh.d p→d o/.wh..wh..opq");
    for (const [path, row] of [
      ["d", 0],
      ["d/e", 0],
      ["d/e/f", 0],
      ["p/q", 1],
      ["o/x", 2],
    ] as const) {
      expect(historyOf(tree, lookup(tree, path)!).at(-1)).toMatchObject({ kind: "removed", layer: 1, row });
    }
    expect(changes(tree, "p")).toEqual(["0 added", "1 changed (type, mode)"]);
    expect(changes(tree, "o")).toEqual(["0 added"]);
  });

  it("TREE-13: tells a rewrite of mode, owner or time from one of content", () => {
    const { tree } = imageOf(
      [file("f"), { path: "d", type: "dir" }, { path: "s", type: "symlink", link: "x" }],
      [
        file("f", { uid: 7 }),
        { path: "d", type: "dir", mode: 0o700 },
        { path: "s", type: "symlink", link: "y" },
      ],
      [file("f", { uid: 7 }), { path: "d", type: "dir", mode: 0o700 }],
      [file("f", { uid: 7, mode: 0o600 })],
      [file("f", { uid: 7, mode: 0o600, content: "abcd" })],
    );
    expect(changes(tree, "f")).toEqual([
      "0 added",
      "1 metadata (owner)",
      "2 same",
      "3 metadata (mode)",
      "4 changed (content)",
    ]);
    expect(changes(tree, "d")).toEqual(["0 added", "1 metadata (mode)", "2 same"]);
    expect(changes(tree, "s")).toEqual(["0 added", "1 changed (link)"]);
  });

  it("TREE-13: takes equal size and time for equal content, unless digests say otherwise", () => {
    const layers = [[file("f")], [file("f", { mtime: 6 })], [file("f", { mtime: 6, mode: 0o600 })]];
    const digest = (byte: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(byte);
    expect(changes(imageOf(...layers).tree, "f")).toEqual([
      "0 added",
      "1 changed (content, mtime)",
      "2 metadata (mode)",
    ]);
    const tree = foldLayers(layers.map(tableOf), { fileDigests: [digest(1), digest(1), digest(2)] });
    expect(changes(tree, "f")).toEqual(["0 added", "1 metadata (mtime)", "2 changed (content, mode)"]);
  });

  it("TREE-13: takes a time with a fraction for the same second without one", () => {
    const { tree } = imageOf(
      [file("f", { mtime: 5.25 })],
      [file("f", { mtime: 5 })],
      [file("f", { mtime: 5.5 })],
    );
    expect(changes(tree, "f")).toEqual(["0 added", "1 same", "2 same"]);
  });

  it("TREE-3: flags a directory that no entry lists, with the attributes Docker gives it", () => {
    const { tree } = imageOf("a/b=1", "a/@0700");
    expect(nodeEntry(tree, lookup(tree, "a")!, 0)).toMatchObject({
      type: "dir",
      mode: 0o755,
      uid: 0,
      implicit: true,
      row: -1,
    });
    expect(nodeEntry(tree, lookup(tree, "a")!, 1)).toMatchObject({ mode: 0o700, implicit: false });
    expect(changes(tree, "a")).toEqual(["0 added", "1 metadata (mode)"]);
  });

  it("TREE-9: gives names of one file the attributes of the last header that names it", () => {
    const { tree } = imageOf("a=1@0640 b⇒a@0600", "a=2", "c⇒b@0777");
    for (const name of ["a", "b"]) expect(nodeEntry(tree, lookup(tree, name)!, 0)?.mode).toBe(0o600);
    expect(nodeEntry(tree, lookup(tree, "b")!, 2)).toMatchObject({
      type: "link",
      contentType: "file",
      mode: 0o600,
      size: 1,
    });
    expect(nodeEntry(tree, lookup(tree, "c")!, 2)).toMatchObject({
      content: { layer: 0, row: 0 },
      mode: 0o777,
    });
  });

  it("TREE-9: judges a rewritten file by the attributes that its hard links leave it with", () => {
    const group = [
      file("a", { mode: 0o640 }),
      { path: "b", type: "link", link: "a", mode: 0o600, mtime: 5 },
    ] as const;
    expect(changes(imageOf(group, group).tree, "a")).toEqual(["0 added", "1 same"]);
  });

  it("TREE-9: marks a hard link that leads nowhere as broken, without content", () => {
    const { tree } = imageOf("a⇒nope");
    expect(nodeEntry(tree, lookup(tree, "a")!, 0)).toMatchObject({
      broken: true,
      content: undefined,
      size: 0,
      link: "nope",
    });
  });
});

describe("lookup", () => {
  it("finds paths however they are written, as of a layer or of any", () => {
    const { tree } = imageOf("a/ a/b=1", ".wh.a");
    const node = lookup(tree, "/a//./x/../b/");
    expect(pathOf(tree, node!)).toBe("/a/b");
    expect(lookup(tree, "a/b", { layer: 0 })).toBe(node);
    expect(lookup(tree, "a/b", { layer: 1 })).toBeUndefined();
    expect(lookup(tree, "nope")).toBeUndefined();
    expect(pathOf(tree, lookup(tree, "/")!)).toBe("/");
    expect(stateAt(tree, node!, 0)).toMatchObject({ layer: 0, row: 1, kind: "added" });
  });

  it("keeps names that are not UTF-8 as bytes beside a lossy text", () => {
    const name = Uint8Array.of(0x64, 0x2f, 0xe9, 0x61);
    const { tree } = imageOf([{ path: name, content: "1" }]);
    const node = lookup(tree, name)!;
    expect(nameOf(tree, node)).toBe("\ufffda");
    expect([...nameBytes(tree, node)]).toEqual([0xe9, 0x61]);
    expect([...pathBytes(tree, node)]).toEqual([0x2f, ...name]);
  });
});

describe("resolve", () => {
  const { tree } = imageOf(
    "a/ a/f=1 abs→/a/f rel→a up→../../../a/f dir→a in/ in/out→../a loop→loop x→y y→x none→gone f=2 file→f/x long→dir/./../dir//f h⇒a/f hs⇒rel",
    ".wh.a",
  );
  const where = (path: string, layer = 0, followLast = true): string => {
    const found = resolve(tree, path, { layer, followLast });
    return found.found ? pathOf(tree, found.node) : found.reason;
  };

  it("TREE-14: follows links inside the image and nowhere else", () => {
    expect(where("/abs")).toBe("/a/f");
    expect(where("rel/f")).toBe("/a/f");
    expect(where("up")).toBe("/a/f");
    expect(where("in/out/f")).toBe("/a/f");
    expect(where("long")).toBe("/a/f");
    expect(where("/../../a/..")).toBe("/");
    expect(where("dir/../f")).toBe("/f");
  });

  it("TREE-14: says why a path leads nowhere", () => {
    expect(where("loop")).toBe("cycle");
    expect(where("x/z")).toBe("cycle");
    expect(where("none")).toBe("missing");
    expect(where("file")).toBe("not-a-directory");
    expect(where("abs", 1)).toBe("missing");
    expect(where("")).toBe("/");
  });

  it("TREE-14: leaves the last link alone when asked", () => {
    expect(where("abs", 0, false)).toBe("/abs");
    expect(where("loop", 0, false)).toBe("/loop");
    expect(where("dir/f", 0, false)).toBe("/a/f");
  });

  it("TREE-14: goes to the target of symlinks and of hard links", () => {
    const target = (path: string): string => {
      const found = targetOf(tree, lookup(tree, path)!, 0);
      return found.found ? pathOf(tree, found.node) : found.reason;
    };
    expect(target("abs")).toBe("/a/f");
    expect(target("h")).toBe("/a/f");
    expect(target("hs")).toBe("/rel");
    expect(target("x")).toBe("cycle");
    expect(target("f")).toBe("/f");
  });

  it("TREE-14: does not follow targets longer than a path may be", () => {
    const long = imageOf([{ path: "l", type: "symlink", link: "a/".repeat(3000) }]);
    expect(resolve(long.tree, "l", { layer: 0 })).toMatchObject({ found: false, reason: "limit" });
  });
});
