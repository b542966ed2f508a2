import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import {
  type ContainerEdit,
  compactChanges,
  containerChanges,
  editContainer,
  fileAt,
  type OpenContainer,
  openContainer,
  redoChange,
  removeContainers,
  undoChange,
} from "../../../core/container/mod.ts";
import { check, sweep } from "../../../core/store/mod.ts";
import type { TarMember } from "../../../core/tar/mod.ts";
import {
  type ContainerWorld,
  containerOf,
  containerWorld,
  entry,
  linesOf,
  link,
} from "../../support/containers.ts";
import { seeded } from "../../support/random.ts";
import { utf8 } from "../../support/tar.ts";

const FILES: readonly TarMember[] = [
  entry("d", "dir", { mode: 0o700, uid: 5 }),
  entry("d/f", { content: "f" }, { mode: 0o755, uid: 7, xattrs: { "user.a": utf8("1") } }),
  link("d/h", "d/f"),
  entry("d/s", "dir", { mtime: 5 }),
  entry("d/s/x", { content: "x" }),
  entry("l", { to: "d/f" }),
  entry("ld", { to: "d" }),
  entry("z", { content: "z" }),
];

const content = (text: string) => sourceOf(utf8(text));
const changesOf = (container: OpenContainer): string[] =>
  containerChanges(container).map(({ kind, path }) => `${kind} ${path}`);

/** Lines that come and go by edits. */
async function edited(...edits: ContainerEdit[]) {
  const world = containerWorld();
  const before = await containerOf(world, FILES);
  const after = await editContainer(world, before, edits);
  const [were, are] = [await linesOf(before), await linesOf(after)];
  return {
    gone: were.filter((line) => !are.includes(line)),
    come: are.filter((line) => !were.includes(line)),
    changes: changesOf(after),
    // What is in the store says the same as what is in memory.
    reopened: (await linesOf(await openContainer(world, "one", { runtime: false }))).join() === are.join(),
  };
}

describe("editing the files of a container", () => {
  it("writes a new file, of root's, into a directory that then has a new time", async () => {
    expect(await edited({ kind: "file", path: "/d/new", content: content("n") })).toEqual({
      gone: ["dir 700 5:0 made d"],
      come: ["dir 700 5:0 now d", "file 644 now d/new = n"],
      changes: ["C /d", "A /d/new"],
      reopened: true,
    });
  });

  it("writes over a file, through a symlink, and keeps mode and owner; other names keep the old one", async () => {
    expect(await edited({ kind: "file", path: "/l", content: content("ff") })).toEqual({
      gone: ["file 755 7:0 made d/f = f", "link 755 7:0 made d/h ⇒ d/f"],
      come: ["file 755 7:0 now d/f = ff", "file 755 7:0 made d/h = f"],
      changes: ["C /d", "C /d/f"],
      reopened: true,
    });
  });

  it("makes directories on the way where that is asked for", async () => {
    expect(
      (await edited({ kind: "file", path: "/a/b/c", content: content("c"), mode: 0o600, parents: true }))
        .come,
    ).toEqual(["dir 755 now a", "dir 755 now a/b", "file 600 now a/b/c = c"]);
    expect((await edited({ kind: "directory", path: "/a/b/", parents: true })).come).toEqual([
      "dir 755 now a",
      "dir 755 now a/b",
    ]);
  });

  it("makes symlinks, of any text", async () => {
    expect((await edited({ kind: "symlink", path: "/ld/n", link: "../../x" })).come).toEqual([
      "dir 700 5:0 now d",
      "symlink 777 now d/n → ../../x",
    ]);
  });

  it("removes a path with all below, a symlink as itself", async () => {
    expect(await edited({ kind: "remove", path: "/d/" })).toMatchObject({ come: [], changes: ["D /d"] });
    expect(await edited({ kind: "remove", path: "/ld" })).toMatchObject({ changes: ["D /ld"] });
    expect(await edited({ kind: "remove", path: "/ld/f" })).toMatchObject({ changes: ["C /d", "D /d/f"] });
  });

  it("moves a directory with all below, hard links and times included", async () => {
    expect(await edited({ kind: "move", path: "/d", to: "/z2" })).toEqual({
      gone: (await linesOf(await containerOf(containerWorld(), FILES))).filter(
        (line) => !line.startsWith("symlink") && / d(\/|$)/.test(line),
      ),
      come: [
        "dir 700 5:0 made z2",
        "file 755 7:0 made z2/f = f",
        "link 755 7:0 made z2/h ⇒ z2/f",
        "dir 755 5 z2/s",
        "file 644 made z2/s/x = x",
      ],
      changes: ["A /z2", "A /z2/f", "A /z2/h", "A /z2/s", "A /z2/s/x", "D /d"],
      reopened: true,
    });
  });

  it("moves what was put or removed in the same change", async () => {
    const { come } = await edited(
      { kind: "file", path: "/d/s/new", content: content("n") },
      { kind: "remove", path: "/d/s/x" },
      { kind: "move", path: "/d/s", to: "/s" },
      { kind: "move", path: "/s/new", to: "/d/new" },
    );
    expect(come).toEqual(["dir 700 5:0 now d", "file 644 now d/new = n", "dir 755 now s"]);
  });

  it("changes modes and owners, of all below where that is asked for, symlinks' modes never", async () => {
    expect((await edited({ kind: "mode", path: "/z", mode: 0o4711 })).come).toEqual(["file 4711 made z = z"]);
    expect((await edited({ kind: "owner", path: "/l", uid: 3, gid: 4 })).come).toEqual([
      "symlink 777 3:4 made l → d/f",
    ]);
    expect((await edited({ kind: "mode", path: "/l", mode: 0 })).come).toEqual([]);
    expect((await edited({ kind: "owner", path: "/d", uid: 3, gid: 4, below: true })).come).toEqual([
      "dir 700 3:4 made d",
      "file 755 3:4 made d/f = f",
      "link 755 3:4 made d/h ⇒ d/f",
      "dir 755 3:4 5 d/s",
      "file 644 3:4 made d/s/x = x",
    ]);
    expect((await edited({ kind: "mode", path: "/", mode: 0o700 })).changes).toEqual([]);
  });

  it("puts a new directory where one was removed, with nothing of the old one", async () => {
    expect(await edited({ kind: "remove", path: "/d" }, { kind: "directory", path: "/d" })).toMatchObject({
      come: ["dir 755 now d"],
      changes: ["C /d", "D /d/f", "D /d/h", "D /d/s"],
    });
    expect(
      await edited({ kind: "remove", path: "/d" }, { kind: "file", path: "/d", content: content("file") }),
    ).toMatchObject({ come: ["file 644 now d = file"], changes: ["C /d"] });
  });

  it.each<[ContainerEdit, string]>([
    [{ kind: "file", path: "/no/x", content: content("") }, "Cannot use /no/x: it is not there"],
    [
      { kind: "file", path: "/z/x", content: content("") },
      "Cannot use /z/x: what is above it is no directory",
    ],
    [{ kind: "file", path: "/d", content: content("") }, "Cannot write /d: a dir is there, expected a file"],
    [
      { kind: "file", path: "/.wh.x", content: content("") },
      "Cannot make /.wh.x: in an image a name that begins with .wh. is a removal",
    ],
    [{ kind: "directory", path: "/d" }, "Cannot make /d: a dir is there already"],
    [
      { kind: "directory", path: "/.wh.a/b", parents: true },
      "Cannot make /.wh.a: in an image a name that begins with .wh. is a removal",
    ],
    [{ kind: "symlink", path: "/z", link: "x" }, "Cannot make /z: a file is there already"],
    [{ kind: "remove", path: "/no" }, "Cannot use /no: it is not there"],
    [{ kind: "remove", path: "/" }, "Cannot remove /: it is the root"],
    [{ kind: "move", path: "/d", to: "/d/s/d" }, "Cannot move /d to /d/s/d: that is inside it"],
    [{ kind: "move", path: "/d", to: "/z" }, "Cannot make /z: a file is there already"],
    [{ kind: "mode", path: "/no", mode: 0 }, "Cannot use /no: it is not there"],
  ])("refuses %j", async (edit, message) => {
    const world = containerWorld();
    const before = await containerOf(world, FILES);
    await expect((async () => editContainer(world, before, [edit]))()).rejects.toMatchObject({
      code: "container/path",
      message,
    });
    expect((await openContainer(world, "one")).record.drafts).toEqual([]);
  });

  it("notes nothing where nothing is asked for", async () => {
    const world = containerWorld();
    const before = await containerOf(world, FILES);
    expect(await editContainer(world, before, [])).toBe(before);
    expect(containerChanges(before)).toEqual([]);
  });

  it("reads through to the image", async () => {
    const world = containerWorld();
    const container = await editContainer(world, await containerOf(world, FILES), [
      { kind: "file", path: "/d/n", content: content("new") },
    ]);
    const read = async (path: string) =>
      new TextDecoder().decode(await fileAt(container, path)?.content.arrayBuffer());
    expect([await read("/l"), await read("ld/n"), await read("/d")]).toEqual(["f", "new", ""]);
    expect(fileAt(container, "/nosuch")).toBeUndefined();
    expect(fileAt(container, "/l", { followLast: false })?.entry.type).toBe("symlink");
  });
});

describe("taking changes back", () => {
  const put = (world: ContainerWorld, container: OpenContainer, path: string) =>
    editContainer(world, container, [{ kind: "file", path, content: content(path) }]);

  it("takes back and makes again, one change at a time, in every tab", async () => {
    const world = containerWorld();
    const empty = await containerOf(world, FILES);
    const one = await put(world, empty, "/1");
    const two = await put(world, one, "/2");
    const back = await undoChange(world, two);
    expect(await linesOf(back)).toEqual(await linesOf(one));
    expect(back.record.undone.map(({ path }) => path)).toEqual(["/2"]);
    const further = await undoChange(world, await openContainer(world, "one", { runtime: false }));
    expect(await linesOf(further)).toEqual(await linesOf(empty));
    expect(await undoChange(world, further)).toBe(further);
    await sweep(world.store);
    const again = await redoChange(world, await redoChange(world, further));
    expect(await linesOf(again)).toEqual(await linesOf(two));
    expect(await redoChange(world, again)).toBe(again);
  });

  it("forgets what was taken back when another change is made", async () => {
    const world = containerWorld();
    const two = await put(world, await put(world, await containerOf(world, FILES), "/1"), "/2");
    const other = await put(world, await undoChange(world, two), "/3");
    expect(other.record.undone).toEqual([]);
    expect(changesOf(other)).toEqual(["A /1", "A /3"]);
    expect(changesOf(two)).toEqual(["A /1", "A /2"]);
    expect((await sweep(world.store)).removed).toHaveLength(1);
    expect(await check(world.store)).toEqual([]);
  });

  it("refuses a change of a container that was changed or removed elsewhere", async () => {
    const world = containerWorld();
    const before = await containerOf(world, FILES);
    const elsewhere = await put(world, await openContainer(world, "one"), "/1");
    await expect(put(world, before, "/2")).rejects.toMatchObject({ code: "container/changed" });
    await expect(undoChange(world, await openContainer(world, "one"))).resolves.toBeDefined();
    await expect(undoChange(world, elsewhere)).rejects.toMatchObject({ code: "container/changed" });
    const after = await openContainer(world, "one");
    await removeContainers(world, ["one"]);
    await expect(put(world, after, "/3")).rejects.toMatchObject({ code: "container/missing" });
  });

  it("compacts many changes into one that says the same", async () => {
    const world = containerWorld();
    let container = await containerOf(world, FILES);
    for (const path of ["/1", "/d/2", "/1"]) container = await put(world, container, path);
    container = await editContainer(world, container, [{ kind: "remove", path: "/z" }]);
    const before = [await linesOf(container), changesOf(container)];
    const compact = await compactChanges(world, container);
    expect(compact.record.drafts.map(({ verb, path }) => [verb, path])).toEqual([["squash", "/"]]);
    expect([await linesOf(compact), changesOf(compact)]).toEqual(before);
    expect(await compactChanges(world, compact)).toBe(compact);
    expect((await sweep(world.store)).removed).toHaveLength(3);
  });
});

describe("any number of changes", () => {
  it("say the same in memory, in the store, and squashed into one", async () => {
    const random = seeded(4242);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)];
    const names = ["a", "b", "c", "d", "f", "s"];
    const path = (): string =>
      `/${Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(names)).join("/")}`;
    for (let round = 0; round < 12; round++) {
      const world = containerWorld();
      let container = await containerOf(world, FILES);
      for (let step = 0; step < 25; step++) {
        const edit = pick<() => ContainerEdit>([
          () => ({ kind: "file", path: path(), content: content(String(step)), parents: random() < 0.5 }),
          () => ({ kind: "directory", path: path(), parents: random() < 0.5 }),
          () => ({ kind: "symlink", path: path(), link: path() }),
          () => ({ kind: "remove", path: path() }),
          () => ({ kind: "move", path: path(), to: path() }),
          () => ({ kind: "mode", path: path(), mode: step, below: random() < 0.5 }),
          () => ({ kind: "owner", path: path(), uid: step, gid: 1, below: random() < 0.5 }),
        ])();
        try {
          container = await editContainer(world, container, [edit]);
        } catch (error) {
          expect(error).toMatchObject({ code: "container/path" });
        }
        if (random() < 0.1) container = await undoChange(world, container);
      }
      const found = await linesOf(container);
      const reopened = await openContainer(world, "one", { runtime: false });
      expect(await linesOf(reopened)).toEqual(found);
      expect(changesOf(reopened)).toEqual(changesOf(container));
      expect(await linesOf(await compactChanges(world, reopened))).toEqual(found);
    }
  });
});
