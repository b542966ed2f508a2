import { describe, expect, it } from "vitest";
import { type Bytes, sourceOf } from "../../../core/bytes/mod.ts";
import { entryAt, readEntries, readTable, TAR_LIMITS, TarDecoder } from "../../../core/tar/mod.ts";
import { block, cat, END, GNU, member, padded, pax, record } from "../../support/tar.ts";

/** Entries that take much memory for what they are in an archive, which compresses a thousand to one. */
const GREEDY: readonly (readonly [what: string, entry: (index: number) => Bytes])[] = [
  ["rows", (index) => block({ name: `${index}` })],
  ["names", () => cat(member({ name: "L", type: "L", magic: GNU }, "n".repeat(4000)), block({ magic: GNU }))],
  ["pax records", () => cat(pax(record("SCHILY.xattr.user.a", "a".repeat(4000))), block({ name: "f" }))],
  [
    "owners",
    (index) => cat(pax(record("uid", `${index}`), record("uname", "u".repeat(4000))), block({ name: "f" })),
  ],
  [
    "sparse maps",
    () =>
      cat(
        pax(
          record("GNU.sparse.major", "1"),
          record("GNU.sparse.minor", "0"),
          record("GNU.sparse.realsize", "9"),
        ),
        member({ name: "f" }, padded(`500\n${"0\n0\n".repeat(500)}`)),
      ),
  ],
];

describe("a table that grows without end", () => {
  it.each(GREEDY)("stops at its limit when it is made of %s, and keeps what it has", (_what, entry) => {
    const decoder = new TarDecoder({ limits: { ...TAR_LIMITS, table: 200_000 } });
    let index = 0;
    const fill = (): void => {
      for (; index < 10_000; index++) decoder.push(entry(index));
    };
    expect(fill).toThrow(expect.objectContaining({ code: "bytes/limit" }));
    const table = decoder.table();
    expect(table.count).toBe(index);
    expect(table.count).toBeGreaterThan(10);
    expect(entryAt(table, table.count - 1).storedSize).toBe(0);
  });

  it("is none for who reads entry by entry, however many owners there are", async () => {
    const entries = Array.from({ length: 600 }, (_, index) =>
      cat(
        pax(record("uid", `${index}`), record("uname", `${index}`.padEnd(3000, "u"))),
        block({ name: "f", gid: index % 3 }),
      ),
    );
    let index = 0;
    for await (const { entry } of readEntries(sourceOf(cat(...entries, END)))) {
      expect([entry.uid, entry.gid]).toEqual([index, index % 3]);
      expect(entry.uname.startsWith(`${index}u`)).toBe(true);
      index++;
    }
    expect(index).toBe(600);
  });

  it("does not grow by headers that replace each other", async () => {
    const again = pax(record("comment", "a".repeat(10_000)));
    const table = await readTable(sourceOf(cat(...Array.from({ length: 200 }, () => again), END)), {
      limits: { ...TAR_LIMITS, table: 20_000 },
    });
    expect(table.count).toBe(0);
  });
});
