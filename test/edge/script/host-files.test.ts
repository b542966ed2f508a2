import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pid } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hostFiles } from "../../../edge/script/host-files.ts";

describe("the files of a machine", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "breakbulk-files-"));
    mkdirSync(join(folder, "outside"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const files = () => hostFiles(folder);
  const write = async (path: string, text: string, manner = {}): Promise<void> => {
    const sink = await files().create(path, manner);
    await sink.write(new TextEncoder().encode(text));
    await sink.commit();
  };
  const at = (path: string): string => join(folder, path);

  it("are not written to through a link that stands in the way of what is copied", async () => {
    symlinkSync(at("outside"), at("dir"));
    await files().makeDirectory("dir", { mode: 0o755, inPlaceOfLink: true });
    await write("dir/file", "new", { mode: 0o644, inPlaceOfLink: true });
    expect(readdirSync(at("outside"))).toEqual([]);
    expect(lstatSync(at("dir")).isDirectory()).toBe(true);
    writeFileSync(at("outside/kept"), "kept");
    symlinkSync(at("outside/kept"), at("dir/link"));
    await write("dir/link", "new", { inPlaceOfLink: true });
    expect(readFileSync(at("outside/kept"), "utf8")).toBe("kept");
    expect(readFileSync(at("dir/link"), "utf8")).toBe("new");
  });

  it("are written to where a link leads that was typed", async () => {
    symlinkSync(at("outside"), at("dir"));
    await files().makeDirectory("dir");
    await write("dir/file", "new");
    expect(readFileSync(at("outside/file"), "utf8")).toBe("new");
  });

  it("are written beside their place in a file of their own, whatever lies there", async () => {
    writeFileSync(at("outside/bait"), "bait");
    symlinkSync(at("outside/bait"), at(`.x.tar.${pid}`));
    await write("x.tar", "content", { mode: 0o600 });
    expect(readFileSync(at("outside/bait"), "utf8")).toBe("bait");
    expect(readFileSync(at("x.tar"), "utf8")).toBe("content");
    expect(statSync(at("x.tar")).mode & 0o777).toBe(0o600);
    expect(existsSync(at(`.x.tar.${pid}`))).toBe(false);
  });

  it.each([
    ["a NUL", "a\0b"],
    ["a name that is too long", "n".repeat(5000)],
  ])("of %s are refused", async (_, path) => {
    await expect(files().open(path)).rejects.toThrow();
    await expect(files().create(path)).rejects.toThrow();
  });
});
