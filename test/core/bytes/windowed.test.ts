import { describe, expect, it } from "vitest";
import { type Source, sourceOf, windowed } from "../../../core/bytes/mod.ts";
import { drained } from "../../support/drained.ts";
import { randomBytes, seeded } from "../../support/random.ts";

const BYTES = randomBytes(3_500_000, 8);

/** A source that counts its reads. */
function counted(bytes: Uint8Array) {
  const reads: number[] = [];
  const wrap = (source: Source): Source => ({
    size: source.size,
    slice: (from, to) => wrap(source.slice(from, to)),
    stream: () => {
      reads.push(source.size);
      return source.stream();
    },
    arrayBuffer: () => {
      reads.push(source.size);
      return source.arrayBuffer();
    },
  });
  return { source: wrap(sourceOf(bytes)), reads };
}

describe("a source read in windows", () => {
  it("gives the same bytes, in whatever slices they are asked for", async () => {
    const source = windowed(sourceOf(BYTES));
    const random = seeded(9);
    for (let round = 0; round < 200; round++) {
      const from = Math.floor(random() * BYTES.length);
      const to = from + Math.floor(random() ** 4 * 200_000);
      const slice = source.slice(from, to);
      const wanted = BYTES.subarray(from, to);
      expect(slice.size).toBe(wanted.length);
      expect(new Uint8Array(await slice.arrayBuffer())).toEqual(wanted);
      expect(await drained(slice.stream())).toEqual(wanted);
      expect(new Uint8Array(await slice.slice(-10).arrayBuffer())).toEqual(wanted.subarray(-10));
    }
    expect(new Uint8Array(await source.arrayBuffer())).toEqual(BYTES);
  });

  it("reads many small slices that lie together in one go, and large ones by themselves", async () => {
    const { source, reads } = counted(BYTES);
    const view = windowed(source);
    for (let at = 0; at < 1_000_000; at += 1000) await view.slice(at, at + 900).arrayBuffer();
    expect(reads).toEqual([1024 * 1024]);
    await view.slice(0, 100_000).arrayBuffer();
    expect(reads.slice(1)).toEqual([100_000]);
    await Promise.all(
      [view.slice(2_000_000, 2_000_001), view.slice(2_000_002, 2_000_003)].map((s) => s.arrayBuffer()),
    );
    expect(reads).toHaveLength(3);
  });

  it("asks again after a read that failed", async () => {
    let fails = 1;
    const whole = sourceOf(BYTES);
    const source: Source = {
      ...whole,
      slice: (from, to) => ({
        ...whole.slice(from, to),
        arrayBuffer: () =>
          fails-- > 0 ? Promise.reject(new Error("gone")) : whole.slice(from, to).arrayBuffer(),
      }),
    };
    const view = windowed(source);
    await expect(view.slice(0, 10).arrayBuffer()).rejects.toThrow("gone");
    expect(new Uint8Array(await view.slice(0, 10).arrayBuffer())).toEqual(BYTES.subarray(0, 10));
  });
});
