/**
 * One measured piece of work in a process of its own: `task.ts NAME FILE`. Runs on Node and Deno; prints one JSON line with what it took.
 */
import { createReadStream, readFileSync } from "node:fs";
import { decompress } from "../../core/compression/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { readTable, TarDecoder } from "../../core/tar/mod.ts";
import { scanLayer } from "../../core/tree/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";

/** What a task reports: wall time, processor time of all threads, and what it found, to see that all found the same. */
export interface Report {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly found: number;
}

const TASKS: Readonly<Record<string, (file: string) => Promise<number>>> = {
  "ours: list": async (file) => (await readTable(openFileSource(file))).count,
  "ours: list, warm": async (file) => (await readTable(openFileSource(file))).count,
  "ours: decompress and list": async (file) => {
    const decoder = new TarDecoder();
    await decompress(openFileSource(file), (bytes) => decoder.push(bytes));
    decoder.end();
    return decoder.table().count;
  },
  "ours: scan": async (file) =>
    (await scanLayer(openFileSource(file), { newHasher: nativeHasher })).table.count,
  "ours: scan, own sha256": async (file) =>
    (await scanLayer(openFileSource(file), { newHasher: newSha256 })).table.count,
  "ours: sha256": async (file) => {
    const hasher = newSha256();
    const reader = openFileSource(file).stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hasher.update(value);
    }
    return Number.parseInt(hasher.hex().slice(0, 8), 16);
  },
  "tar-stream: list": async (file) => {
    const { extract } = await import("tar-stream");
    const machine = extract();
    createReadStream(file, { highWaterMark: 1_048_576 }).pipe(machine);
    let count = 0;
    for await (const entry of machine) {
      entry.resume();
      count++;
    }
    return count;
  },
  "modern-tar: list": async (file) => {
    const { createTarDecoder } = await import("modern-tar");
    const source = openFileSource(file).stream().pipeThrough(createTarDecoder());
    let count = 0;
    const reader = source.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      count++;
      await value.body.cancel();
    }
    return count;
  },
  "nanotar: list": async (file) => {
    const { parseTar } = await import("nanotar");
    return parseTar(readFileSync(file), { metaOnly: true }).length;
  },
};

const [, , name = "", file = ""] = process.argv;
const task = TASKS[name];
if (task === undefined) {
  process.stderr.write(`no task ${name}: one of ${Object.keys(TASKS).join(", ")}\n`);
  process.exit(2);
}
// A page and a server list many archives in their life; the first one pays for compiling the code.
if (name.endsWith("warm")) for (let turn = 0; turn < 5; turn++) await task(file);
const before = process.cpuUsage();
const start = performance.now();
const found = await task(file);
const wallMs = performance.now() - start;
const spent = process.cpuUsage(before);
// KiB on Node and Deno alike.
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(
  `${JSON.stringify({ wallMs, cpuMs: (spent.user + spent.system) / 1000, peakBytes, found })}\n`,
);
process.exit(0);
