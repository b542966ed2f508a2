import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { createBunzip2 } from "../../core/compression/bzip2.ts";
import type { Decompressor, SeekPoint, Sink } from "../../core/compression/mod.ts";
import { createUnxz, type UnxzOptions } from "../../core/compression/xz.ts";
import { newSha256, sha256Digest } from "../../core/digest/mod.ts";
import { CHUNKINGS, chunked } from "../support/chunkings.ts";
import { joined } from "../support/deflate.ts";
import { randomBytes, textLikeBytes } from "../support/random.ts";
import { CONTENT } from "../support/squeezed-content.ts";

const MADE = [
  textLikeBytes(120_000, 21),
  // Longer than a chunk of LZMA2, which has to be stored.
  randomBytes(100_000, 22),
  new Uint8Array(250_000),
  CONTENT.x86(),
  CONTENT.arm64(),
  CONTENT.delta(),
  CONTENT.runs(),
  CONTENT.skewed(),
  textLikeBytes(30_000, 21),
];
const CONTENT_MIXED = joined(...MADE);
/** Longer than the ring of a decoder with a small dictionary, with matches from far back. */
const CONTENT_LONG = joined(
  textLikeBytes(1_500_000, 23),
  randomBytes(1_000_000, 24),
  CONTENT_MIXED,
  textLikeBytes(1_500_000, 23),
);

const has = (command: string): boolean =>
  spawnSync(command, ["--help"], { stdio: "ignore" }).error === undefined;

function squeezedBy(command: string, options: readonly string[], input: Uint8Array): Uint8Array {
  const run = spawnSync(command, [...options, "-c"], { input, maxBuffer: 2 ** 28 });
  if (run.status !== 0) throw new Error(`${command} ${options.join(" ")}: ${run.stderr.toString()}`);
  return run.stdout;
}

type Create = (sink: Sink, options?: UnxzOptions) => Decompressor;

/** The digest of what `bytes` decompress to, as comparing megabytes element by element is slow. */
function digestOf(
  create: Create,
  bytes: Uint8Array,
  options: UnxzOptions & { sizes?: () => number } = {},
): string {
  const hasher = newSha256();
  const machine = create((part) => hasher.update(part), { newHasher: newSha256, ...options });
  for (const chunk of chunked(bytes, options.sizes ?? (() => 65_536))) machine.push(chunk);
  machine.end();
  return `sha256:${hasher.hex()}`;
}

/** Starts again at every point and compares what comes from there. */
function expectPoints(
  create: Create,
  bytes: Uint8Array,
  { content, least }: { content: Uint8Array; least: number },
): void {
  const points: SeekPoint[] = [];
  digestOf(create, bytes, { onPoint: (point) => points.push(point) });
  expect(points.length).toBeGreaterThanOrEqual(least);
  for (const resume of points) {
    const found = digestOf(create, bytes.subarray(resume.in), { resume });
    expect(found).toBe(sha256Digest(content.subarray(resume.out)));
  }
}

describe.skipIf(!has("xz"))("xz, as the xz command writes it (skipped where there is none)", () => {
  const presets = Array.from({ length: 10 }, (_, level) => [`-${level}`]);
  const cases: readonly (readonly string[])[] = [
    ...presets,
    ["-6", "-e"],
    ["-9", "-e"],
    ...["none", "crc32", "crc64", "sha256"].map((check) => ["-1", `--check=${check}`]),
    ["-1", "-T2", "--block-size=100KiB"],
    ["-1", "--block-list=1000,50000,7,0"],
    ["--lzma2=preset=1,lc=4,lp=0,pb=0"],
    ["--lzma2=preset=1,lc=0,lp=4,pb=4"],
    ["--lzma2=preset=1,lc=1,lp=2,pb=3"],
    ["--lzma2=preset=1,dict=4KiB"],
    ["--lzma2=preset=6,nice=273,mode=fast,mf=hc4"],
    ...["x86", "powerpc", "arm", "armthumb", "arm64", "sparc"].map((filter) => [
      `--${filter}`,
      "--lzma2=preset=0",
    ]),
    ["--x86=start=65536", "--lzma2=preset=0"],
    ["--delta=dist=1", "--lzma2=preset=0"],
    ["--delta=dist=256", "--lzma2=preset=0"],
    ["--delta=dist=4", "--x86", "--arm", "--lzma2=preset=0"],
  ];
  const expected = sha256Digest(CONTENT_MIXED);
  for (const options of cases) {
    it(`reads xz ${options.join(" ")}`, () => {
      const bytes = squeezedBy("xz", options, CONTENT_MIXED);
      expect(digestOf(createUnxz, bytes)).toBe(expected);
    });
  }

  for (const dictionary of ["4KiB", "3MiB"]) {
    it(`reads more data than a dictionary of ${dictionary} holds`, () => {
      const bytes = squeezedBy("xz", [`--lzma2=preset=0,dict=${dictionary}`], CONTENT_LONG);
      expect(digestOf(createUnxz, bytes)).toBe(sha256Digest(CONTENT_LONG));
    });
  }

  it("reads it under all chunkings", () => {
    const bytes = squeezedBy("xz", ["-1", "--x86", "--lzma2=preset=1"], CONTENT_MIXED);
    for (const { name, next } of CHUNKINGS) {
      expect(digestOf(createUnxz, bytes, { sizes: next() }), name).toBe(expected);
    }
  });

  it("starts again at every block", () => {
    const bytes = squeezedBy("xz", ["-0", "-T2", "--block-size=100KiB"], CONTENT_MIXED);
    expectPoints(createUnxz, bytes, { content: CONTENT_MIXED, least: 5 });
  });
});

describe.skipIf(!has("bzip2"))("bzip2, as the bzip2 command writes it (skipped where there is none)", () => {
  const expected = sha256Digest(CONTENT_MIXED);
  for (let level = 1; level <= 9; level++) {
    it(`reads bzip2 -${level}`, () => {
      const bytes = squeezedBy("bzip2", [`-${level}`], CONTENT_MIXED);
      expect(digestOf(createBunzip2, bytes)).toBe(expected);
    });
  }

  it("reads more than one block of level 9", () => {
    const bytes = squeezedBy("bzip2", ["-9"], CONTENT_LONG);
    expect(digestOf(createBunzip2, bytes)).toBe(sha256Digest(CONTENT_LONG));
  });

  it("reads it under all chunkings", () => {
    const bytes = squeezedBy("bzip2", ["-9"], CONTENT_MIXED);
    for (const { name, next } of CHUNKINGS) {
      expect(digestOf(createBunzip2, bytes, { sizes: next() }), name).toBe(expected);
    }
  });

  it("starts again at every block", () => {
    const bytes = squeezedBy("bzip2", ["-1"], CONTENT_MIXED);
    expectPoints(createBunzip2, bytes, { content: CONTENT_MIXED, least: 2 });
  });
});
