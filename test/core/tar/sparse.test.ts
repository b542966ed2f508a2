import { describe, expect, it } from "vitest";
import { type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import {
  contentOf,
  type EntryTable,
  entryAt,
  readEntries,
  TAR_LIMITS,
  TarDecoder,
} from "../../../core/tar/mod.ts";
import { drainedText } from "../../support/drained.ts";
import { block, cat, END, GNU, latin1, member, padded, pax, record, utf8 } from "../../support/tar.ts";

function table(bytes: Uint8Array): EntryTable {
  const decoder = new TarDecoder();
  decoder.push(bytes);
  decoder.end();
  return decoder.table();
}

const octal = (value: number): Uint8Array => latin1(`${value.toString(8).padStart(11, "0")}\0`);
const pairs = (regions: readonly number[]): Uint8Array => cat(...regions.map(octal));

/** A file of `size` bytes with `regions`, offset and length in turn, in the old GNU form. */
function oldGnu(regions: readonly number[], content: string, size: number): Uint8Array {
  const head = pairs(regions.slice(0, 8));
  const blocks: Uint8Array[] = [];
  for (let at = 8; at < regions.length; at += 42) {
    const extension = new Uint8Array(512);
    extension.set(pairs(regions.slice(at, at + 42)));
    extension[504] = at + 42 < regions.length ? 1 : 0;
    blocks.push(extension);
  }
  const header = block({
    name: "s",
    type: "S",
    magic: GNU,
    sparse: head,
    realSize: size,
    size: content.length,
    extended: blocks.length > 0 ? latin1("\x01") : latin1("\0"),
  });
  return cat(header, ...blocks, padded(content));
}

const version = (major: string, minor: string): Uint8Array =>
  cat(record("GNU.sparse.major", major), record("GNU.sparse.minor", minor));

/** The same in pax form 1.0. */
function pax10(regions: readonly number[], content: string, size: number): Uint8Array {
  const map = padded(`${regions.length / 2}\n${regions.map((number) => `${number}\n`).join("")}`);
  return cat(
    pax(version("1", "0"), record("GNU.sparse.name", "s"), record("GNU.sparse.realsize", String(size))),
    member({ name: "GNUSparseFile.0/s" }, cat(map, utf8(content))),
  );
}

/** The same in pax form 0.1, or 0.0 with repeated records. */
function pax0(minor: 0 | 1, regions: readonly number[], content: string, size: number): Uint8Array {
  const map =
    minor === 1
      ? [record("GNU.sparse.map", regions.join(","))]
      : regions.map((number, i) =>
          record(i % 2 ? "GNU.sparse.numbytes" : "GNU.sparse.offset", String(number)),
        );
  return cat(
    pax(
      record("GNU.sparse.size", String(size)),
      record("GNU.sparse.numblocks", String(regions.length / 2)),
      ...(minor === 1 ? [record("GNU.sparse.name", "s")] : []),
      ...map,
    ),
    member({ name: minor === 1 ? "GNUSparseFile.0/s" : "s" }, content),
  );
}

const FORMS = [
  ["old GNU", oldGnu],
  ["pax 1.0", pax10],
  ["pax 0.1", (...args: [readonly number[], string, number]) => pax0(1, ...args)],
  ["pax 0.0", (...args: [readonly number[], string, number]) => pax0(0, ...args)],
] as const;

async function text(source: Source): Promise<string> {
  const whole = new TextDecoder().decode(await source.arrayBuffer());
  const streamed = await drainedText(source.stream());
  expect(streamed).toBe(whole);
  return whole;
}

function refusal(bytes: Uint8Array): { code: unknown; offset: unknown } {
  try {
    table(bytes);
  } catch (error) {
    if (isCoreError(error)) return { code: error.code, offset: error.detail["offset"] };
    throw error;
  }
  return { code: undefined, offset: undefined };
}

describe("sparse files", () => {
  const regions = Array.from({ length: 60 }, (_, i) => [i * 10 + 3, 2]).flat();
  const content = Array.from({ length: 60 }, (_, i) => String(10 + i)).join("");
  const expanded = Array.from({ length: 60 }, (_, i) => `\0\0\0${10 + i}\0\0\0\0\0`).join("");

  it("TAR-17 TAR-18 have the real size, the stored size and the name in every form", () => {
    for (const [form, make] of FORMS) {
      const found = table(cat(make(regions, content, 600), block({ name: "next" }), END));
      expect(found.count, form).toBe(2);
      expect(entryAt(found, 0), form).toMatchObject({
        path: "s",
        type: "sparse",
        size: 600,
        storedSize: 120,
      });
    }
  });

  it("TAR-17 old GNU maps go on through extension blocks, in GNU headers only", () => {
    const archive = oldGnu(regions, content, 600);
    expect(entryAt(table(archive), 0)).toMatchObject({ offset: 512 + 3 * 512, headerOffset: 0 });
    expect(refusal(block({ name: "s", type: "S", realSize: 5 })).code).toBe("tar/sparse");
    expect(refusal(archive.subarray(0, 1024)).code).toBe("tar/truncated");
    expect(refusal(oldGnu([0, 1], "x", 5).fill(0x78, 386, 388)).code).toBe("tar/header");
  });

  it("TAR-18 pax maps of an unknown version leave a plain file", () => {
    const unknown = cat(pax(version("2", "0")), member({ name: "p" }, "plain"), END);
    expect(entryAt(table(unknown), 0)).toMatchObject({ type: "file", size: 5 });
  });

  it.each([
    ["no count", "\n"],
    ["text", "#!map\n"],
    ["a sign", "-1\n"],
    ["a number beyond 2^53", "1\n9007199254740993\n1\n"],
    ["fewer numbers than it says", "2\n0\n1\n"],
  ])("TAR-18 a map in the content with %s is refused", (_what, map) => {
    const bytes = cat(
      pax(version("1", "0"), record("GNU.sparse.realsize", "9")),
      member({ name: "s" }, padded(map)),
    );
    expect(refusal(bytes).code).toBe("tar/sparse");
  });

  it("TAR-18 records of a map that are out of order or too few are refused", () => {
    const offset = record("GNU.sparse.offset", "0");
    const bad = [
      pax(record("GNU.sparse.numbytes", "1")),
      pax(offset, offset),
      pax(record("GNU.sparse.numblocks", "2"), record("GNU.sparse.map", "0,1")),
      pax(record("GNU.sparse.numblocks", "x"), record("GNU.sparse.map", "0,1")),
      pax(record("GNU.sparse.numblocks", "1"), record("GNU.sparse.map", "0,a")),
    ];
    for (const records of bad) {
      expect(refusal(cat(records, member({ name: "s" }, "x"))).code).toMatch(/^tar\/(pax|sparse)$/);
    }
  });

  it("TAR-19 regions that overlap, descend or leave the file are refused in every form", () => {
    for (const [form, make] of FORMS) {
      for (const wrong of [
        [0, 4, 3, 2],
        [8, 1, 0, 1],
        [8, 3],
        [99, 1],
      ]) {
        expect(refusal(make(wrong, "abcdef", 10)).code, `${form} ${wrong.join()}`).toBe("tar/sparse");
      }
    }
  });

  it("TAR-20 content is the regions with zeros between them, whole, sliced and streamed", async () => {
    for (const [, make] of FORMS) {
      const archive = cat(make(regions, content, 600), END);
      const source = contentOf(sourceOf(archive), table(archive), 0);
      expect(source.size).toBe(600);
      expect(await text(source)).toBe(expanded);
      for (const [from, to] of [
        [0, 3],
        [4, 14],
        [7, 8],
        [595, 600],
        [-12, undefined],
        [300, 200],
      ] as const) {
        expect(await text(source.slice(from, to))).toBe(expanded.slice(from, to ?? 600) || "");
      }
      expect(await text(source.slice(100, 200).slice(10, -5))).toBe(expanded.slice(110, 195));
      for await (const { content: stream } of readEntries(sourceOf(archive))) {
        expect(await drainedText(stream)).toBe(expanded);
      }
    }
  });

  it("TAR-20 a hole of 60 GB takes no memory", async () => {
    const size = 60_000_000_000;
    const archive = cat(pax10([0, 3, size - 3, 3], "abcxyz", size), END);
    const source = contentOf(sourceOf(archive), table(archive), 0);
    expect(source.size).toBe(size);
    expect(await text(source.slice(-5))).toBe("\0\0xyz");
    expect(await text(source.slice(1, 6))).toBe("bc\0\0\0");
    const reader = source.stream().getReader();
    expect((await reader.read()).value).toEqual(utf8("abc"));
    await reader.cancel();
  });

  it("TAR-20 regions that do not add up to what is stored make only that content unreadable", async () => {
    const archive = cat(pax10([0, 3], "abcdef", 10), member({ name: "next" }, "fine"), END);
    const found = table(archive);
    expect(found.count).toBe(2);
    expect(() => contentOf(sourceOf(archive), found, 0)).toThrow("regions add up to 3 bytes, 6 are stored");
    const outcomes: string[] = [];
    for await (const { content: stream } of readEntries(sourceOf(archive))) {
      outcomes.push(
        await drainedText(stream).catch((error: unknown) => (isCoreError(error) ? error.code : "")),
      );
    }
    expect(outcomes).toEqual(["tar/sparse", "fine"]);
  });

  it("TAR-25 maps of more regions than the limit are refused before they are read", () => {
    const decoder = new TarDecoder({ limits: { ...TAR_LIMITS, fragments: 59 } });
    for (const [, make] of FORMS) {
      const strict = new TarDecoder({ limits: { ...TAR_LIMITS, fragments: 59 } });
      expect(() => strict.push(make(regions, content, 600))).toThrow("more than 59 regions");
    }
    const lying = cat(pax(version("1", "0")), member({ name: "s" }, padded("999999999\n")));
    expect(() => decoder.push(lying)).toThrow("more than 59 regions");
  });

  it("of more bytes than memory has are read in slices, and refused at once", async () => {
    const size = Number.MAX_SAFE_INTEGER;
    const archive = cat(pax10([size - 3, 3], "end", size), END);
    const whole = contentOf(sourceOf(archive), table(archive), 0);
    expect(whole.size).toBe(size);
    expect(new TextDecoder().decode(await whole.slice(-4).arrayBuffer())).toBe("\0end");
    await expect(whole.arrayBuffer()).rejects.toMatchObject({ code: "bytes/limit", detail: { size } });
  });
});
