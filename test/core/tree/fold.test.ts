import { describe, expect, it } from "vitest";
import { problemsOf } from "../../../core/tree/mod.ts";
import { imageOf } from "../../support/tree-text.ts";

/** [case, lower layers, upper layer, result]: the vectors of the format reference, by the rule they show. */
const VECTORS: readonly (readonly [
  rule: string,
  fact: string,
  lower: string,
  upper: string,
  result: string,
])[] = [
  ["TREE-6", "an explicit whiteout removes a file", "a/ a/x=1 a/y=2", "a/.wh.x", "a/ a/y=2"],
  ["TREE-6", "an explicit whiteout removes a directory", "a/ a/b/ a/b/x=1 a/y=2", "a/.wh.b", "a/ a/y=2"],
  ["TREE-6", "whiteouts without target only make parents", "a/ a/x=1", "a/.wh.nope b/.wh.q", "a/ a/x=1 b/"],
  [
    "TREE-5",
    "an opaque marker before its siblings keeps them",
    "a/ a/x a/s/ a/s/z",
    "a/ a/.wh..wh..opq a/new=n",
    "a/ a/new=n",
  ],
  [
    "TREE-5",
    "an opaque marker after its siblings keeps them",
    "a/ a/x a/s/ a/s/z",
    "a/ a/new=n a/s/ a/s/k=k a/.wh..wh..opq",
    "a/ a/new=n a/s/ a/s/k=k",
  ],
  [
    "TREE-5",
    "an opaque marker keeps siblings whose parent is not listed",
    "a/ a/x a/s/ a/s/z",
    "a/s/k=k a/.wh..wh..opq",
    "a/ a/s/ a/s/k=k",
  ],
  ["TREE-5", "an opaque marker in a directory not listed empties it", "a/ a/x", "a/.wh..wh..opq", "a/"],
  ["TREE-5", "an opaque marker at the root empties it", "a/ a/x f=1", ".wh..wh..opq g=2", "g=2"],
  ["TREE-7", "a whiteout before a new file leaves the new one", "a/ a/x=1", "a/.wh.x a/x=new", "a/ a/x=new"],
  ["TREE-7", "a whiteout after a new file leaves the new one", "a/ a/x=1", "a/x=new a/.wh.x", "a/ a/x=new"],
  ["TREE-7", "a whiteout before a new directory empties it", "a/ a/x a/y", ".wh.a a/ a/z=3", "a/ a/z=3"],
  ["TREE-7", "a whiteout after a new directory empties it", "a/ a/x a/y", "a/ a/z=3 .wh.a", "a/ a/z=3"],
  [
    "TREE-7",
    "a whiteout after a file below keeps the directory",
    "a/@700 a/x a/y",
    "a/z=3 .wh.a",
    "a/ a/z=3",
  ],
  ["TREE-8", "a directory takes the place of a file", "p=1", "p/ p/q=2", "p/ p/q=2"],
  ["TREE-8", "a file takes the place of a directory", "p/ p/q=2", "p=1", "p=1"],
  ["TREE-8", "a symlink takes the place of a directory", "p/ p/q=2 t/", "p→t", "p→t t/"],
  [
    "TREE-8",
    "a directory takes the place of a symlink to one",
    "t/ t/k=1 p→t",
    "p/ p/q=2",
    "p/ p/q=2 t/ t/k=1",
  ],
  [
    "TREE-8",
    "a directory over a directory keeps contents and replaces attributes",
    "a/@0700 a/x=1",
    "a/@0711",
    "a/@0711 a/x=1",
  ],
  [
    "TREE-4",
    "an entry below a symlink lands where that leads",
    "t/ t/k=1 p→t",
    "p/q=2",
    "p→t t/ t/k=1 t/q=2",
  ],
  ["TREE-4", "a whiteout below a symlink hides where that leads", "t/ t/k=1 p→t", "p/.wh.k", "p→t t/"],
  ["TREE-9", "a hard link to a lower layer shares the file", "a=1", "b⇒a", "a=1 b⇒a"],
  ["TREE-9", "replacing one name leaves the other its content", "a=1 b⇒a", "a=22", "a=22 b=1"],
  ["TREE-9", "removing one name leaves the other its content", "a=1 b⇒a", ".wh.a", "b=1"],
  [
    "TREE-9",
    "a hard link outlives the directory of its target in the same layer",
    "d/ d/f=1",
    "e⇒d/f .wh.d",
    "e=1",
  ],
  ["TREE-9", "a hard link to a hard link shares the file", "a=1", "b⇒a c⇒b", "a=1 b⇒a c⇒a"],
  [
    "TREE-9",
    "a hard link's target is cleaned and counts from the root",
    "d/ d/f=1",
    "d/g⇒/./d/../d/f h⇒../d/f",
    "d/ d/f=1 d/g⇒d/f h⇒d/f",
  ],
  ["TREE-9", "a hard link's target is found through symlinks", "d/ d/f=1 s→d", "g⇒s/f", "d/ d/f=1 g⇒d/f s→d"],
  ["TREE-9", "a hard link to a symlink is that symlink", "d/ s→d", "g⇒s", "d/ g→s s⇒g"],
  [
    "TREE-2",
    "aufs's link store is invisible and its links have their content",
    "",
    ".wh..wh.plnk/1.2=PL a⇒.wh..wh.plnk/1.2 b⇒.wh..wh.plnk/1.2 .wh..wh.aufs",
    "a=PL b⇒a",
  ],
  [
    "TREE-2",
    "aufs's directories are invisible",
    "a/",
    ".wh..wh.plnk/ .wh..wh.orph/ .wh..wh.orph/x=1 a/.wh..wh.tmp=2",
    "a/",
  ],
  ["TREE-2", "what stands below a whiteout is left out", "a/ x=1", ".wh.a/b=1 a/.wh.q/r/s=1", "a/ x=1"],
  ["TREE-1", "names may begin with ./", "./a/ ./a/x=1", "./a/.wh.x", "a/"],
  ["TREE-1", "names may begin with /", "", "/a/ /a/x=1", "a/ a/x=1"],
  ["TREE-1", "dots and empty parts vanish", "", "a//b/./ a/b/../c=1 ./=", "a/ a/b/ a/c=1"],
  [
    "TREE-1",
    "names above the root count from the root",
    "",
    "../evil=1 a/../../b=2 ../../../=",
    "b=2 evil=1",
  ],
  ["TREE-1", "the root's own entry sets its attributes", "./@0700", "a=1", "/@0700 a=1"],
  ["TREE-3", "missing parents are made", "", "a/b/c=1", "a/ a/b/ a/b/c=1"],
  ["TREE-3", "a file above an entry gives way to a directory", "a=1", "a/b=2", "a/ a/b=2"],
  [
    "TREE-8",
    "a directory deleted and made again is empty but for what is new",
    "a/ a/x=1 a/d/ a/d/y=2",
    ".wh.a a/ a/n=3",
    "a/ a/n=3",
  ],
  [
    "TREE-8",
    "a symlink in place of a directory removes it without a whiteout",
    "d/ d/x=1 d/e/ d/e/y=1 t/",
    "d→t",
    "d→t t/",
  ],
];

describe("fold", () => {
  for (const [rule, fact, lower, upper, result] of VECTORS) {
    it(`${rule}: ${fact}`, () => {
      const image = lower === "" ? imageOf(upper) : imageOf(lower, upper);
      expect(image.text()).toBe(result);
      if (lower !== "") expect(image.text(0)).toBe(imageOf(lower).text());
    });
  }

  it("TREE-8: a directory removed in one layer and made again in a later one is empty", () => {
    const image = imageOf("d/ d/x=1", ".wh.d", "d/ d/y=2");
    expect(image.text(1)).toBe("");
    expect(image.text(2)).toBe("d/ d/y=2");
  });

  it("TREE-5: an opaque marker applies to where its directory leads", () => {
    expect(imageOf("t/ t/x=1 p→t", "p/.wh..wh..opq p/y=2").text()).toBe("p→t t/ t/y=2");
  });

  it("TREE-7: a whiteout in a directory that this layer puts over a symlink leaves the symlink's target alone", () => {
    expect(imageOf("t/ t/k=1 p→t", "p/ p/.wh.k p/n=1").text()).toBe("p/ p/n=1 t/ t/k=1");
  });

  it("TREE-4: absolute link targets start at the root of the image", () => {
    expect(imageOf("usr/ usr/lib/ lib→/usr/lib", "lib/x=1").text()).toBe(
      "lib→/usr/lib usr/ usr/lib/ usr/lib/x=1",
    );
  });

  it("TREE-4: link targets never lead above the root", () => {
    expect(imageOf("p→../../../up", "p/x=1").text()).toBe("p→../../../up up/ up/x=1");
  });

  it("TREE-4: .. in a link target is what is above the directory it leads through", () => {
    expect(imageOf("a/ a/b/ s→a/b q→s/..", "q/x=1").text()).toBe("a/ a/b/ a/x=1 q→s/.. s→a/b");
  });

  it("TREE-4: links that lead round in a circle give way to a directory, and are told", () => {
    const image = imageOf("a→b b→a", "a/x=1");
    expect(image.text()).toBe("a/ a/x=1 b→a");
    expect(problemsOf(image.tree).map(({ message }) => message)).toEqual([
      'Cannot fold "a/x" of layer 1: the link above it leads to no directory; a directory takes its place',
    ]);
  });

  it("TREE-4: a chain of 40 links is followed, one of 41 is not", () => {
    const chain = (length: number): string =>
      ["t/", "l0→t", ...Array.from({ length: length - 1 }, (_, at) => `l${at + 1}→l${at}`)].join(" ");
    expect(imageOf(chain(40), "l39/x=1").text()).toContain("t/x=1");
    expect(imageOf(chain(41), "l40/x=1").text()).toContain("l40/x=1");
  });

  it("TREE-4: a link to a file as a parent gives way and leaves the file alone", () => {
    expect(imageOf("f=1 p→f", "p/x=2").text()).toBe("f=1 p/ p/x=2");
  });

  it("TREE-4: a link replaced in the middle of a layer counts from then on", () => {
    expect(imageOf("a/ b/ p→a", "p/x=1 p→b p/y=2").text()).toBe("a/ a/x=1 b/ b/y=2 p→b");
  });

  const told = (lower: string, upper: string): (readonly unknown[])[] => {
    const { tree } = lower === "" ? imageOf(upper) : imageOf(lower, upper);
    return problemsOf(tree).map(({ code, detail }) => [code, detail["path"]] as const);
  };

  it("TREE-4: a link that led to its own directory counts no more once it is replaced from there", () => {
    expect(imageOf("D/ D/L→../D e/ p→D/L", "p/a=1 p/L→../e p/b=2").text()).toBe(
      "D/ D/L→../e D/a=1 e/ e/b=2 p→D/L",
    );
  });

  it("TREE-6: a whiteout that names nothing is told and does nothing", () => {
    expect(told("a/ a/x=1", "a/.wh. .wh.. .wh...")).toEqual([
      ["tree/whiteout", "a/.wh."],
      ["tree/whiteout", ".wh.."],
      ["tree/whiteout", ".wh..."],
    ]);
    expect(imageOf("a/ a/x=1", "a/.wh. .wh.. .wh...").text()).toBe("a/ a/x=1");
  });

  it("TREE-6: a whiteout that hides nothing is told and what follows is folded", () => {
    expect(told("a=1", ".wh.nope b=2")).toEqual([["tree/whiteout", ".wh.nope"]]);
    expect(imageOf("a=1", ".wh.nope b=2").text()).toBe("a=1 b=2");
  });

  it("TREE-9: a hard link whose target is missing is told and stays as one that leads nowhere", () => {
    expect(told("", "b⇒nope c⇒b d/ e⇒d")).toEqual([
      ["tree/link", "b"],
      ["tree/link", "c"],
      ["tree/link", "e"],
    ]);
    expect(imageOf("b⇒nope").text()).toBe("b:link");
  });

  it("TREE-9: a hard link to itself keeps its content", () => {
    expect(imageOf("a=1", "a⇒a").text()).toBe("a=1");
  });

  it("TREE-10: of a path listed twice in a layer the last counts, and it is told", () => {
    expect(told("", "a=1 b⇒a a=2")).toEqual([["tree/duplicate", "a"]]);
    expect(imageOf("a=1 b⇒a a=2").text()).toBe("a=2 b=1");
    expect(imageOf("a/ a/x=1 a=2").text()).toBe("a=2");
    expect(imageOf("a=2 a/ a/x=1").text()).toBe("a/ a/x=1");
  });

  it("TREE-1: a root that is not a directory is told and left out", () => {
    expect(told("", "a=1 ./=").filter(([code]) => code === "tree/root")).toEqual([]);
    const { tree } = imageOf([{ path: "./", type: "file", content: "x" }]);
    expect(problemsOf(tree).map(({ code }) => code)).toEqual(["tree/root"]);
  });
});
