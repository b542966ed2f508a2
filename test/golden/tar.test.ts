import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type Bytes, sourceOf } from "../../core/bytes/mod.ts";
import { decompress } from "../../core/compression/mod.ts";
import { isCoreError } from "../../core/error.ts";
import {
  contentOf,
  type EntryTable,
  entryAt,
  readEntries,
  readTable,
  TarDecoder,
  type TarEntry,
} from "../../core/tar/mod.ts";
import { CHUNKINGS, chunked } from "../support/chunkings.ts";
import { joined } from "../support/deflate.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const TARS = join(CORPUS, "tars");

/** One line of an expect file. */
interface Expected {
  readonly path: string;
  readonly pathHex?: string | undefined;
  readonly type: string;
  readonly typeflag?: string | undefined;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly link: string;
  readonly linkHex?: string | undefined;
  readonly sha256?: string;
  readonly major?: number;
  readonly minor?: number;
}

interface Note {
  readonly note: string;
  readonly refusedBy: readonly string[];
}

/**
 * What we do with each disputed file that we do not list to its end as most readers do. `refuse` is the code of our error; the entries
 * before it must be the first of the listing. `list` says that ours is another listing, of that many entries. Docker's reader (Go) does the
 * same with every one of them.
 */
const DISPUTED: {
  readonly [file: string]: ({ readonly refuse: string } | { readonly list: number }) & {
    readonly why: string;
  };
} = {
  "GoogleContainerTools+jib/out.tar": { refuse: "tar/truncated", why: "three bytes are no header" },
  "oras-project+oras-go/nontar.tar": { refuse: "tar/truncated", why: "fifteen bytes of text" },
  "golang+go/issue10968.tar": { refuse: "tar/header", why: "no checksum; every reader refuses" },
  "golang+go/issue11169.tar": { refuse: "tar/pax", why: "a record without a newline; every reader refuses" },
  "golang+go/issue12435.tar": { refuse: "tar/header", why: "size beyond 63 bits; every reader refuses" },
  "golang+go/neg-size.tar": { refuse: "tar/header", why: "size below −2^63; every reader refuses" },
  "golang+go/pax-bad-hdr-file.tar": { refuse: "tar/pax", why: "a record without a newline" },
  "golang+go/pax-bad-hdr-large.tar.bz2": { refuse: "bytes/limit", why: "a pax header above 1 MiB" },
  "golang+go/pax-bad-mtime-file.tar": { refuse: "tar/pax", why: "mtime is no number" },
  "golang+go/pax-nul-path.tar": { refuse: "tar/pax", why: "a NUL in a path is cut off by some readers only" },
  "golang+go/pax-nul-xattrs.tar": { refuse: "tar/pax", why: "a NUL in a key" },
  "golang+go/writer-big.tar": { refuse: "tar/truncated", why: "16 GiB declared, none there" },
  "moby+moby/writer-big.tar": { refuse: "tar/truncated", why: "16 GiB declared, 3.5 KiB there" },
  "isaacs+node-tar/bad-cksum.tar": { refuse: "tar/header", why: "the second header's checksum is wrong" },
  "libarchive+libarchive/test_compat_plexus_archiver_tar.tar": {
    refuse: "tar/header",
    why: "one zero block, then more: others stop at the first and say so, or do not",
  },
  "libarchive+libarchive/test_read_format_gtar_sparse_1_17_posix10_modified.tar": {
    refuse: "tar/sparse",
    why: "the map begins with a line of text",
  },
  "libarchive+libarchive/test_read_format_tar_V_negative_size.tar": {
    refuse: "tar/header",
    why: "size below −2^63",
  },
  "libarchive+libarchive/test_read_format_tar_acl_oob_read.tar": {
    refuse: "tar/pax",
    why: "records that are none; every reader refuses",
  },
  "libarchive+libarchive/test_read_format_tar_invalid_pax_size.tar": {
    refuse: "tar/pax",
    why: "size of twenty digits; every reader refuses",
  },
  "libarchive+libarchive/test_read_format_tar_pax_g_large.tar": {
    refuse: "bytes/limit",
    why: "a global header of 4 GiB; every reader refuses",
  },
  "libarchive+libarchive/test_read_format_tar_pax_large_attr.tar.Z": {
    refuse: "bytes/limit",
    why: "a pax header of 8 MB",
  },
  "libarchive+libarchive/test_read_format_tar_pax_timestamps.tar": {
    refuse: "tar/pax",
    why: "mtime ends in a letter",
  },
  "libarchive+libarchive/test_read_format_tar_timestamp_overflow.tar": {
    list: 1,
    why: "size is octal after NULs: we and Go read 14, which the content bears out, others 0",
  },
  "libarchive+libarchive/test_compat_lz4_3.tar.lz4": {
    list: 6,
    why: "several lz4 frames, of which the others' decompressor gave the first only; ours is bsdtar's count",
  },
};

const files = existsSync(TARS)
  ? readdirSync(TARS, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name).slice(TARS.length + 1))
      .sort()
  : [];

const tally = { agree: 0, refused: [] as string[], differ: [] as string[], unread: [] as string[] };

describe.skipIf(files.length === 0)("tar corpus (../shared/corpus/tars; skipped when absent)", () => {
  it.each(files)("%s is listed as other readers list it", async (file) => {
    const { note, entries } = expectation(file);
    const bytes = await plainBytes(file);
    if (bytes === undefined) {
      tally.unread.push(file);
      expect(file).toMatch(/\.(?:Z|bz2|tbz|xz|txz|lzma|lz4|lzo|lz|grz|lrz)$/);
      return;
    }
    const decoder = new TarDecoder();
    let failure: unknown;
    const source = sourceOf(bytes);
    await readTable(source, { decoder }).catch((error: unknown) => {
      failure = error;
    });
    const table = decoder.table();
    await sameUnderChunkings(bytes, table, failure);
    await sameStreamed(bytes, table, failure);

    const disputed = DISPUTED[file];
    if (disputed !== undefined) {
      expect(note, "only files with a note are disputed").toBeDefined();
      if ("refuse" in disputed) {
        expect(isCoreError(failure) ? failure.code : String(failure)).toBe(disputed.refuse);
        expect(listing(table)).toEqual(entries.slice(0, table.count).map(expectedFields));
        tally.refused.push(`${file} (${disputed.why}): ${failure instanceof Error ? failure.message : ""}`);
      } else {
        expect(failure).toBeUndefined();
        expect(table.count).toBe(disputed.list);
        tally.differ.push(`${file} (${disputed.why})`);
      }
      return;
    }
    if (failure !== undefined) throw failure;
    expect(listing(table)).toEqual(entries.map(expectedFields));
    for (const [row, { sha256 }] of entries.entries()) {
      if (sha256 === undefined) continue;
      expect(await digest(contentOf(source, table, row).stream()), `sha256 of row ${row}`).toBe(sha256);
    }
    tally.agree++;
  });

  afterAll(() => {
    const rest = tally.refused.length + tally.differ.length + tally.unread.length;
    console.log(
      [
        `tar corpus: ${tally.agree} of ${files.length} listed as expected; of the other ${rest}:`,
        `  ${tally.refused.length} refused:`,
        ...tally.refused.map((line) => `    ${line}`),
        `  ${tally.differ.length} listed in another way: ${tally.differ.join(", ")}`,
        `  ${tally.unread.length} in a compression we do not read: ${tally.unread.join(", ")}`,
      ].join("\n"),
    );
  });
});

function expectation(file: string): {
  readonly note: Note | undefined;
  readonly entries: readonly Expected[];
} {
  const lines = gunzipSync(readFileSync(join(CORPUS, "expect/tars", `${file}.jsonl.gz`)))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Expected | Note => JSON.parse(line));
  return {
    note: lines.find((line) => "note" in line),
    entries: lines.filter((line): line is Expected => !("note" in line)),
  };
}

/** What decompresses, where the machine has it, the formats that ours says it does not read. */
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/\.Z$/, "gzip"],
  [/\.lz4$/, "lz4"],
  [/\.(?:xz|txz|lzma)$/, "xz"],
  [/\.(?:bz2|tbz)$/, "bzip2"],
];

/** The tar within the file: decompressed by us, or by a tool; undefined when there is none either. */
async function plainBytes(file: string): Promise<Bytes | undefined> {
  const path = join(TARS, file);
  const parts: Uint8Array[] = [];
  try {
    await decompress(sourceOf(new Uint8Array(readFileSync(path))), (part) => {
      parts.push(part.slice());
    });
    return joined(...parts);
  } catch (error) {
    // lz4 and zstd share the magic of their skippable frames, so an lz4 file that begins with one is taken for a broken zstd.
    if (!isCoreError(error, "compression/unsupported") && !file.endsWith(".lz4")) throw error;
  }
  const tool = TOOLS.find(([name]) => name.test(file))?.[1];
  if (tool === undefined) return undefined;
  const stdio = ["ignore", "pipe", "ignore"] as const;
  try {
    return new Uint8Array(execFileSync(tool, ["-dc", path], { maxBuffer: 2 ** 28, stdio: [...stdio] }));
  } catch {
    return undefined;
  }
}

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString("hex");

/** Without the trailing slashes, unless there is nothing else. */
const unslashed = (path: string): string => path.replace(/(?<=[^/])\/+$/, "").replace(/^\/+$/, "/");

const hasSize = (type: string): boolean => type === "file" || type === "sparse";

/** What is compared: rounded as far as clocks differ, and `undefined` where the listing says nothing. */
function expectedFields(entry: Omit<Expected, "sha256">): object {
  const { path, type, mode, uid, gid, link, pathHex, linkHex, major, minor, typeflag } = entry;
  const whole = { path, type, mode, uid, gid, link, pathHex, linkHex, major, minor, typeflag };
  return {
    ...whole,
    mtime: Math.round(entry.mtime * 1e6) / 1e6,
    size: hasSize(type) ? entry.size : undefined,
  };
}

function listing(table: EntryTable): object[] {
  return Array.from({ length: table.count }, (_, row) => {
    const { pathBytes, linkBytes, typeflag, ...entry } = entryAt(table, row);
    return expectedFields({
      ...entry,
      path: unslashed(entry.path),
      pathHex: hex(pathBytes)?.replace(/(?:2f)+$/, ""),
      linkHex: hex(linkBytes),
      typeflag: entry.type === "other" ? typeflag : undefined,
    });
  });
}

async function digest(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}

/** The decoder must find the same whatever the chunks, and fail in the same way. */
async function sameUnderChunkings(bytes: Bytes, table: EntryTable, failure: unknown): Promise<void> {
  const reads =
    bytes.length > 4_000_000 ? CHUNKINGS.filter(({ name }) => name === "seeded random") : CHUNKINGS;
  for (const { name, next } of reads) {
    const decoder = new TarDecoder();
    let failed: unknown;
    try {
      for (const chunk of chunked(bytes, next())) decoder.push(chunk);
      decoder.end();
    } catch (error) {
      failed = error;
    }
    expect(decoder.table(), name).toEqual(table);
    // How far a truncated archive was read depends on who reads.
    expect(isCoreError(failed) && failed.code, name).toEqual(isCoreError(failure) && failure.code);
  }
}

async function sameStreamed(bytes: Bytes, table: EntryTable, failure: unknown): Promise<void> {
  const entries: TarEntry[] = [];
  let failed: unknown;
  try {
    for await (const { entry } of readEntries(sourceOf(bytes))) entries.push(entry);
  } catch (error) {
    failed = error;
  }
  expect(entries).toEqual(Array.from({ length: table.count }, (_, row) => entryAt(table, row)));
  expect(isCoreError(failed) && failed.code).toEqual(isCoreError(failure) && failure.code);
}
