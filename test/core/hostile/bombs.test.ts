import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { decompress, openSeekable } from "../../../core/compression/mod.ts";
import { cat } from "../../support/tar.ts";

/** A zstd frame of `blocks` blocks that are 128 KiB of zeros each, in four bytes: 32,768 to one. */
function bomb(blocks: number): Uint8Array<ArrayBuffer> {
  const head = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58);
  const body = new Uint8Array(4 * blocks + 3);
  const block = (131_072 << 3) | 2;
  for (let at = 0; at < 4 * blocks; at += 4) body.set([block & 255, (block >> 8) & 255, block >> 16], at);
  body[4 * blocks] = 1;
  return cat(head, body);
}

/** Most output that one step may give. */
const STEP = 150_000_000;

describe("decompression bombs", () => {
  it("give an abort its turn after one step", async () => {
    const abort = new AbortController();
    let out = 0;
    const work = decompress(
      sourceOf(bomb(16_000)),
      (bytes) => {
        out += bytes.length;
        abort.abort(new Error("enough"));
      },
      { signal: abort.signal },
    );
    await expect(work).rejects.toThrow("enough");
    expect(out).toBeLessThan(STEP);
  });

  it("are read at random in steps that fit into memory", async () => {
    const bytes = bomb(4000);
    const { index } = await decompress(sourceOf(bytes), () => {}, { index: true });
    const steps: number[] = [];
    const content = openSeekable(sourceOf(bytes), index!, { onWork: ({ inflated }) => steps.push(inflated) });
    const reader = content.stream().getReader();
    const { value } = await reader.read();
    await reader.cancel();
    expect(value?.every((byte) => byte === 0)).toBe(true);
    expect(Math.max(...steps)).toBeLessThan(STEP);
    const end = await content.slice(content.size - 3).arrayBuffer();
    expect(new Uint8Array(end)).toEqual(new Uint8Array(3));
    expect(Math.max(...steps)).toBeLessThan(STEP);
  });

  it("end at the limit that was set for them", async () => {
    const limit = 1_000_000;
    await expect(decompress(sourceOf(bomb(1000)), () => {}, { limit })).rejects.toMatchObject({
      code: "bytes/limit",
      detail: { limit },
    });
  });
});
