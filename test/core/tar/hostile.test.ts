import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import {
  contentOf,
  type EntryTable,
  entryAt,
  readEntries,
  readTable,
  TarDecoder,
} from "../../../core/tar/mod.ts";
import { chunked } from "../../support/chunkings.ts";
import { seeded } from "../../support/random.ts";
import { block, cat, END, GNU, latin1, member, padded, pax, record, signed } from "../../support/tar.ts";

/** One entry of every kind, so that a changed byte reaches every parser. */
const PARTS = [
  member({ name: "plain", uname: "root", uid: 7 }, "content".repeat(90)),
  block({ name: "null", type: "3", major: 1, minor: 3 }),
  block({ name: "star", prefix: "p", trailer: "tar\0" }),
  member({ name: "././@LongLink", type: "L", magic: GNU }, "n".repeat(600)),
  member({ name: "././@LongLink", type: "K", magic: GNU }, "k".repeat(200)),
  block({ name: "link", type: "2", magic: GNU }),
  pax(
    record("path", "records"),
    record("mtime", "1.5"),
    record("SCHILY.xattr.user.a", "v"),
    record("size", "5"),
  ),
  member({ name: "r" }, "12345"),
  pax(
    record("GNU.sparse.major", "1"),
    record("GNU.sparse.minor", "0"),
    record("GNU.sparse.realsize", "9000"),
  ),
  member({ name: "one" }, cat(padded("2\n0\n3\n8000\n4\n"), latin1("abcdefg"))),
  pax(
    record("GNU.sparse.size", "900"),
    record("GNU.sparse.numblocks", "2"),
    record("GNU.sparse.map", "0,2,800,3"),
  ),
  member({ name: "zero" }, "abcde"),
  block({
    name: "old",
    type: "S",
    magic: GNU,
    size: 4,
    realSize: 700,
    sparse: cat(latin1("00000000100\0"), latin1("00000000004\0")),
  }),
  padded("four"),
  member({ name: "last", type: "7" }, "end"),
  END,
];
const ARCHIVE = cat(...PARTS);

/** Where a header begins: wounds there get a checksum that is right again. */
const HEADERS = Array.from({ length: ARCHIVE.length / 512 }, (_, i) => i * 512).filter(
  (at) => ARCHIVE[at + 154] === 0 && ARCHIVE[at + 155] === 0x20,
);

/** Bytes that tend to mean something. */
const LOADED = [0, 0x20, 0x0a, 0x2c, 0x2d, 0x2f, 0x30, 0x37, 0x38, 0x39, 0x3d, 0x7f, 0x80, 0xbf, 0xc0, 0xff];
const TYPES = latin1("\x0001234567xgXLKSVDM");

function wounded(seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = ARCHIVE.slice();
  for (let wound = 0; wound <= below(4); wound++) {
    const header = HEADERS[below(HEADERS.length)];
    const at = random() < 0.7 ? header + below(512) : below(bytes.length);
    bytes[at] = random() < 0.7 ? LOADED[below(LOADED.length)] : below(256);
    if (random() < 0.2) bytes[header + 156] = TYPES[below(TYPES.length)];
    for (const start of HEADERS) signed(bytes.subarray(start, start + 512));
  }
  return random() < 0.1 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

/** The code of a {@link CoreError}, "" for none; anything else is a fault of ours. */
async function code(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    if (!isCoreError(error)) throw error;
    expect(error.message).toMatch(/^Cannot read (tar|pax|sparse) .* at byte \d+: /);
    expect(error.detail["offset"]).toBeTypeOf("number");
    return error.code;
  }
}

async function decoded(bytes: Uint8Array, sizes: () => number): Promise<readonly [EntryTable, string]> {
  const decoder = new TarDecoder();
  const failure = await code(async () => {
    for (const chunk of chunked(bytes, sizes)) decoder.push(chunk);
    decoder.end();
  });
  return [decoder.table(), failure];
}

describe("a wounded archive", () => {
  it.each([1, 2, 3, 4, 5, 6])("is refused or read alike by every reader, part %i", async (part) => {
    for (let seed = part * 1000; seed < part * 1000 + 120; seed++) {
      const bytes = wounded(seed);
      const [table, failure] = await decoded(bytes, () => Number.POSITIVE_INFINITY);
      expect(await decoded(bytes, () => 77), `seed ${seed}`).toEqual([table, failure]);

      const decoder = new TarDecoder();
      const source = sourceOf(bytes);
      expect(await code(() => readTable(source, { decoder, hop: 512 })), `seed ${seed}`).toBe(failure);
      expect(decoder.table(), `seed ${seed}`).toEqual(table);

      let streamed = 0;
      const streaming = await code(async () => {
        for await (const { entry } of readEntries(source)) {
          expect(entry, `seed ${seed}`).toEqual(entryAt(table, streamed));
          streamed++;
        }
      });
      expect([streamed, streaming], `seed ${seed}`).toEqual([table.count, failure]);

      for (let row = 0; row < table.count; row++) {
        await code(async () => {
          const content = contentOf(source, table, row);
          expect(content.size).toBe(contentSize(table, row));
          await content.slice(0, 10_000).arrayBuffer();
          await content.slice(-10_000).arrayBuffer();
        });
      }
    }
  });

  it("is as long as it was at first, and is read whole when nothing was changed", async () => {
    const [table, failure] = await decoded(ARCHIVE, () => 512);
    expect(failure).toBe("");
    expect(Array.from({ length: table.count }, (_, row) => entryAt(table, row).type)).toEqual(
      "file char file symlink file sparse sparse sparse file".split(" "),
    );
  });
});

function contentSize(table: EntryTable, row: number): number {
  const { type, size } = entryAt(table, row);
  return type === "file" || type === "sparse" || type === "other" ? size : 0;
}
