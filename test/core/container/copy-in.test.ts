import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import {
  type CopySource,
  containerChanges,
  copyIn,
  type OpenContainer,
} from "../../../core/container/mod.ts";
import { composeTar, compositionSource, type TarMember } from "../../../core/tar/mod.ts";
import { containerOf, containerWorld, entry, linesOf, link, NOW } from "../../support/containers.ts";
import { utf8 } from "../../support/tar.ts";

/** What all copies here go into: directories, and symlinks of every kind. */
const FILES: readonly TarMember[] = [
  entry("d", "dir", { mode: 0o700, uid: 5, gid: 6 }),
  entry("d/f", { content: "f" }),
  link("d/h", "d/f"),
  entry("ld", { to: "d" }),
  entry("la", { to: "/d" }),
  entry("lf", { to: "d/f" }),
  entry("lx", { to: "nowhere/x" }),
  entry("ly", { to: "d/new" }),
  entry("lup", { to: "../../etc" }),
  entry("loop", { to: "loop" }),
  entry("etc", "dir"),
  entry("etc/passwd", { content: "root:x:0:0::/:\nbob:x:77:78::/:\n" }),
  entry("etc/group", { content: "root:x:0:\nbobs:x:79:\n" }),
];

const file: CopySource = {
  kind: "path",
  name: "new.txt",
  members: [
    entry(".", { content: "new\n" }, { mode: 0o600, uid: 1234, gid: 1235, mtime: 1_577_934_245.678 }),
  ],
};
const folder: CopySource = {
  kind: "path",
  name: "src",
  members: [
    entry(".", "dir", { mode: 0o750, uid: 1234, mtime: 5 }),
    entry("t", { content: "t" }),
    link("hard", "t"),
    entry("lnk", { to: "t" }),
    entry("sub", "dir", { mtime: 6 }),
    entry("sub/s", { content: "s" }),
  ],
};
const contents: CopySource = { ...folder, contents: true };
const archive = (members: readonly TarMember[]): CopySource => ({
  kind: "archive",
  tar: compositionSource(composeTar(members)),
});

async function copied(source: CopySource, to: string, options: { archive?: boolean; user?: string } = {}) {
  const world = containerWorld();
  const settings = options.user === undefined ? {} : { user: options.user };
  const before = await containerOf(world, FILES, { settings });
  const { container } = await copyIn(world, before, { source, to, archive: options.archive });
  return container;
}

const changesOf = (container: OpenContainer): string[] =>
  containerChanges(container).map(({ kind, path }) => `${kind} ${path}`);
/** The lines of what the image does not have as it is now. */
const newLines = async (container: OpenContainer): Promise<string[]> => {
  const before = new Set(await linesOf({ ...container, upTo: container.base }));
  return (await linesOf(container)).filter((line) => !before.has(line));
};

describe("copying a file into a container", () => {
  const FILE = "file 600 1234:1235 1577934245";

  it.each([
    ["to a new name", "/x", ["A /x"], [`${FILE} x = new\n`]],
    ["to a name without a slash before it", "x", ["A /x"], [`${FILE} x = new\n`]],
    ["above the root", "../../x", ["A /x"], [`${FILE} x = new\n`]],
    ["into a directory", "/d", ["C /d", "A /d/new.txt"], ["dir 700 5:6 now d", `${FILE} d/new.txt = new\n`]],
    [
      "through a relative symlink",
      "/ld/",
      ["C /d", "A /d/new.txt"],
      ["dir 700 5:6 now d", `${FILE} d/new.txt = new\n`],
    ],
    [
      "through an absolute symlink",
      "/la/y",
      ["C /d", "A /d/y"],
      ["dir 700 5:6 now d", `${FILE} d/y = new\n`],
    ],
    [
      "onto a symlink to a directory",
      "/ld",
      ["C /d", "A /d/new.txt"],
      ["dir 700 5:6 now d", `${FILE} d/new.txt = new\n`],
    ],
    [
      "onto a symlink to a file, of which another name stays as it was",
      "/lf",
      ["C /d", "C /d/f"],
      ["dir 700 5:6 now d", `${FILE} d/f = new\n`, "file 644 made d/h = f"],
    ],
    [
      "onto a dangling symlink with a directory for it",
      "/ly",
      ["C /d", "A /d/new"],
      ["dir 700 5:6 now d", `${FILE} d/new = new\n`],
    ],
    ["onto a symlink that leads to itself", "/loop", ["C /loop"], [`${FILE} loop = new\n`]],
    [
      "through a symlink that leads out",
      "/lup/",
      ["C /etc", "A /etc/new.txt"],
      ["dir 755 now etc", `${FILE} etc/new.txt = new\n`],
    ],
  ] as const)("puts it %s", async (_, to, changes, found) => {
    const container = await copied(file, to);
    expect(changesOf(container)).toEqual(changes);
    expect(await newLines(container)).toEqual(found);
  });

  it.each([
    ["/lx", "container/path", "Could not find the file /nowhere in container one"],
    ["/nosuch/x", "container/path", "Could not find the file /nosuch in container one"],
    ["/nosuch/", "container/copy", "no such directory"],
    ["/d/f/", "container/copy", "no such directory"],
    ["", "container/copy", "no such directory"],
    ["/d/f/x", "container/path", "extraction point is not a directory"],
  ])("refuses %j in the engine's words", async (to, code, message) => {
    await expect(copied(file, to)).rejects.toMatchObject({ code, message });
  });

  it("tells the bytes of the tar that was copied", async () => {
    const world = containerWorld();
    const before = await containerOf(world, FILES);
    expect((await copyIn(world, before, { source: file, to: "/x" })).bytes).toBe(2048);
  });

  it("gives it to the user of the container with -a", async () => {
    const lines = async (user: string) => newLines(await copied(file, "/x", { archive: true, user }));
    expect(await lines("bob")).toEqual(["file 600 77:78 1577934245 x = new\n"]);
    expect(await lines("bob:5")).toEqual(["file 600 77:5 1577934245 x = new\n"]);
    expect(await lines("bob:bobs")).toEqual(["file 600 77:79 1577934245 x = new\n"]);
    expect(await lines("99")).toEqual(["file 600 99:0 1577934245 x = new\n"]);
    expect(await lines("")).toEqual([`${FILE} x = new\n`]);
    await expect(copied(file, "/x", { archive: true, user: "nobodyx" })).rejects.toThrow(
      'failed to look up user "nobodyx" in container: no matching entries in passwd file',
    );
  });
});

describe("copying a directory into a container", () => {
  const below = (at: string): string[] => [
    `file 644 made ${at}/hard = t`,
    `symlink 777 made ${at}/lnk → t`,
    `dir 755 6 ${at}/sub`,
    `file 644 made ${at}/sub/s = s`,
    `link 644 made ${at}/t ⇒ ${at}/hard`,
  ];

  it("puts it into a directory that is there", async () => {
    expect(await newLines(await copied(folder, "/d"))).toEqual([
      "dir 700 5:6 now d",
      "dir 750 1234:0 5 d/src",
      ...below("d/src"),
    ]);
  });

  it("makes it under a new name, with or without a slash, its contents alike", async () => {
    for (const [source, to] of [
      [folder, "/new"],
      [folder, "/new/"],
      [contents, "/new"],
    ] as const)
      expect(await newLines(await copied(source, to))).toEqual(["dir 750 1234:0 5 new", ...below("new")]);
  });

  it("puts its contents into a directory that keeps its own attributes", async () => {
    expect(await newLines(await copied(contents, "/d"))).toEqual(["dir 700 5:6 now d", ...below("d")]);
  });

  it("refuses to put it onto a file, or where there is no directory", async () => {
    await expect(copied(folder, "/d/f")).rejects.toMatchObject({
      code: "container/copy",
      message: "cannot copy directory",
    });
    await expect(copied(folder, "/no/x")).rejects.toThrow("Could not find the file /no in container one");
    await expect(copied(folder, "/new/.")).rejects.toThrow("Could not find the file /new in container one");
  });
});

describe("unpacking a tar into a container", () => {
  it.each<[string, TarMember[], string[], string[]]>([
    [
      "makes parents that no entry lists",
      [entry("n1/n2/f", { content: "q" })],
      ["A /n1", "A /n1/n2", "A /n1/n2/f"],
      ["dir 755 now n1", "dir 755 now n1/n2", "file 644 made n1/n2/f = q"],
    ],
    [
      "cleans names, and begins absolute ones where it unpacks",
      [entry("a/./b/../c", { content: "1" }), entry("a/../z", { content: "2" }), entry("/abs")],
      ["A /a", "A /a/c", "A /abs", "A /z"],
      ["dir 755 now a", "file 644 made a/c = 1", "file 644 made abs", "file 644 made z = 2"],
    ],
    [
      "skips what is said of the directory itself",
      [entry(".", "dir", { mode: 0o711 }), entry("./q", { content: "q" })],
      ["A /q"],
      ["file 644 made q = q"],
    ],
    [
      "follows symlinks that it has unpacked itself, dangling ones too",
      [
        entry("s", { to: "t" }),
        entry("t", "dir"),
        entry("s/in", { content: "x" }),
        entry("u", { to: "gone" }),
        entry("u/in", { content: "y" }),
      ],
      ["A /gone", "A /gone/in", "A /s", "A /t", "A /t/in", "A /u"],
      [
        "dir 755 now gone",
        "file 644 made gone/in = y",
        "symlink 777 made s → t",
        "dir 755 made t",
        "file 644 made t/in = x",
        "symlink 777 made u → gone",
      ],
    ],
    [
      "keeps what a hard link led to when its first name gets another file",
      [entry("f1", { content: "1" }), link("l", "f1"), entry("f1", { content: "22" })],
      ["A /f1", "A /l"],
      ["file 644 made f1 = 22", "file 644 made l = 1"],
    ],
    [
      "gives all names of a file what the last of them says",
      [entry("f1", { content: "1" }, { mode: 0o600, uid: 7 }), link("l", "f1", { mode: 0o644, mtime: 9 })],
      ["A /f1", "A /l"],
      ["file 644 9 f1 = 1", "link 644 9 l ⇒ f1"],
    ],
    [
      "links to a file of the image, which has not changed by that",
      [link("l", "/d/f")],
      ["A /l"],
      ["file 644 made d/h = f", "link 644 made l ⇒ d/f"],
    ],
    [
      "links symlinks",
      [entry("s", { to: "x" }), link("l", "s")],
      ["A /l", "A /s"],
      ["symlink 777 made l → x", "link 777 made s ⇒ l"],
    ],
    [
      "keeps devices, and cuts times to seconds from the epoch on",
      [
        entry("null", "char", { major: 1, minor: 3, mode: 0o666 }),
        entry("fifo", "fifo"),
        entry("old", undefined, { mtime: -5 }),
        entry("half", undefined, { mtime: 7.5, mode: 0o4755, uid: 70_000 }),
      ],
      ["A /fifo", "A /half", "A /null", "A /old"],
      ["fifo 644 made fifo", "file 4755 70000:0 7 half", "char 666 made null", "file 644 0 old"],
    ],
  ])("%s", async (_, members, changes, found) => {
    const container = await copied(archive(members), "/");
    expect(changesOf(container)).toEqual(changes);
    expect(await newLines(container)).toEqual(found);
  });

  it("begins absolute symlinks again where it unpacks", async () => {
    const members = [entry("esc", { to: "/d" }), entry("esc/in", { content: "4" })];
    const container = await copied(archive(members), "/d");
    expect(changesOf(container)).toEqual(["C /d", "A /d/d", "A /d/d/in", "A /d/esc"]);
  });

  it.each<[string, TarMember[], string]>([
    ["a name that leads out", [entry("../up")], 'invalid entry name "../up"'],
    ["one that leads out in the end", [entry("a/../../up2")], 'invalid entry name "../up2"'],
    [
      "a symlink that leads out",
      [entry("esc2", { to: "../../../d" }), entry("esc2/in2")],
      "statat esc2: path escapes from parent",
    ],
    [
      "a circle of symlinks",
      [entry("l1", { to: "l2" }), entry("l2", { to: "l1" }), entry("l1/x")],
      "statat l1: too many levels of symbolic links",
    ],
    ["a hard link that leads out", [link("c", "../d/f")], 'invalid hardlink target "../d/f"'],
    ["a hard link to nothing", [entry("a"), link("b", "zz")], "Could not find the file /d in container one"],
    [
      "a hard link to a directory",
      [entry("e", "dir"), link("l", "e")],
      "linkat e l: operation not permitted",
    ],
    ["something below a file", [entry("f1"), entry("f1/x")], "openat f1/x: not a directory"],
    ["a type that nobody knows", [entry("w", "other", { typeflag: "Z" })], "unhandled tar header type 90"],
  ])("refuses %s, and changes nothing", async (_, members, message) => {
    const world = containerWorld();
    const before = await containerOf(world, FILES);
    await expect(copyIn(world, before, { source: archive(members), to: "/d" })).rejects.toThrow(message);
    expect([...(await world.store.table.snapshot()).containers.values()][0]?.drafts).toEqual([]);
  });

  it("refuses to put a file over a directory and a directory over a file", async () => {
    await expect(copied(archive([entry("d", { content: "a file" })]), "/")).rejects.toThrow(
      'cannot overwrite directory "d" with non-directory "/"',
    );
    await expect(copied(archive([entry("d/f", "dir")]), "/")).rejects.toThrow(
      'cannot overwrite non-directory "d/f" with directory "/"',
    );
    await expect(copied(archive([entry("ld", "dir")]), "/")).rejects.toThrow(
      'cannot overwrite non-directory "ld" with directory "/"',
    );
  });

  it("refuses names that no image can have", async () => {
    for (const path of [".wh.f", "sub/.wh..wh..opq", ".wh.x/y"])
      await expect(copied(archive([entry(path)]), "/")).rejects.toMatchObject({ code: "container/archive" });
  });

  it("refuses a destination that is no directory, and what is no tar", async () => {
    await expect(copied(archive([]), "/d/f")).rejects.toThrow('destination "one:/d/f" must be a directory');
    const text: CopySource = { kind: "archive", tar: sourceOf(utf8("hello\n")) };
    await expect(copied(text, "/")).rejects.toThrow("unexpected EOF");
    const noise: CopySource = { kind: "archive", tar: sourceOf(utf8("hello\n".repeat(200))) };
    await expect(copied(noise, "/")).rejects.toThrow("archive/tar: invalid tar header");
    expect(changesOf(await copied({ kind: "archive", tar: sourceOf(new Uint8Array(0)) }, "/"))).toEqual([]);
  });

  it("keeps names that are not UTF-8", async () => {
    const pathBytes = Uint8Array.of(0x64, 0x2f, 0xff, 0xfe);
    const container = await copied(archive([entry("d/?", { content: "1" }, { pathBytes })]), "/");
    expect(await newLines(container)).toEqual(["dir 700 5:6 now d", "file 644 made d/\ufffd\ufffd = 1"]);
    expect(NOW).toBe(container.record.created + 100);
  });
});
