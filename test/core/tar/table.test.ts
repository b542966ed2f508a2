import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import {
  contentOf,
  entryAt,
  readTable,
  TarDecoder,
  tableMemory,
  tableTransfer,
} from "../../../core/tar/mod.ts";
import { block, cat, END, member, pax, record } from "../../support/tar.ts";

const archive = cat(
  member({ name: "a", uname: "root" }, "content"),
  block({ name: "null", type: "3", major: 1, minor: 3 }),
  pax(record("SCHILY.xattr.user.a", "1")),
  block({ name: "b", type: "2", link: "a" }),
  END,
);

describe("EntryTable", () => {
  it("is cloned and transferred whole", async () => {
    const table = await readTable(sourceOf(archive));
    const rows = (of: typeof table): unknown[] =>
      Array.from({ length: of.count }, (_, row) => entryAt(of, row));
    const before = rows(table);
    const clone = structuredClone(table);
    expect(rows(clone)).toEqual(before);
    const moved = structuredClone(clone, { transfer: tableTransfer(clone) });
    expect(rows(moved)).toEqual(before);
    expect(clone.bytes.length + clone.offset.length + clone.pax.bytes.length).toBe(0);
  });

  it("holds exactly its rows, and is no part of the decoder's memory", () => {
    const decoder = new TarDecoder();
    decoder.push(archive.subarray(0, 1536));
    const early = decoder.table();
    expect(early).toMatchObject({ count: 2, size: { length: 2 }, path: { length: 3 } });
    const copy = structuredClone(early);
    decoder.push(archive.subarray(1536));
    expect(early).toEqual(copy);
    expect(decoder.table().count).toBe(3);
  });

  it("takes under 100 bytes an entry for paths of forty", () => {
    const decoder = new TarDecoder();
    const name = "usr/share/some-folder/some-file-name.txt";
    const blocks = cat(...Array.from({ length: 500 }, () => block({ name })));
    for (let i = 0; i < 200; i++) decoder.push(blocks);
    const table = decoder.table();
    expect(table.count).toBe(100_000);
    expect(tableMemory(table) / table.count).toBeLessThan(100);
  });

  it("refuses rows that are not there", async () => {
    const table = await readTable(sourceOf(archive));
    for (const row of [-1, 3, Number.NaN]) {
      expect(() => entryAt(table, row)).toThrow(RangeError);
      expect(() => contentOf(sourceOf(archive), table, row)).toThrow(RangeError);
    }
  });

  it("gives the content of a row as a slice, empty for types without one", async () => {
    const source = sourceOf(archive);
    const table = await readTable(source);
    expect(new TextDecoder().decode(await contentOf(source, table, 0).arrayBuffer())).toBe("content");
    expect(contentOf(source, table, 1).size).toBe(0);
    expect(() => contentOf(source.slice(0, 515), table, 0)).toThrow("the archive ends at byte 515");
  });
});
