import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { decompress } from "../../../core/compression/mod.ts";
import { joined } from "../../support/deflate.ts";
import { randomBytes, textLikeBytes } from "../../support/random.ts";

async function read(source: Source, options: Parameters<typeof decompress>[2] = {}) {
  const parts: Uint8Array[] = [];
  const found = await decompress(source, (bytes) => parts.push(bytes.slice()), options);
  return { found, bytes: joined(...parts) };
}

/** A source whose stream hands out one byte at a time. */
function dripping(bytes: Uint8Array<ArrayBuffer>): Source {
  return {
    ...sourceOf(bytes),
    stream() {
      let at = 0;
      return new ReadableStream({
        pull(controller) {
          if (at < bytes.length) controller.enqueue(bytes.slice(at, ++at));
          else controller.close();
        },
      });
    },
  };
}

describe("decompress", () => {
  it("finds gzip by its magic and says both sizes", async () => {
    const content = textLikeBytes(200_000, 1);
    const bytes = joined(gzipSync(content), new Uint8Array(100));
    const { found, bytes: out } = await read(sourceOf(bytes));
    expect(found).toEqual({
      compression: "gzip",
      compressedSize: bytes.length,
      size: 200_000,
      index: undefined,
    });
    expect(out).toEqual(content);
  });

  it("reads a Blob as it stands", async () => {
    const content = textLikeBytes(100_000, 2);
    expect((await read(new Blob([new Uint8Array(gzipSync(content))]))).bytes).toEqual(content);
  });

  it("passes through what is not compressed, however short", async () => {
    for (const size of [0, 1, 5, 15, 16, 17, 100_000]) {
      const content = textLikeBytes(size, 3);
      const { found, bytes } = await read(sourceOf(content), { index: true });
      expect(found.compression).toBe("none");
      expect(found.size).toBe(size);
      expect(found.index?.size).toBe(size);
      expect(bytes).toEqual(content);
    }
  });

  it("sniffs a source that comes byte by byte", async () => {
    const content = textLikeBytes(500, 4);
    expect((await read(dripping(new Uint8Array(gzipSync(content))))).bytes).toEqual(content);
  });

  it("names a format that is recognised but not read", async () => {
    const lzip = joined(new TextEncoder().encode("LZIP"), randomBytes(100, 1));
    await expect(read(sourceOf(lzip))).rejects.toMatchObject({
      code: "compression/unsupported",
      message: "Cannot read compressed bytes: found lzip, expected gzip, zstd, bzip2, xz or none",
    });
  });

  it("reports input taken in, up to all of it", async () => {
    const bytes = new Uint8Array(gzipSync(randomBytes(300_000, 5)));
    const reports: number[] = [];
    await read(sourceOf(bytes), { onRead: (count) => reports.push(count) });
    expect(reports.length).toBeGreaterThan(3);
    expect(reports.at(-1)).toBe(bytes.length);
    expect(reports).toEqual(reports.toSorted((a, b) => a - b));
  });

  it("stops a bomb at the limit", async () => {
    const bomb = gzipSync(new Uint8Array(20_000_000));
    let given = 0;
    const result = decompress(sourceOf(bomb), (bytes) => (given += bytes.length), { limit: 1_000_000 });
    await expect(result).rejects.toMatchObject({ code: "bytes/limit" });
    expect(given).toBeLessThanOrEqual(1_000_000);
  });

  it("rejects with the abort reason in the middle of one large chunk", async () => {
    const bytes = new Uint8Array(gzipSync(randomBytes(6_000_000, 6), { level: 0 }));
    const source: Source = { ...sourceOf(bytes), stream: () => new Blob([bytes]).stream() };
    const abort = new AbortController();
    const reason = new Error("enough of this");
    const result = decompress(source, () => {}, {
      signal: abort.signal,
      onRead: () => abort.abort(reason),
    });
    await expect(result).rejects.toBe(reason);
  });

  it("passes on what the sink throws", async () => {
    const reason = new Error("disk full");
    const result = decompress(sourceOf(gzipSync(textLikeBytes(1000, 7))), () => {
      throw reason;
    });
    await expect(result).rejects.toBe(reason);
  });
});
