import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { entryAt, TarDecoder, type TarEntry } from "../../../core/tar/mod.ts";
import { block, cat, END, GNU, latin1, member, pax, record, utf8 } from "../../support/tar.ts";

function entries(...parts: Uint8Array[]): TarEntry[] {
  const decoder = new TarDecoder();
  decoder.push(cat(...parts, END));
  decoder.end();
  const table = decoder.table();
  return Array.from({ length: table.count }, (_, row) => entryAt(table, row));
}

const after = (...parts: Uint8Array[]): TarEntry => entries(...parts, block({ name: "f" }))[0];

function offsetOfRefusal(...parts: Uint8Array[]): unknown {
  try {
    after(...parts);
  } catch (error) {
    if (isCoreError(error, "tar/pax")) return error.detail["offset"];
    throw error;
  }
  return undefined;
}

const long = (type: "L" | "K", name: string): Uint8Array =>
  member({ name: "././@LongLink", type, magic: GNU }, name);

describe("tar extensions", () => {
  it("TAR-10 GNU names go before pax records, those before the header, in either order", () => {
    const records = pax(record("path", "pax"), record("linkpath", "pax-link"));
    expect(after(records)).toMatchObject({ path: "pax", link: "pax-link" });
    for (const order of [
      [records, long("L", "gnu\0junk")],
      [long("L", "gnu"), records],
    ]) {
      expect(after(...order)).toMatchObject({ path: "gnu", link: "pax-link" });
    }
    expect(after(long("K", "gnu-link"), long("L", ""))).toMatchObject({ path: "f", link: "gnu-link" });
    expect(after(long("L", "first"), long("L", "second"))).toMatchObject({ path: "second" });
  });

  it("TAR-11 values hold newlines, equals signs and any byte", () => {
    const value = latin1("a=b\nc\xff\0");
    expect(after(pax(record("SCHILY.xattr.user.x", value), record("path", "p=q\nr")))).toMatchObject({
      path: "p=q\nr",
      xattrs: { "user.x": value },
    });
  });

  it.each([
    ["no length", utf8("path=x\n"), 512],
    ["no space", utf8("12345"), 512],
    ["a length of zero", utf8("0 a=b\n"), 512],
    ["a length beyond the end", record("path", "x", 90), 512],
    ["a length that lies", record("path", "xxxx", 9), 512],
    ["a length of thirty digits", utf8(`${"9".repeat(30)} path=x\n`), 512],
    ["a length that ends within itself", utf8("5 abcdefg\n"), 512],
    ["a negative length", utf8("-9 path=x\n"), 512],
    ["no newline", utf8("9 path=xx"), 512],
    ["no equals sign", utf8("9 pathxx\n"), 512],
    ["no key", utf8("6 =ab\n"), 512],
    ["a NUL in a path", record("path", "a\0b"), 512],
    ["a NUL in a linkpath", record("linkpath", "a\0b"), 512],
    ["a NUL in an owner", record("uname", "a\0b"), 512],
    ["a NUL in a key", record("SCHILY.xattr.a\0b", "v"), 512],
    ["a fault in the second record", cat(record("path", "x"), utf8("zz")), 512 + 9],
    ["a number that is none", record("uid", "12a"), 512],
    ["a number that is empty but for its sign", record("gid", "-"), 512],
    ["a size beyond 2^53", record("size", "9007199254740993"), 512],
    ["an mtime that is none", record("mtime", "1.5x"), 512],
    ["an mtime without seconds", record("mtime", ".5"), 512],
    ["an atime that is none", record("atime", "now"), 512],
  ])("TAR-11 records with %s are refused at their offset", (_what, records, offset) => {
    expect(offsetOfRefusal(pax(records))).toBe(offset);
  });

  it("TAR-12 of equal keys the last counts and an empty value leaves the header's", () => {
    expect(after(pax(record("path", "a"), record("path", "b")))).toMatchObject({ path: "b" });
    expect(after(pax(record("path", "a"), record("path", "")))).toMatchObject({ path: "f" });
    expect(after(pax(record("uid", "5"), record("uid", ""), record("gname", "")))).toMatchObject({ uid: 0 });
    const taken = pax(record("SCHILY.xattr.a", "1"), record("SCHILY.xattr.a", ""));
    expect(after(taken)).not.toHaveProperty("xattrs");
  });

  it("TAR-12 of several pax headers the last counts entirely", () => {
    const entry = after(pax(record("path", "a"), record("uid", "7")), pax(record("gid", "8")));
    expect(entry).toMatchObject({ path: "f", uid: 0, gid: 8 });
  });

  it.each([
    ["1350244992.023960108", 1350244992.0239601],
    ["-1.5", -1.5],
    ["-0.25", -0.25],
    ["12.", 12],
    ["+7", 7],
    ["1.1234567899999", 1.123456789],
    ["0", 0],
  ])("TAR-13 the time %s is %d", (text, value) => {
    expect(after(pax(record("mtime", text))).mtime).toBe(value);
  });

  it("TAR-13 the size in a record rules the content", () => {
    const found = entries(
      pax(record("size", "5")),
      member({ name: "f", size: 0 }, "hello"),
      block({ name: "g" }),
    );
    expect(found).toMatchObject([{ path: "f", size: 5, storedSize: 5 }, { path: "g" }]);
  });

  it("TAR-13 owners in records replace those of the header one by one", () => {
    const header = block({ name: "f", uid: 1, gid: 2, uname: "u", gname: "g" });
    expect(entries(pax(record("uid", "70000000"), record("gname", "é")), header)[0]).toMatchObject({
      uid: 70_000_000,
      gid: 2,
      uname: "u",
      gname: "é",
    });
  });

  it("TAR-14 global headers are no entries, are merged into none and drop what is pending", () => {
    const global = member({ name: "g", type: "g" }, record("path", "global"));
    expect(entries(global, block({ name: "a" }), block({ name: "b" })).map(({ path }) => path)).toEqual([
      "a",
      "b",
    ]);
    expect(after(pax(record("path", "lost")), global)).toMatchObject({ path: "f", headerOffset: 2048 });
    expect(offsetOfRefusal(member({ name: "g", type: "g" }, "nonsense"))).toBe(512);
  });

  it("TAR-15 Solaris' X is read as pax", () => {
    expect(after(member({ name: "X", type: "X" }, record("path", "solaris")))).toMatchObject({
      path: "solaris",
    });
  });

  it("TAR-16 attributes and unknown keys are kept as raw bytes, times of access are not", () => {
    const entry = after(
      pax(
        record("SCHILY.xattr.security.capability", latin1("\x01\0\0\x02\xff")),
        record("__proto__", "p"),
        record("LIBARCHIVE.creationtime", "1"),
        record("atime", "5.5"),
      ),
    );
    expect(entry.xattrs).toEqual({ "security.capability": latin1("\x01\0\0\x02\xff") });
    expect(Object.keys(entry.pax ?? {})).toEqual(["__proto__", "LIBARCHIVE.creationtime"]);
  });
});
