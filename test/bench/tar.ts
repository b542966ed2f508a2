import { type Bytes, sourceOf } from "../../core/bytes/mod.ts";
import { encodeHeader, readTable, TarDecoder, tableMemory } from "../../core/tar/mod.ts";
import { seeded } from "../support/random.ts";

/** Speed of listing one archive in memory, and what its table holds. */
export interface TarSpeeds {
  readonly entries: number;
  readonly archiveBytes: number;
  /** MB/s of archive, best turn: the machine alone, given chunks of 1 MiB. */
  readonly decoder: number;
  /** MB/s of archive, best turn: `readTable` over a source in memory, which copies what it reads. */
  readonly table: number;
  readonly bytesPerEntry: number;
}

/** Chunks as a decompressor gives them. */
const CHUNK = 1_048_576;

/** Lists an archive of `entries` small files `turns` times. Runs in Node, Deno and a page's worker; holds about 2 KB an entry. */
export async function benchTar(entries = 200_000, turns = 5): Promise<TarSpeeds> {
  const archive = smallFilesTar(entries);
  const source = sourceOf(archive);
  let decoderMs = Number.POSITIVE_INFINITY;
  let tableMs = Number.POSITIVE_INFINITY;
  let memory = 0;
  for (let turn = 0; turn < turns; turn++) {
    let start = performance.now();
    const decoder = new TarDecoder();
    for (let at = 0; at < archive.length; at += CHUNK) decoder.push(archive.subarray(at, at + CHUNK));
    decoder.end();
    memory = tableMemory(decoder.table());
    decoderMs = Math.min(decoderMs, performance.now() - start);
    start = performance.now();
    await readTable(source);
    tableMs = Math.min(tableMs, performance.now() - start);
  }
  const speed = (ms: number): number => Math.round(archive.length / ms / 1000);
  return {
    entries,
    archiveBytes: archive.length,
    decoder: speed(decoderMs),
    table: speed(tableMs),
    bytesPerEntry: Math.round((memory / entries) * 10) / 10,
  };
}

/** An archive of `entries` files of up to 4 KB, most of them small, in folders, by two owners. Contents are zeros. */
export function smallFilesTar(entries: number): Bytes {
  const random = seeded(11);
  const sizes = Array.from({ length: entries }, () => Math.floor(random() ** 3 * 4000));
  const blocks = sizes.reduce((sum, size) => sum + 1 + Math.ceil(size / 512), 2);
  const archive = new Uint8Array(blocks * 512);
  let at = 0;
  for (const [index, size] of sizes.entries()) {
    const header = encodeHeader({
      path: `usr/share/folder-${Math.floor(index / 40)}/some-file-${index}.txt`,
      type: "file",
      size,
      mtime: 1_700_000_000 + index,
      uid: index % 50 === 0 ? 1000 : 0,
    });
    archive.set(header, at);
    at += header.length + Math.ceil(size / 512) * 512;
  }
  return archive;
}
