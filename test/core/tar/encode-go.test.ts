import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import {
  composeTar,
  compositionSource,
  encodeGoHeader,
  entryAt,
  type HeaderFields,
  readTable,
} from "../../../core/tar/mod.ts";
import { seeded } from "../../support/random.ts";
import { utf8 } from "../../support/tar.ts";

const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length)).replace(/\0+$/, "");

function sha256(bytes: Uint8Array): string {
  const hasher = newSha256();
  hasher.update(bytes);
  return hasher.hex();
}

describe("headers as Go writes them", () => {
  it("TAR-31 gives the layer that a real engine committed, byte for byte", async () => {
    const file = { type: "file", mode: 0o600, uid: 1234, gid: 1235, mtime: 1577934245.678 } as const;
    const composition = composeTar(
      ["arch", "plain"].map((path) => ({ entry: { path, ...file }, content: sourceOf(utf8("hello\n")) })),
      { encode: encodeGoHeader },
    );
    const bytes = new Uint8Array(await compositionSource(composition).arrayBuffer());
    expect(sha256(bytes)).toBe("5028a69984d1e801709cb5e0226358ba24fd815bc9bd1f037ec403bcd3574035");
  });

  it("TAR-31 writes device numbers into every block", () => {
    expect(text(encodeGoHeader({ path: "a", type: "file" }), 329, 16)).toBe("0000000\x000000000");
  });

  it("TAR-31 splits a path at the last slash that the prefix can hold", () => {
    const path = `${"a".repeat(60)}/${"b".repeat(60)}/${"c".repeat(30)}`;
    const block = encodeGoHeader({ path, type: "file" });
    expect(block.length).toBe(512);
    expect([text(block, 345, 155), text(block, 0, 100)]).toEqual([path.slice(0, 121), "c".repeat(30)]);
  });

  it("TAR-31 writes records in the order of their keys, after a header with nothing but a name", () => {
    const bytes = encodeGoHeader({
      path: "dir/ü",
      type: "file",
      uid: 2_097_152,
      xattrs: { "user.b": utf8("2"), "user.a": utf8("1") },
    });
    expect(text(bytes, 0, 100)).toBe("dir/PaxHeaders.0");
    expect(text(bytes, 100, 8)).toBe("0000000");
    expect(text(bytes, 329, 8)).toBe("");
    const records = text(bytes, 512, 512);
    expect(records.split("\n").map((line) => line.replace(/^\d+ |=.*$/g, ""))).toEqual([
      "SCHILY.xattr.user.a",
      "SCHILY.xattr.user.b",
      "path",
      "uid",
      "",
    ]);
    expect(text(bytes, 1024, 100)).toBe("dir/");
  });

  it("TAR-31 takes a directory's slash into the name of its records", () => {
    const path = `${"n".repeat(90)}/${"m".repeat(120)}`;
    expect(text(encodeGoHeader({ path, type: "dir" }), 0, 100)).toBe(`${"n".repeat(90)}/${"m".repeat(9)}`);
    expect(text(encodeGoHeader({ path: "ü/", type: "dir" }), 0, 100)).toBe("/PaxHeaders.0");
  });

  it("TAR-31 names the records of a path that leads nowhere as Go joins them", () => {
    expect(text(encodeGoHeader({ path: "..", type: "file", uid: 2_097_152 }), 0, 100)).toBe(".");
    expect(text(encodeGoHeader({ path: "../..", type: "file", uid: 2_097_152 }), 0, 100)).toBe("..");
  });

  it("TAR-31 is read back the same", async () => {
    const random = seeded(5);
    const letters = ["a", "b", "/", ".", "ü", "日", " ", "-"];
    const word = (most: number): string =>
      Array.from(
        { length: 1 + Math.floor(random() * most) },
        () => letters[Math.floor(random() * letters.length)],
      ).join("");
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)];
    for (let round = 0; round < 300; round++) {
      const type = pick(["file", "dir", "symlink", "link", "char", "fifo"] as const);
      const path = `x${word(pick([5, 90, 110, 300]))}x`;
      const entry: HeaderFields = {
        path,
        type,
        mode: Math.floor(random() * 0o10000),
        uid: pick([0, 1000, 2_097_151, 2_097_152, 4_294_967_294]),
        gid: pick([0, 5, 3_000_000]),
        uname: pick(["", "root", "jürgen"]),
        mtime: pick([0, 1_700_000_000, -5, 1_700_000_000.75, 9e9]),
        ...(type === "symlink" || type === "link" ? { link: `y${word(pick([5, 120]))}` } : {}),
        ...(type === "char" ? { major: 5, minor: pick([1, 1_048_575]) } : {}),
        ...(random() < 0.2 ? { xattrs: { "security.capability": Uint8Array.of(1, 0, 0, 2) } } : {}),
      };
      const composition = composeTar([{ entry }], { encode: encodeGoHeader });
      const table = await readTable(compositionSource(composition));
      const { uname = "", uid = 0, gid = 0, mtime = 0, mode = 0, link = "", major, xattrs } = entry;
      expect(entryAt(table, 0)).toMatchObject({
        path: type === "dir" ? `${path}/` : path,
        type,
        uid,
        gid,
        uname,
        mode,
        link,
        mtime: Math.floor(mtime),
        ...(major === undefined ? {} : { major, minor: entry.minor }),
        ...(xattrs === undefined ? {} : { xattrs }),
      });
    }
  });

  it("TAR-31 refuses what cannot be written", () => {
    expect(() => encodeGoHeader({ path: "", type: "file" })).toThrow(RangeError);
    expect(() => encodeGoHeader({ path: "a\0b", type: "file" })).toThrow(RangeError);
    expect(() => encodeGoHeader({ path: "a", type: "file", uid: 1.5 })).toThrow(RangeError);
    expect(() => encodeGoHeader({ path: "a", type: "file", pax: { "a=b": utf8("1") } })).toThrow(RangeError);
  });
});
