import { describe, expect, it } from "vitest";
import { Xxh64 } from "../../../core/compression/xxh64.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import { randomBytes } from "../../support/random.ts";
import { slowXxh64 } from "../../support/zstd.ts";

const of = (bytes: Uint8Array): number => {
  const hash = new Xxh64();
  hash.update(bytes);
  return hash.low32();
};

describe("Xxh64", () => {
  it("is the published hash of nothing", () => {
    expect(of(new Uint8Array(0))).toBe(0x51d8e999);
  });

  it("of every size around its stripes is what BigInt arithmetic gives", () => {
    const bytes = randomBytes(200, 1);
    for (let size = 0; size <= bytes.length; size++) {
      expect(of(bytes.subarray(0, size))).toBe(slowXxh64(bytes.subarray(0, size)));
    }
  });

  it("of extreme words is what BigInt arithmetic gives", () => {
    for (const fill of [0, 0xff, 0x80, 0x7f]) {
      const bytes = new Uint8Array(9000).fill(fill);
      expect(of(bytes)).toBe(slowXxh64(bytes));
    }
  });

  const bytes = randomBytes(40_000, 2);
  const expected = slowXxh64(bytes);
  for (const { name, next } of CHUNKINGS) {
    it(`fed ${name} is the same`, () => {
      const hash = new Xxh64();
      for (const chunk of chunked(bytes, next())) hash.update(chunk);
      expect(hash.low32()).toBe(expected);
    });
  }

  it("begins anew after a reset", () => {
    const hash = new Xxh64();
    hash.update(randomBytes(77, 3));
    hash.reset();
    hash.update(bytes);
    expect(hash.low32()).toBe(expected);
  });
});
