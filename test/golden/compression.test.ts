import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceOf } from "../../core/bytes/mod.ts";
import { type Compression, decompress, openSeekable, sniffCompression } from "../../core/compression/mod.ts";
import { joined } from "../support/deflate.ts";
import { randomBytes, seeded, textLikeBytes } from "../support/random.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
/** What reads each format; `-q` so that a warning about trailing bytes is not a failure. */
const READERS: Readonly<Partial<Record<Compression, readonly string[]>>> = {
  gzip: ["gzip", "-dcq"],
  zstd: ["zstd", "-dcq", "--long=27"],
  bzip2: ["bzip2", "-dcq"],
  xz: ["xz", "-dcq"],
};

const has = (command: string): boolean =>
  spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function run(
  command: string,
  options: readonly string[],
  input: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const { status, stdout } = spawnSync(command, options, { input, maxBuffer: 2 ** 30 });
  // GNU gzip ends with 2 after a warning, having written all of it.
  return status === 0 || (command === "gzip" && status === 2) ? new Uint8Array(stdout) : undefined;
}

async function ours(bytes: Uint8Array, span?: number) {
  const parts: Uint8Array[] = [];
  const found = await decompress(sourceOf(bytes), (part) => parts.push(part.slice()), { index: true, span });
  return { bytes: joined(...parts), index: found.index! };
}

const CONTENT = joined(
  textLikeBytes(2_000_000, 1),
  randomBytes(400_000, 2),
  new Uint8Array(1_000_000),
  textLikeBytes(1_500_000, 1),
  Uint8Array.from({ length: 500_000 }, (_, at) => (at % 7 ? at >> 9 : at * 31)),
);

const WRITERS: readonly (readonly [command: string, options: readonly string[]])[] = [
  ...[1, 3, 6, 9].map((level) => ["gzip", [`-${level}`]] as const),
  ["pigz", ["-6", "-b", "128"]],
  ["pigz", ["-11", "-b", "512"]],
  ["pigz", ["-0"]],
  ...[1, 3, 6, 12, 19].map((level) => ["zstd", [`-${level}`]] as const),
  ["zstd", ["--fast=5"]],
  ["zstd", ["--ultra", "-22"]],
  ["zstd", ["-3", "--long=27"]],
  ["zstd", ["-3", "--no-check"]],
  ["zstd", ["-3", "--zstd=wlog=10"]],
  ["zstd", ["-9", "--zstd=wlog=17,tlen=999"]],
  ["zstd", ["-19", `--stream-size=${CONTENT.length}`]],
];

describe("decompress", () => {
  for (const [command, options] of WRITERS) {
    it.skipIf(!has(command))(
      `reads what ${command} ${options.join(" ")} writes (skipped where ${command} is not installed)`,
      async () => {
        const bytes = run(command, [...options, "-c"], CONTENT);
        if (bytes === undefined) throw new Error(`${command} failed`);
        const found = await ours(bytes, 300_000);
        expect(found.bytes.length).toBe(CONTENT.length);
        expect(hashOf(found.bytes)).toBe(hashOf(CONTENT));
        const whole = openSeekable(sourceOf(bytes), found.index);
        const random = seeded(1);
        for (let round = 0; round < 6; round++) {
          const from = Math.floor(random() * CONTENT.length);
          const part = await whole.slice(from, from + 10_000).arrayBuffer();
          expect(hashOf(new Uint8Array(part))).toBe(hashOf(CONTENT.subarray(from, from + 10_000)));
        }
      },
    );
  }

  const files = existsSync(CORPUS)
    ? readdirSync(CORPUS, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];
  const compressed = files.filter((file) => sniffCompression(readFileSync(file).subarray(0, 16)) !== "none");

  it.skipIf(files.length === 0)(
    "agrees with the reference tools on every compressed file of the corpus (skipped without ../shared/corpus)",
    { timeout: 120_000 },
    async () => {
      expect(compressed.length).toBeGreaterThan(100);
      const differing: string[] = [];
      for (const file of compressed) {
        const bytes = new Uint8Array(readFileSync(file));
        const [command, ...options] = READERS[sniffCompression(bytes)]!;
        // The zstd command reads lz4 as well, which looks alike behind skippable frames.
        if (!has(command) || file.endsWith(".lz4")) continue;
        const expected = run(command, options, bytes);
        const found = await ours(bytes).catch((error: unknown) => String(error));
        const same =
          typeof found === "string"
            ? expected === undefined
            : expected !== undefined && hashOf(found.bytes) === hashOf(expected);
        if (!same)
          differing.push(`${relative(CORPUS, file)}: ${typeof found === "string" ? found : "other bytes"}`);
      }
      expect(differing).toEqual([]);
    },
  );
});
