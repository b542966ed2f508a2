import { describe, expect, it } from "vitest";
import { pump, readExact, type Source, sliceBounds, sourceOf } from "../../../core/bytes/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { randomBytes } from "../../support/random.ts";

const BYTES = randomBytes(200_000, 1);

async function collect(source: Source): Promise<number[]> {
  const all: number[] = [];
  await pump(source, (chunk) => {
    for (const byte of chunk) all.push(byte);
  });
  return all;
}

describe("a memory source", () => {
  it.each([
    [undefined, undefined],
    [0, 0],
    [10, 20],
    [-20, -10],
    [199_990, 400_000],
    [300_000, 400_000],
    [50, 10],
    [-400_000, 5],
  ])("slices from %s to %s as a Blob does", async (from, to) => {
    const blob = new Blob([BYTES]).slice(from, to);
    const slice = sourceOf(BYTES).slice(from, to);
    expect(slice.size).toBe(blob.size);
    expect(sliceBounds(BYTES.length, from, to)[1] - sliceBounds(BYTES.length, from, to)[0]).toBe(blob.size);
    expect(new Uint8Array(await slice.arrayBuffer())).toEqual(new Uint8Array(await blob.arrayBuffer()));
  });

  it("streams the same bytes that it slices", async () => {
    expect(await collect(sourceOf(BYTES))).toEqual([...BYTES]);
    expect(await collect(sourceOf(BYTES).slice(65_000, 140_001))).toEqual(
      Array.from(BYTES.subarray(65_000, 140_001)),
    );
    expect(await collect(sourceOf(new Uint8Array(0)))).toEqual([]);
  });
});

describe("readExact", () => {
  it("gives exactly the range", async () => {
    expect(await readExact(new Blob([BYTES]), { from: 3, to: 9 })).toEqual(BYTES.slice(3, 9));
    expect(await readExact(sourceOf(BYTES), { from: 7, to: 7 })).toEqual(new Uint8Array(0));
  });

  it("refuses a range that the source does not hold, saying what is there", async () => {
    const error = await readExact(sourceOf(BYTES), { from: 199_999, to: 200_010 }).catch((e: unknown) => e);
    expect(isCoreError(error, "bytes/truncated")).toBe(true);
    expect(error).toHaveProperty(
      "message",
      "Cannot read bytes 199999 to 200010: 1 bytes are there, expected 11",
    );
  });

  it("rejects with the signal's reason", async () => {
    const reason = new Error("stop");
    await expect(
      readExact(sourceOf(BYTES), { from: 0, to: 1 }, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });
});

describe("pump", () => {
  it("cancels the stream when the sink throws", async () => {
    let cancelled: unknown;
    const source: Source = {
      ...sourceOf(BYTES),
      stream: () =>
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(8)),
          cancel: (reason) => {
            cancelled = reason;
          },
        }),
    };
    const full = new Error("full");
    await expect(
      pump(source, () => {
        throw full;
      }),
    ).rejects.toBe(full);
    expect(cancelled).toBe(full);
  });

  it("is aborted in the middle of a read that never ends, and cancels the stream", async () => {
    let cancelled: unknown;
    const silent: Source = {
      ...sourceOf(BYTES),
      stream: () =>
        new ReadableStream({
          pull: () => new Promise(() => {}),
          cancel(reason) {
            cancelled = reason;
          },
        }),
    };
    const abort = new AbortController();
    const reason = new Error("stop");
    const work = pump(silent, () => {}, { signal: abort.signal });
    abort.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(cancelled).toBe(reason);
  });
});
