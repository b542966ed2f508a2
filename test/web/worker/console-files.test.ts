import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import type { PageFile } from "../../../web/model/console.ts";
import { FolderFiles } from "../../../web/worker/console-files.ts";

const page = (path: string, text: string, more: Partial<PageFile> = {}): PageFile => ({
  path,
  blob: new Blob([text]),
  mtime: 5,
  ...more,
});

function folder(...files: readonly PageFile[]): FolderFiles {
  return new FolderFiles({ load: async () => files, now: () => 9 });
}

const text = async (files: FolderFiles, path: string): Promise<string> => {
  const { source } = await files.open(path);
  return new TextDecoder().decode(await source.arrayBuffer());
};

async function reason(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isCoreError(error, "command/file")) return error.message;
    throw error;
  }
  return "";
}

async function write(files: FolderFiles, path: string, content: string): Promise<void> {
  const sink = await files.create(path);
  const bytes = new TextEncoder().encode(content);
  for (const byte of bytes) await sink.write(Uint8Array.of(byte));
  await sink.commit();
}

describe("the folder of the page", () => {
  it("is the root and the place where one is: however a path is written, it is found", async () => {
    const files = folder(page("a/b.txt", "B"), page("top", "T"));
    for (const path of ["a/b.txt", "./a/b.txt", "/a/b.txt", "a//b.txt", "x/../a/./b.txt", "../../a/b.txt"]) {
      expect(await text(files, path)).toBe("B");
    }
    expect(await files.list(".")).toEqual(["a", "top"]);
    expect(["a/b.txt", "/top"].map((path) => files.absolute(path))).toEqual(["/a/b.txt", "/top"]);
    expect(await files.list("/a")).toEqual(["b.txt"]);
    expect(await files.stat("a")).toMatchObject({ type: "dir" });
    expect(await files.stat("/")).toMatchObject({ type: "dir" });
    expect(await files.stat("top")).toEqual({ type: "file", size: 1, mode: 0o644, uid: 0, gid: 0, mtime: 5 });
    expect(await files.stat("nope")).toBeUndefined();
    expect(await files.stat("/dev/null")).toMatchObject({ type: "device" });
  });

  it("refuses in the system's words", async () => {
    const files = folder(page("a/b.txt", "B"));
    expect(await reason(files.open("nope.tar"))).toBe("open nope.tar: no such file or directory");
    expect(await reason(files.open("a"))).toBe("open a: is a directory");
    expect(await reason(files.create("a"))).toBe("open a: is a directory");
    expect(await reason(files.list("a/b.txt"))).toBe("open a/b.txt: not a directory");
    expect(await reason(files.list("nope"))).toBe("open nope: no such file or directory");
    expect(await reason(files.makeDirectory("a/b.txt"))).toBe("mkdir a/b.txt: not a directory");
  });

  it("shows what is written once it is whole, and tells it to the page", async () => {
    const files = folder(page("x", "old"));
    const sink = await files.create("x");
    await sink.write(new TextEncoder().encode("new"));
    expect(await text(files, "x")).toBe("old");
    await sink.commit();
    await sink.abort();
    expect(await text(files, "x")).toBe("new");
    expect(files.made.map(({ path, mtime }) => [path, mtime])).toEqual([["x", 9]]);
    const other = await files.create("y");
    await other.write(new Uint8Array(3));
    await other.abort();
    await other.commit();
    expect(await files.stat("y")).toBeUndefined();
    expect(files.made).toHaveLength(1);
  });

  it("copies what it is given: the bytes may be used again", async () => {
    const files = folder();
    const sink = await files.create("x");
    const bytes = new TextEncoder().encode("abc");
    await sink.write(bytes);
    bytes.fill(0);
    await sink.commit();
    expect(await text(files, "x")).toBe("abc");
  });

  it("swallows what goes to /dev/null", async () => {
    const files = folder();
    await write(files, "/dev/null", "gone");
    expect(files.made).toEqual([]);
  });

  it("keeps modes and times that are given", async () => {
    const files = folder();
    const sink = await files.create("bin/run", { mode: 0o755, mtime: 3 });
    await sink.commit();
    expect(await files.stat("bin/run")).toMatchObject({ mode: 0o755, mtime: 3, size: 0 });
    expect(await files.stat("bin")).toMatchObject({ type: "dir" });
  });

  it("makes folders, empty ones too", async () => {
    const files = folder();
    await files.makeDirectory("a/b");
    await files.makeDirectory("a/b");
    expect(await files.list("a")).toEqual(["b"]);
    expect(await files.list("a/b")).toEqual([]);
  });

  it("follows links in the middle and at the end, and not in a circle", async () => {
    const files = folder(page("real/x", "X"));
    await files.makeLink("way", "real");
    await files.makeLink("real/y", "x");
    await files.makeLink("up", "/real/y");
    await files.makeLink("a", "b");
    await files.makeLink("b", "a");
    expect(await text(files, "way/x")).toBe("X");
    expect(await text(files, "up")).toBe("X");
    expect(await files.stat("up")).toMatchObject({ type: "symlink", link: "/real/y" });
    expect(await files.stat("up", { follow: true })).toMatchObject({ type: "file" });
    expect(await files.list("way")).toEqual(["x", "y"]);
    await expect(files.open("a")).rejects.toThrow("no such file or directory");
    expect(files.made.filter(({ link }) => link !== undefined).map(({ path }) => path)).toEqual([
      "way",
      "real/y",
      "up",
      "a",
      "b",
    ]);
  });

  it("sets streams aside, and gives up when it is told to", async () => {
    const files = folder();
    const { source } = await files.setAside(new Blob(["abc"]).stream());
    expect(source.size).toBe(3);
    const stop = AbortSignal.abort(new DOMException("no", "AbortError"));
    await expect(files.setAside(new Blob(["abc"]).stream(), { signal: stop })).rejects.toThrow("no");
  });

  it("takes in what was picked meanwhile", async () => {
    const files = folder(page("x", "old"));
    await files.add([page("x", "picked"), page("ctx/Dockerfile", "FROM a")]);
    expect(await text(files, "x")).toBe("picked");
    expect(await files.list("ctx")).toEqual(["Dockerfile"]);
    expect(files.made).toEqual([]);
  });
});
