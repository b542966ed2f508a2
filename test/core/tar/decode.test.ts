import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { type EntryTable, entryAt, TAR_LIMITS, TarDecoder, type TarEntry } from "../../../core/tar/mod.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import {
  block,
  cat,
  END,
  GNU,
  latin1,
  member,
  POSIX,
  padded,
  pax,
  record,
  signed,
} from "../../support/tar.ts";

function table(...parts: Uint8Array[]): EntryTable {
  const decoder = new TarDecoder();
  decoder.push(cat(...parts));
  decoder.end();
  return decoder.table();
}

function entries(...parts: Uint8Array[]): TarEntry[] {
  const found = table(...parts);
  return Array.from({ length: found.count }, (_, row) => entryAt(found, row));
}

const only = (...parts: Uint8Array[]): TarEntry => {
  const [entry, ...rest] = entries(...parts, END);
  expect(rest).toEqual([]);
  return entry;
};

/** The error that decoding `parts` ends with, and the paths before it. */
function refusal(...parts: Uint8Array[]): {
  code: string;
  message: string;
  offset: unknown;
  paths: string[];
} {
  const decoder = new TarDecoder();
  try {
    decoder.push(cat(...parts));
    decoder.end();
  } catch (error) {
    if (!isCoreError(error)) throw error;
    const found = decoder.table();
    const paths = Array.from({ length: found.count }, (_, row) => entryAt(found, row).path);
    return { code: error.code, message: error.message, offset: error.detail["offset"], paths };
  }
  throw new Error("nothing was refused");
}

const file = (fields: Parameters<typeof block>[0] = {}): Uint8Array => block({ name: "f", ...fields });

describe("TarDecoder headers", () => {
  it("TAR-1 the magic names the dialect, and v7 has no fields after the link name", () => {
    const fields = { name: "n", uname: "u", prefix: "p", major: "7", type: "3" };
    expect(only(block({ ...fields, magic: POSIX }))).toMatchObject({ path: "p/n", uname: "u", major: 7 });
    expect(only(block({ ...fields, magic: "ustar\x0099" }))).toMatchObject({ path: "p/n" });
    expect(only(block({ ...fields, prefix: "", magic: GNU }))).toMatchObject({ path: "n", uname: "u" });
    for (const magic of ["", "ustar 00", "ustar  x", "USTAR\x0000"]) {
      expect(only(block({ ...fields, magic }))).toMatchObject({ path: "n", uname: "", major: 0 });
    }
  });

  it("TAR-2 the prefix is 155 bytes in POSIX, 131 in STAR and none in GNU", () => {
    const long = "d".repeat(155);
    expect(only(file({ prefix: long })).path).toBe(`${long}/f`);
    const star = { prefix: `${"d".repeat(131)}${"\0".repeat(24)}`, trailer: "tar\0" };
    expect(only(file(star)).path).toBe(`${"d".repeat(131)}/f`);
    expect(only(file({ magic: GNU, prefix: "14360123456\x0014360123456\0" })).path).toBe("f");
  });

  it("TAR-2 a GNU header whose times are no numbers has the prefix that Go before 1.8 wrote", () => {
    expect(only(file({ magic: GNU, prefix: "some/folder" })).path).toBe("some/folder/f");
    expect(only(file({ magic: GNU, prefix: latin1("caf\xe9/folder") })).path).toBe("f");
  });

  it("TAR-3 the checksum is the sum of unsigned or of signed bytes", () => {
    const header = file({ name: latin1("\xff\xfe") });
    const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    for (const value of [sum, sum - 512]) {
      header.set(latin1(value.toString(8).padStart(6, "0")), 148);
      expect(table(header, END).count).toBe(1);
    }
    header.set(latin1((sum - 256).toString(8).padStart(6, "0")), 148);
    expect(refusal(header)).toMatchObject({ code: "tar/header", offset: 0 });
  });

  it("TAR-3 a wrong checksum is refused with what was found and expected", () => {
    const broken = file();
    broken[0] = 0x67;
    expect(refusal(file(), broken)).toEqual({
      code: "tar/header",
      message: expect.stringMatching(/^Cannot read tar header at byte 512: checksum is \d+, expected \d+$/),
      offset: 512,
      paths: ["f"],
    });
  });

  it("TAR-4 strings end at the first NUL or at the full width", () => {
    expect(only(block({ name: "a".repeat(100) })).path).toBe("a".repeat(100));
    expect(only(block({ name: "ab\0cd" })).path).toBe("ab");
    expect(only(file({ type: "2", link: "l".repeat(100) })).link).toBe("l".repeat(100));
    expect(only(file({ uname: "u".repeat(32), gname: "g\0x" }))).toMatchObject({
      uname: "u".repeat(32),
      gname: "g",
    });
  });

  it("TAR-4 names that are not UTF-8 are given lossy and raw, U+FFFD itself as text", () => {
    const entry = only(block({ name: latin1("caf\xe9"), type: "2", link: latin1("\xff/x") }));
    expect(entry).toMatchObject({ path: "caf\ufffd", link: "\ufffd/x" });
    expect(entry.pathBytes).toEqual(latin1("caf\xe9"));
    expect(entry.linkBytes).toEqual(latin1("\xff/x"));
    expect(only(block({ name: "é\ufffd" }))).not.toHaveProperty("pathBytes");
  });

  it.each([
    ["0000644\0", 0o644],
    ["   644 \0", 0o644],
    ["\0\x00644\0\0\0", 0o644],
    ["644\0junk", 0o644],
    ["        ", 0],
    ["\0\0\0\0\0\0\0\0", 0],
    ["12345670", 0o12345670],
    [latin1("\x80\0\0\0\0\0\x01\xa4"), 420],
    [latin1("\x80\x1f\xff\xff\xff\xff\xff\xff"), Number.MAX_SAFE_INTEGER],
    [latin1("\xff\xff\xff\xff\xff\xff\xff\xfe"), -2],
  ])("TAR-5 the field %j is the number %i", (uid, value) => {
    expect(only(file({ uid })).uid).toBe(value);
  });

  it.each([
    ["0000648\0", "an octal number"],
    ["12 34\0", "an octal number"],
    ["12 \0x", "an octal number"],
    ["-1\0", "an octal number"],
    [latin1("\x80\x20\0\0\0\0\0\0"), "beyond 2^53"],
    [latin1("\xff\xdf\xff\xff\xff\xff\xff\xff"), "beyond 2^53"],
  ])("TAR-5 the field %j is refused by name and offset", (gid, what) => {
    const { code, message, offset, paths } = refusal(file(), file({ gid }));
    expect({ code, offset, paths }).toEqual({ code: "tar/header", offset: 512, paths: ["f"] });
    expect(message).toContain("gid at byte 628");
    expect(message).toContain(what);
  });

  it("TAR-5 times may be negative in base-256", () => {
    expect(only(file({ mtime: latin1("\xff".repeat(11) + "\xfb") })).mtime).toBe(-5);
  });

  it("TAR-6 type bytes map to types, and unknown ones keep their content", () => {
    const types = "\x0001234567SVAM".split("").map((type) => {
      const extra = type === "S" ? { magic: GNU, realSize: 0 } : {};
      return only(file({ type, ...extra })).type;
    });
    expect(types).toEqual(
      "file file link symlink char block dir fifo file sparse other other other".split(" "),
    );
    const [first, second] = entries(member({ name: "v", type: "V" }, "content"), file(), END);
    expect(first).toMatchObject({ type: "other", typeflag: "V", size: 7, storedSize: 7, offset: 512 });
    expect(second).toMatchObject({ path: "f", headerOffset: 1024 });
  });

  it("TAR-6 device numbers are kept for devices only", () => {
    const numbers = { major: 8, minor: 0o7777777 };
    expect(only(file({ type: "4", ...numbers }))).toMatchObject({ major: 8, minor: 0o7777777 });
    expect(only(file(numbers))).not.toHaveProperty("major");
  });

  it("TAR-7 a file of type NUL whose final path ends in a slash is a directory", () => {
    expect(only(block({ name: "d/", type: "\0" })).type).toBe("dir");
    expect(only(block({ name: "d/", type: "0" })).type).toBe("file");
    expect(only(pax(record("path", "d/")), block({ name: "d", type: "\0" })).type).toBe("dir");
    expect(only(pax(record("path", "d")), block({ name: "d/", type: "\0" })).type).toBe("file");
  });

  it("TAR-8 links, directories, devices and pipes have no content whatever their size says", () => {
    for (const type of "123456") {
      const [first, second] = entries(file({ type, size: 4096 }), block({ name: "next" }), END);
      expect(first).toMatchObject({ size: 4096, storedSize: 0 });
      expect(second).toMatchObject({ path: "next" });
    }
    expect(entries(block({ name: "d/", type: "\0", size: 600 }), file(), END)).toHaveLength(2);
  });

  it("TAR-9 sizes that are negative or end beyond 2^53 are refused", () => {
    const minusOne = latin1("\xff".repeat(12));
    const most = latin1("\x80\0\0\0\0\x1f\xff\xff\xff\xff\xff\xff");
    expect(refusal(file({ size: minusOne })).message).toContain("size is -1, expected 0 or more");
    expect(refusal(file({ size: most })).message).toContain("ends beyond byte 2^53");
    expect(refusal(file({ type: "x", size: minusOne })).message).toContain("size is -1");
    expect(refusal(pax(record("size", "-1")), file())).toMatchObject({ code: "tar/header", offset: 1024 });
    expect(only(file({ type: "5", size: minusOne }))).toMatchObject({ size: -1, storedSize: 0 });
  });
});

describe("TarDecoder at the end", () => {
  const one = member({ name: "f" }, "content");

  it("TAR-21 an archive ends at two zero blocks, and what follows is not looked at", () => {
    expect(entries(one, END, latin1("garbage".repeat(200)))).toHaveLength(1);
    const decoder = new TarDecoder();
    decoder.push(cat(one, END));
    expect(decoder.ended).toBe(true);
    decoder.push(latin1("garbage"));
    expect(decoder.position).toBe(2048 + 7);
  });

  it("TAR-21 an archive may end after one zero block, after none, in padding or after an extension", () => {
    expect(entries(one, END.subarray(512))).toHaveLength(1);
    expect(entries(one)).toHaveLength(1);
    expect(entries(one.subarray(0, 519))).toHaveLength(1);
    expect(entries(one, pax(record("path", "p")))).toHaveLength(1);
    expect(entries()).toEqual([]);
  });

  it("TAR-22 a zero block before one that is not is refused", () => {
    expect(refusal(one, END.subarray(512), one)).toMatchObject({
      code: "tar/header",
      offset: 1536,
      paths: ["f"],
    });
  });

  it.each([
    ["a header", 1024 + 100, ["f"], 1024],
    ["content", 512 + 6, ["f"], 0],
    ["a pax header's content", 1024 + 512 + 3, ["f"], 1024],
  ])("TAR-23 an archive that ends in %s is truncated", (_what, length, paths, offset) => {
    const whole = cat(one, pax(record("path", "p")), one);
    expect(refusal(whole.subarray(0, length))).toMatchObject({ code: "tar/truncated", paths, offset });
  });

  it("TAR-24 a failure is final and keeps the entries before it", () => {
    const decoder = new TarDecoder();
    const bad = file();
    bad[148] = 0x39;
    const caught = (call: () => void): unknown => {
      try {
        call();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    const first = caught(() => decoder.push(cat(one, one, bad)));
    expect(isCoreError(first, "tar/header")).toBe(true);
    expect(caught(() => decoder.push(one))).toBe(first);
    expect(caught(() => decoder.end())).toBe(first);
    expect(decoder.table().count).toBe(2);
  });
});

describe("TarDecoder limits", () => {
  it("TAR-25 special entries, paths and sparse maps above their limit are refused", () => {
    expect(refusal(block({ name: "x", type: "x", size: 1_048_577 })).code).toBe("bytes/limit");
    expect(refusal(block({ name: "g", type: "g", size: 0o77777777777 })).code).toBe("bytes/limit");
    const long = (length: number): Uint8Array =>
      member({ name: "././@LongLink", type: "L", magic: GNU }, "p".repeat(length));
    expect(only(long(4096), file()).path).toHaveLength(4096);
    expect(refusal(long(4097), file())).toMatchObject({ code: "bytes/limit", offset: 5120 });
    const decoder = new TarDecoder({ limits: { ...TAR_LIMITS, path: 3 } });
    expect(() => decoder.push(block({ name: "four" }))).toThrow("longer than 3 bytes");
  });

  it("endless pax headers are read through in bounded memory", () => {
    const decoder = new TarDecoder();
    const header = pax(record("comment", "c".repeat(1000)));
    for (let i = 0; i < 2000; i++) decoder.push(header);
    decoder.push(cat(file(), END));
    expect(decoder.table()).toMatchObject({ count: 1 });
    expect(decoder.table().pax.bytes.length).toBeLessThan(1100);
  });
});

describe("TarDecoder", () => {
  const archive = cat(
    member({ name: "a" }, "x".repeat(1000)),
    pax(record("path", "b".repeat(300)), record("mtime", "1.5"), record("SCHILY.xattr.user.a", "v")),
    member({ name: "b" }, "second"),
    member({ name: "././@LongLink", type: "L", magic: GNU }, `${"c".repeat(700)}\0`),
    block({ name: "c", type: "5", magic: GNU, uid: 5, uname: "me" }),
    pax(
      record("GNU.sparse.major", "1"),
      record("GNU.sparse.minor", "0"),
      record("GNU.sparse.realsize", "9999"),
    ),
    member({ name: "s" }, cat(padded("1\n5000\n3\n"), latin1("abc"))),
    END,
  );

  it.each(CHUNKINGS)("TAR-26 gives the same table and contents $name", ({ next }) => {
    const run = (chunks: Iterable<Uint8Array>): unknown => {
      const contents: string[] = [];
      const events: string[] = [];
      const decoder = new TarDecoder({
        onEntry: (row, live) => {
          events.push(`begin ${row} ${entryAt(live, row).path.length}`);
          contents[row] = "";
        },
        onContent: (row, bytes) => {
          contents[row] += String.fromCharCode(...bytes);
        },
        onEntryEnd: (row) => events.push(`end ${row}`),
      });
      for (const chunk of chunks) decoder.push(chunk);
      decoder.end();
      return { table: decoder.table(), contents, events, position: decoder.position };
    };
    const whole = run([archive]);
    expect(run(chunked(archive, next()))).toEqual(whole);
    expect(whole).toMatchObject({
      contents: ["x".repeat(1000), "second", "", "abc"],
      events: ["begin 0 1", "end 0", "begin 1 300", "end 1", "begin 2 700", "end 2", "begin 3 1", "end 3"],
      position: archive.length,
    });
  });

  it("skips content and padding unseen, and nothing else", () => {
    const decoder = new TarDecoder();
    decoder.push(archive.subarray(0, 512));
    expect(decoder.skippable).toBe(1024);
    expect(() => decoder.skip(1025)).toThrow(RangeError);
    decoder.skip(1024);
    decoder.push(archive.subarray(1536, 1536 + 512));
    expect(decoder.skippable).toBe(0);
    decoder.push(archive.subarray(2048));
    decoder.end();
    expect(decoder.table()).toEqual(table(archive));
  });

  it("says where the headers and the content of an entry begin", () => {
    const found = entries(archive);
    expect(found.map(({ headerOffset, offset }) => [headerOffset, offset])).toEqual([
      [0, 512],
      [1536, 3072],
      [3584, 5632],
      [5632, 7680],
    ]);
  });

  it("knows an owner again when others come between, and after a dialect that has none", () => {
    const owners = [1, 2, 3, 4, 5, 6, 1, 5].map((uid) => block({ name: "f", uid, uname: `u${uid}` }));
    const v7 = block({ name: "f", uid: 5, uname: "u5", magic: "" });
    const found = table(...owners, v7, ...owners, END);
    expect(found.owners).toHaveLength(7);
    expect(Array.from({ length: 17 }, (_, row) => entryAt(found, row).uname || "-").join(" ")).toBe(
      "u1 u2 u3 u4 u5 u6 u1 u5 - u1 u2 u3 u4 u5 u6 u1 u5",
    );
  });

  it("survives every single flipped byte of an archive with all kinds of headers", () => {
    for (let at = 0; at < archive.length; at += 7) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bytes = archive.slice();
        bytes[at] ^= flip;
        // With a checksum that is right again, the change reaches the fields.
        if (at % 512 < 500 && at < 512) signed(bytes.subarray(0, 512));
        const decoder = new TarDecoder();
        try {
          decoder.push(bytes);
          decoder.end();
        } catch (error) {
          expect(isCoreError(error)).toBe(true);
        }
        expect(decoder.table().count).toBeLessThanOrEqual(5);
      }
    }
  });
});
