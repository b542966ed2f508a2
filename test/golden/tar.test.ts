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
  type TarEntry,
  TarDecoder,
} from "../../core/tar/mod.ts";
import { CHUNKINGS, chunked } from "../support/chunkings.ts";
import { joined } from "../support/deflate.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const TARS = join(CORPUS, "tars");

/** One line of an expect file. */
interface Expected {
  readonly path: string;
  readonly pathHex?: string;
  readonly type: string;
  readonly typeflag?: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly link: string;
  readonly linkHex?: string;
  readonly sha256?: string;
  readonly major?: number;
  readonly minor?: number;
}

interface Note {
  readonly note: string;
  readonly refusedBy: readonly string[];
}

/**
 * What we do with each file that readers dispute and that we do not list to its end as most of them do. `refuse` is the code of our
 * error; the entries before it must be the first of the listing. `list` says that ours is another listing, of that many entries.
 */
const DISPUTED: { readonly [file: string]: { readonly refuse: string } | { readonly list: number } } = {};

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
      expect(note?.note ?? "compression is not read").toMatch(/compression|some readers refuse/);
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
        tally.refused.push(`${file}: ${failure instanceof Error ? failure.message : ""}`);
      } else {
        expect(failure).toBeUndefined();
        expect(table.count).toBe(disputed.list);
        tally.differ.push(file);
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

function expectation(file: string): { readonly note?: Note; readonly entries: readonly Expected[] } {
  const lines = gunzipSync(readFileSync(join(CORPUS, "expect/tars", `${file}.jsonl.gz`)))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Expected | Note);
  const [first] = lines;
  if (first !== undefined && "note" in first) return { note: first, entries: lines.slice(1) as Expected[] };
  return { entries: lines as Expected[] };
}

/** The tar within the file: decompressed by us, by a tool for formats that are none of ours, or undefined when there is none either. */
async function plainBytes(file: string): Promise<Bytes | undefined> {
  const path = join(TARS, file);
  const parts: Uint8Array[] = [];
  try {
    await decompress(sourceOf(new Uint8Array(readFileSync(path))), (part) => {
      parts.push(part.slice());
    });
    return joined(...parts);
  } catch (error) {
    if (!isCoreError(error, "compression/unsupported")) throw error;
  }
  const tool = file.endsWith(".Z") ? "gzip" : file.endsWith(".lz4") ? "lz4" : undefined;
  if (tool === undefined) return undefined;
  try {
    return new Uint8Array(
      execFileSync(tool, ["-dc", path], { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    return undefined;
  }
}

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString("hex");

/** Without the trailing slashes, unless there is nothing else. */
const unslashed = (path: string): string => path.replace(/(?<=[^/])\/+$/, "").replace(/^\/+$/, "/");

const hasSize = (type: string): boolean => type === "file" || type === "sparse";

function expectedFields(entry: Expected): object {
  const { path, type, mode, uid, gid, link, pathHex, linkHex, major, minor, typeflag } = entry;
  return {
    ...{ path, type, mode, uid, gid, link },
    ...{ pathHex, linkHex, major, minor, typeflag },
    mtime: Math.round(entry.mtime * 1e6) / 1e6,
    size: hasSize(type) ? entry.size : undefined,
  };
}

function listing(table: EntryTable): object[] {
  return Array.from({ length: table.count }, (_, row) => {
    const entry = entryAt(table, row);
    return expectedFields({
      ...entry,
      path: unslashed(entry.path),
      pathHex: hex(entry.pathBytes)?.replace(/(?:2f)+$/, ""),
      link: unslashed(entry.link),
      linkHex: hex(entry.linkBytes),
      typeflag: entry.type === "other" ? entry.typeflag : undefined,
    } as Expected);
  });
}

async function digest(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}

/** The decoder must find the same whatever the chunks, and fail in the same way. */
async function sameUnderChunkings(bytes: Bytes, table: EntryTable, failure: unknown): Promise<void> {
  const reads = bytes.length > 4_000_000 ? CHUNKINGS.filter(({ name }) => name === "seeded random") : CHUNKINGS;
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
