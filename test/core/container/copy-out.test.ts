import { describe, expect, it } from "vitest";
import { copyOut } from "../../../core/container/mod.ts";
import type { TarMember } from "../../../core/tar/mod.ts";
import { containerOf, containerWorld, entry, lines, link } from "../../support/containers.ts";

const FILES: readonly TarMember[] = [
  entry("d", "dir", { mode: 0o700, uid: 5, gid: 6 }),
  entry("d/f", { content: "f" }),
  link("d/h", "d/f"),
  entry("ld", { to: "d" }),
  entry("la", { to: "/d" }),
  entry("lf", { to: "d/f" }),
  entry("lx", { to: "nowhere/x" }),
  entry("lup", { to: "../../d" }),
  entry("loop", { to: "loop" }),
];

const copied = async (path: string, followLink = false) => {
  const out = copyOut(await containerOf(containerWorld(), FILES), path, { followLink });
  return { ...out, lines: await lines(out.members()) };
};
const below = (at: string, of = at): string[] => [
  `dir 700 5:6 made ${at === "." ? "./" : at}`,
  `file 644 made ${of}/f = f`,
  `link 644 made ${of}/h ⇒ ${of}/f`,
];

describe("copying out of a container", () => {
  it.each([
    ["/d", below("d")],
    ["/d/", below("d")],
    ["d", below("d")],
    ["../d", below("d")],
    ["/d/.", below(".")],
    ["/d/f", ["file 644 made f = f"]],
    ["/d/h", ["file 644 made h = f"]],
    ["/d/../d/f", ["file 644 made f = f"]],
    ["/ld", ["symlink 777 made ld → d"]],
    ["/ld/", below("ld")],
    ["/ld/.", below(".")],
    ["/ld/f", ["file 644 made f = f"]],
    ["/la/h", ["file 644 made h = f"]],
    ["/lup/", below("lup")],
    ["/lx", ["symlink 777 made lx → nowhere/x"]],
  ])("gives %s under its own name", async (path, found) => {
    expect((await copied(path)).lines).toEqual(found);
  });

  it("gives the whole file system, the root by its own name", async () => {
    expect((await copied("/")).lines.slice(0, 3)).toEqual([
      "dir 755 created /",
      "dir 700 5:6 made /d",
      "file 644 made /d/f = f",
    ]);
    expect((await copied("/.")).lines.slice(0, 4)).toEqual([
      "dir 755 created ./",
      "dir 700 5:6 made ./d",
      "file 644 made ./d/f = f",
      "link 644 made ./d/h ⇒ ./d/f",
    ]);
  });

  it("follows a symlink at the end where that is asked for, and says what it was called", async () => {
    expect(await copied("/ld", true)).toMatchObject({
      type: "dir",
      base: "d",
      name: "ld",
      lines: below("d"),
    });
    expect(await copied("/la", true)).toMatchObject({ base: "d", name: "la" });
    expect(await copied("/lf", true)).toMatchObject({ type: "file", base: "f", name: "lf" });
    expect(await copied("/ld/", true)).toMatchObject({ base: "ld", lines: below("ld") });
    expect(await copied("/d/f", true)).toMatchObject({ base: "f", name: "f" });
  });

  it.each([
    ["", false, "bad parameter: pathcannot be empty"],
    ["/nosuch/x", false, "Could not find the file /nosuch/x in container one"],
    ["/d/nosuch/", false, "Could not find the file /d/nosuch/ in container one"],
    ["/d/f/", false, "lstat /d/f/: not a directory"],
    ["/d/f/.", false, "lstat /d/f/.: not a directory"],
    ["/lf/", false, "lstat /lf/: not a directory"],
    ["/d/f/x", false, "lstat /d/f/x: not a directory"],
    ["/loop", false, "evalSymlinksInScope: too many links in /loop"],
    ["/loop", true, "evalSymlinksInScope: too many links in /loop"],
    ["/lx", true, "Could not find the file /nowhere/x in container one"],
  ])("refuses %j (followed: %s) in the engine's words", async (path, followLink, message) => {
    await expect(copied(path, followLink)).rejects.toMatchObject({ code: "container/path", message });
  });
});
