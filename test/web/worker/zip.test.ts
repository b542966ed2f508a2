import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { checkZip, writeZip, ZIP_LIMITS, type ZipMember, zipName } from "../../../web/worker/zip.ts";

async function zipped(members: readonly ZipMember[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of writeZip(members)) parts.push(part.slice());
  return new Uint8Array(Buffer.concat(parts));
}

const file = (path: string, content: Uint8Array, mode = 0o644): ZipMember => ({
  path,
  type: "file",
  mode,
  mtime: 1_700_000_000,
  content: sourceOf(content),
});
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);

/** Name, unix mode and method of every entry of the central directory. */
function central(zip: Uint8Array): { name: string; mode: number; method: number }[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = zip.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  const entries = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < view.getUint16(end + 10, true); i++) {
    const name = strFromU8(zip.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)));
    expect(view.getUint8(at + 5)).toBe(3);
    entries.push({
      name,
      mode: view.getUint32(at + 38, true) >>> 16,
      method: view.getUint16(at + 10, true),
    });
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

describe("writeZip", () => {
  it("writes what unzip reads back: files stored and deflated, large and empty", async () => {
    const large = new Uint8Array(300_000).map((_, i) => (i * i) >> 7);
    const zip = await zipped([
      file("a/large", large),
      file("a/empty", new Uint8Array(0)),
      file("a/small", text("hello")),
      file("a/ready.gz", large),
    ]);
    const back = unzipSync(zip);
    expect(Object.keys(back)).toEqual(["a/large", "a/empty", "a/small", "a/ready.gz"]);
    expect(back["a/large"]).toEqual(large);
    expect(back["a/ready.gz"]).toEqual(large);
    expect(back["a/empty"]).toEqual(new Uint8Array(0));
    expect(strFromU8(back["a/small"])).toBe("hello");
    expect(central(zip).map((entry) => entry.method)).toEqual([8, 0, 0, 0]);
  });

  it("keeps unix modes, directories and symlinks", async () => {
    const zip = await zipped([
      { path: "d", type: "dir", mode: 0o1777, mtime: 0 },
      file("d/run.sh", text("#!/bin/sh\n"), 0o4755),
      { path: "d/link", type: "symlink", mode: 0o777, mtime: -1, content: text("../etc/passwd") },
    ]);
    expect(central(zip)).toEqual([
      { name: "d/", mode: 0o041777, method: 0 },
      { name: "d/run.sh", mode: 0o104755, method: 0 },
      { name: "d/link", mode: 0o120777, method: 0 },
    ]);
    expect(strFromU8(unzipSync(zip)["d/link"])).toBe("../etc/passwd");
  });

  it("takes times that MS-DOS cannot hold", async () => {
    const zip = await zipped([-1e12, 0, 1e12].map((mtime, i) => ({ ...file(`f${i}`, text("x")), mtime })));
    expect(Object.keys(unzipSync(zip))).toHaveLength(3);
  });

  it("writes an archive of nothing", async () => {
    expect(unzipSync(await zipped([]))).toEqual({});
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("enough");
    const members = writeZip([file("a", text("x"))], { signal: AbortSignal.abort(reason) });
    await expect(members.next()).rejects.toBe(reason);
  });
});

describe("zipName", () => {
  it("keeps every name below the folder it is unpacked into", () => {
    const names = {
      "etc/passwd": "etc/passwd",
      "/etc/passwd": "etc/passwd",
      "../../evil": "evil",
      "a/./b//c/../d": "a/b/c/d",
      "..\\..\\evil": ".._.._evil",
      "C:\\x": "C__x",
      "...": "...",
      "": "_",
      "..": "_",
    };
    for (const [path, name] of Object.entries(names)) expect(zipName(path)).toBe(name);
  });
});

describe("checkZip", () => {
  it("refuses too many entries and too many bytes, and names the way out", () => {
    const fine = { members: 65_535, bytes: 2 ** 30, nameBytes: 1000 };
    expect(() => checkZip("/usr", fine)).not.toThrow();
    expect(() => checkZip("/usr", { ...fine, members: ZIP_LIMITS.members + 1 })).toThrow(
      "Cannot save /usr as zip: it has 65536 entries, expected at most 65535; save it as tar instead",
    );
    expect(() => checkZip("/usr", { ...fine, bytes: 2 ** 32 })).toThrow("expected less than 4 GiB");
    expect(() => checkZip("/usr", { members: 1, bytes: 0, nameBytes: 2 ** 32 })).toThrow("Cannot save");
  });
});
