import { gzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { type Source, sourceOf } from "../../../core/bytes/mod.ts";
import {
  decompress,
  openSeekable,
  type SeekIndex,
  seekIndexBytes,
  seekIndexTransfer,
} from "../../../core/compression/mod.ts";
import { platformCompressed } from "../../support/decompressed.ts";
import { joined } from "../../support/deflate.ts";
import { randomBytes, seeded, textLikeBytes } from "../../support/random.ts";

const same = (found: ArrayBuffer, expected: Uint8Array): void => {
  const bytes = new Uint8Array(found);
  expect(bytes.length).toBe(expected.length);
  expect(bytes.every((byte, at) => byte === expected[at])).toBe(true);
};

async function indexed(bytes: Uint8Array, span?: number): Promise<SeekIndex> {
  const { index } = await decompress(sourceOf(bytes), () => {}, { index: true, span });
  if (index === undefined) throw new Error("no index");
  return index;
}

/** A source that counts the bytes read of it. */
function counting(bytes: Uint8Array, count: (bytes: number) => void): Source {
  const inner = sourceOf(bytes);
  return {
    ...inner,
    slice(from, to) {
      const part = inner.slice(from, to);
      return {
        ...part,
        async arrayBuffer() {
          count(part.size);
          return await part.arrayBuffer();
        },
      };
    },
  };
}

async function streamed(source: Source): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const reader = source.stream().getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) parts.push(step.value);
  return joined(...parts);
}

const content = joined(
  textLikeBytes(700_000, 1),
  new Uint8Array(300_000),
  randomBytes(200_000, 2),
  textLikeBytes(800_000, 3),
);
const cases: { name: string; bytes: Uint8Array<ArrayBuffer>; span: number }[] = [];

beforeAll(async () => {
  const half = content.subarray(0, 1_000_001);
  const rest = content.subarray(1_000_001);
  const members: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += 50_000)
    members.push(gzipSync(content.subarray(at, at + 50_000)));
  cases.push(
    { name: "one member", bytes: await platformCompressed(content), span: 100_000 },
    { name: "one member, every block", bytes: await platformCompressed(content), span: 1 },
    {
      name: "two members and a tail",
      bytes: joined(gzipSync(half), gzipSync(rest, { level: 1 }), new Uint8Array(9)),
      span: 60_000,
    },
    { name: "many members", bytes: joined(...members), span: 1 },
    { name: "stored blocks", bytes: new Uint8Array(gzipSync(content, { level: 0 })), span: 100_000 },
    { name: "no points", bytes: await platformCompressed(content), span: 1e9 },
    { name: "no compression", bytes: content, span: 1 },
  );
});

describe("openSeekable", () => {
  it("gives every range of every kind of stream, from every point on", async () => {
    for (const { name, bytes, span } of cases) {
      const index = await indexed(bytes, span);
      const whole = openSeekable(sourceOf(bytes), index);
      expect(whole.size).toBe(content.length);
      same(await whole.arrayBuffer(), content);
      for (const out of [...index.out].filter((_, at, all) => all.length < 30 || at % 7 === 0)) {
        for (const from of [out - 1, out, out + 1]) {
          same(await whole.slice(from, from + 3000).arrayBuffer(), content.subarray(from, from + 3000));
        }
      }
      const random = seeded(name.length);
      for (let round = 0; round < 20; round++) {
        const from = Math.floor(random() * content.length);
        const to = from + Math.floor(random() ** 3 * 300_000);
        same(await whole.slice(from, to).arrayBuffer(), content.subarray(from, to));
      }
    }
  });

  it("composes slices as Blob does and reads nothing for an empty one", async () => {
    const { bytes, span } = cases[0];
    let read = 0;
    const source = counting(bytes, (count) => (read += count));
    const whole = openSeekable(source, await indexed(bytes, span));
    expect((await whole.slice(10, 10).arrayBuffer()).byteLength).toBe(0);
    expect(await streamed(whole.slice(10, 10))).toEqual(new Uint8Array(0));
    expect(whole.slice(content.length).size).toBe(0);
    expect(read).toBe(0);
    const nested = whole.slice(100_000, -100_000).slice(50_000).slice(-900_000, 1000);
    const blob = new Blob([content]).slice(100_000, -100_000).slice(50_000).slice(-900_000, 1000);
    expect(nested.size).toBe(blob.size);
    same(await nested.arrayBuffer(), new Uint8Array(await blob.arrayBuffer()));
    expect(whole.slice(5, 3).size).toBe(0);
  });

  it("streams what arrayBuffer gives", async () => {
    for (const { bytes, span } of cases) {
      const part = openSeekable(sourceOf(bytes), await indexed(bytes, span)).slice(123_456, 1_234_567);
      expect(await streamed(part)).toEqual(content.slice(123_456, 1_234_567));
    }
  });

  it("stops reading soon after what was asked for", async () => {
    const noise = randomBytes(4_000_000, 4);
    const bytes = await platformCompressed(noise);
    let read = 0;
    let inflated = 0;
    const whole = openSeekable(
      counting(bytes, (count) => (read += count)),
      await indexed(bytes, 1_000_000),
      {
        onWork: (work) => {
          inflated += work.inflated;
        },
      },
    );
    same(await whole.slice(2_200_000, 2_200_100).arrayBuffer(), noise.subarray(2_200_000, 2_200_100));
    expect(read).toBeLessThan(900_000);
    expect(inflated).toBeLessThan(900_000);
  });

  it("reads no further than a stream is pulled", async () => {
    const noise = randomBytes(3_000_000, 4);
    const bytes = await platformCompressed(noise);
    let read = 0;
    const whole = openSeekable(
      counting(bytes, (count) => (read += count)),
      await indexed(bytes),
    );
    const reader = whole.stream().getReader();
    await reader.read();
    await reader.cancel();
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(600_000);
  });

  it("survives structured cloning and moves by transfer", async () => {
    const { bytes, span } = cases[0];
    const index = structuredClone(await indexed(bytes, span));
    const size = seekIndexBytes(index);
    const moved = structuredClone(index, { transfer: seekIndexTransfer(index) });
    expect(seekIndexBytes(moved)).toBe(size);
    expect(seekIndexBytes(index)).toBe(0);
    same(
      await openSeekable(sourceOf(bytes), moved).slice(5000, 6000).arrayBuffer(),
      content.subarray(5000, 6000),
    );
  });

  it("throws for a source that changed or shrank since", async () => {
    const { bytes, span } = cases[0];
    const index = await indexed(bytes, span);
    const at = content.length - 50;
    await expect(
      openSeekable(sourceOf(bytes.subarray(0, -2000)), index)
        .slice(at)
        .arrayBuffer(),
    ).rejects.toMatchObject({
      code: "bytes/truncated",
    });
    const other = await platformCompressed(textLikeBytes(900_000, 99));
    const padded = joined(other, new Uint8Array(Math.max(0, bytes.length - other.length)));
    await expect(openSeekable(sourceOf(padded), index).arrayBuffer()).rejects.toMatchObject({
      code: "bytes/truncated",
    });
  });
});

describe("a seek index", () => {
  it("has points about a span apart, none without need of one", async () => {
    const index = await indexed(await platformCompressed(content), 200_000);
    const steps = index.out.map((out, at) => out - (at === 0 ? 0 : index.out[at - 1]));
    expect(steps.every((step) => step >= 200_000)).toBe(true);
    expect(index.out.length).toBeGreaterThan(2);
    expect((await indexed(await platformCompressed(content))).out.length).toBe(0);
  });

  it("stays a small part of the compressed size", async () => {
    const noise = joined(...Array.from({ length: 16 }, () => randomBytes(1_000_000, 3)));
    const bytes = await platformCompressed(noise);
    expect(seekIndexBytes(await indexed(bytes, 2_000_000))).toBeLessThan(0.02 * bytes.length + 100_000);
  });

  it("needs no windows where members start", async () => {
    const members = Array.from({ length: 20 }, (_, at) => gzipSync(randomBytes(20_000, at)));
    const index = await indexed(joined(...members), 20_000);
    expect(index.out.length).toBe(19);
    expect(index.windows.length).toBe(0);
  });
});
