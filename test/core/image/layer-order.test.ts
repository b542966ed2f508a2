import { describe, expect, it } from "vitest";
import { type LayerChanges, orderedLayer } from "../../../core/image/mod.ts";
import {
  composeTar,
  compositionSource,
  encodeGoHeader,
  readTable,
  type TarMember,
} from "../../../core/tar/mod.ts";
import { foldLayers } from "../../../core/tree/mod.ts";
import { entry, lines, linesOf, link } from "../../support/containers.ts";
import { seeded } from "../../support/random.ts";

const paths = (changes: LayerChanges): string[] =>
  orderedLayer(changes).map(({ entry: { type, path, link: to } }) =>
    type === "link" ? `${path}⇒${to}` : path,
  );

async function opened(members: readonly TarMember[]) {
  const tar = compositionSource(composeTar(members, { encode: encodeGoHeader }));
  const descriptor = { mediaType: "", digest: `sha256:${"0".repeat(64)}`, size: tar.size } as const;
  return { descriptor, table: await readTable(tar), tar };
}

describe("the order of a layer", () => {
  it("puts a directory before what is in it, siblings by their bytes, slashes before all of them", () => {
    const members = ["a-b", "a/b", "a", "a.c", "ü", "B", "a/b/c", "."].map((path) => entry(path, "dir"));
    expect(paths({ members })).toEqual(["./", "B", "a", "a/b", "a/b/c", "a-b", "a.c", "ü"]);
  });

  it("puts markers before siblings, the opaque one first", () => {
    expect(
      paths({
        members: [entry("d", "dir"), entry("d/!"), entry("d/.a")],
        removed: ["d/z", "d/b", "top"],
        opaque: ["d", "."],
      }),
    ).toEqual([".wh..wh..opq", ".wh.top", "d", "d/.wh..wh..opq", "d/.wh.b", "d/.wh.z", "d/!", "d/.a"]);
  });

  it("gives the content of a file to the first of its names", async () => {
    const members = [
      entry("z", { content: "z" }, { mode: 0o600 }),
      link("a", "z"),
      link("b", "./a"),
      link("c", "/lower"),
    ];
    const ordered = orderedLayer({ members });
    expect(await lines(ordered)).toEqual([
      "file 600 made a = z",
      "link 600 made b ⇒ a",
      "link 644 made c ⇒ /lower",
      "link 600 made z ⇒ a",
    ]);
  });

  it("ends where hard links lead in a circle", () => {
    expect(paths({ members: [link("a", "b"), link("b", "a"), link("c", "c")] })).toHaveLength(3);
  });

  it("takes the last of equal paths, a slash at the end or not", () => {
    expect(
      orderedLayer({ members: [entry("a"), entry("a/", "dir")] }).map(({ entry: { type } }) => type),
    ).toEqual(["dir"]);
  });

  it.each(["", "/a", "a//b", "a/../b", "..", "a/.", ".wh.a", "a/.wh..wh..opq", "a\0b", ".wh..wh.plnk/1"])(
    "refuses the path %j",
    (path) => {
      expect(() => orderedLayer({ members: [entry(path)] })).toThrow(RangeError);
      expect(() => orderedLayer({ members: [], removed: [path] })).toThrow(RangeError);
    },
  );

  it("does not depend on the order in which changes were made, and is read as the tree that was meant", async () => {
    const random = seeded(11);
    const names = ["a", "b", "c.d", "ü", "-"];
    for (let round = 0; round < 40; round++) {
      const tree = new Map<string, TarMember>();
      const grow = (at: string, depth: number): void => {
        for (const name of names) {
          if (random() < 0.5) continue;
          const path = at === "" ? name : `${at}/${name}`;
          if (depth < 3 && random() < 0.6) {
            tree.set(path, entry(path, "dir", { mode: 0o700 + depth }));
            grow(path, depth + 1);
          } else if (random() < 0.3) tree.set(path, entry(path, { to: "x" }));
          else tree.set(path, entry(path, { content: path }));
        }
      };
      grow("", 0);
      const files = [...tree.values()].filter(({ entry: { type } }) => type === "file");
      const members = [...tree.values()];
      for (const [
        n,
        {
          entry: { path },
        },
      ] of files.entries())
        if (n % 4 === 0) members.push(link(`l${n}`, path));
      const shuffled = members
        .map((member) => ({ member, by: random() }))
        .sort((x, y) => x.by - y.by)
        .map(({ member }) => member);
      const ordered = await lines(orderedLayer({ members }));
      expect(await lines(orderedLayer({ members: shuffled }))).toEqual(ordered);
      const layer = await opened(orderedLayer({ members: shuffled }));
      expect(await linesOf({ tree: foldLayers([layer.table]), layers: [layer], upTo: 0 })).toEqual(ordered);
    }
  });
});
