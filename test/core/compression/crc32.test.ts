import { describe, expect, it } from "vitest";
import { crc32 } from "../../../core/compression/crc32.ts";
import { slowCrc32 } from "../../support/deflate.ts";
import { randomBytes } from "../../support/random.ts";

describe("crc32", () => {
  it("is 0xcbf43926 for the check string of RFC 3720", () => {
    expect(crc32(0, new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  it("is 0 for nothing", () => {
    expect(crc32(0, new Uint8Array(0))).toBe(0);
  });

  const bytes = randomBytes(150_000, 5);
  for (const size of [
    1, 3, 7, 8, 15, 16, 17, 255, 4096, 11_899, 11_900, 11_901, 23_800, 36_000, 65_537, 149_000,
  ]) {
    it(`of ${size} bytes is what a bitwise one gives, at any alignment`, () => {
      for (const from of [0, 1, 2, 3, 5]) {
        const part = bytes.subarray(from, from + size);
        expect(crc32(0, part)).toBe(slowCrc32(part));
      }
    });
  }

  it("goes on from what was before", () => {
    const whole = slowCrc32(bytes);
    for (const cut of [1, 100, 11_900, 70_001, 149_999]) {
      expect(crc32(crc32(0, bytes.subarray(0, cut)), bytes.subarray(cut))).toBe(whole);
    }
  });
});
