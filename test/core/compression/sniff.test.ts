import { describe, expect, it } from "vitest";
import { SNIFF_BYTES, sniffCompression, unsupportedCompression } from "../../../core/compression/mod.ts";

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.split(" "), (byte) => Number.parseInt(byte, 16));

describe("sniffCompression", () => {
  const cases = [
    ["gzip", "1f 8b 08 00 00 00 00 00 00 03"],
    ["zstd", "28 b5 2f fd 04"],
    ["zstd", "50 2a 4d 18 04 00 00 00"],
    ["zstd", "5f 2a 4d 18 04 00 00 00"],
    ["bzip2", "42 5a 68 39 31 41 59 26"],
    ["bzip2", "42 5a 68 31 17 72 45 38"],
    ["xz", "fd 37 7a 58 5a 00 00 04"],
    ["none", "42 5a 68 20 68 65 6c 6c 6f"],
    ["none", "1f 8b 07"],
    ["none", "1f 8b"],
    ["none", "60 2a 4d 18"],
    ["none", "28 b5 2f"],
    ["none", "75 73 74 61 72"],
  ] as const;
  for (const [compression, head] of cases) {
    it(`takes ${head} for ${compression}`, () => {
      expect(sniffCompression(hex(head))).toBe(compression);
    });
  }

  it("takes nothing for none", () => {
    expect(sniffCompression(new Uint8Array(0))).toBe("none");
  });
});

describe("unsupportedCompression", () => {
  const cases = [
    ["lzip", "4c 5a 49 50 01"],
    ["lzma", "5d 00 00 80 00 ff ff ff ff ff ff ff ff 00 00 00"],
    ["lzma", "5d 00 00 00 04 40 42 0f 00 00 00 00 00 00 00 00"],
    ["lz4", "04 22 4d 18 64"],
    ["compress (.Z)", "1f 9d 90"],
    ["lzop", "89 4c 5a 4f 00 0d 0a 1a 0a"],
    ["lrzip", "4c 52 5a 49 00 06"],
    ["7z", "37 7a bc af 27 1c 00 04"],
    ["zip", "50 4b 03 04 14 00"],
  ] as const;
  for (const [name, head] of cases) {
    it(`names ${name} by ${head}`, () => {
      expect(unsupportedCompression(hex(head))).toBe(name);
    });
  }

  it("names neither what is read nor what is not compressed", () => {
    for (const head of [
      "1f 8b 08",
      "fd 37 7a 58 5a 00",
      "28 b5 2f fd",
      "62 69 6e 2f 00",
      "5d 00 00 00 00 00 00 00 00 00 00 00 00",
    ]) {
      expect(unsupportedCompression(hex(head))).toBeUndefined();
    }
  });

  it("needs no more than SNIFF_BYTES", () => {
    const head = new Uint8Array(512);
    head.set(hex("89 4c 5a 4f 00 0d 0a 1a 0a"));
    expect(unsupportedCompression(head.subarray(0, SNIFF_BYTES))).toBe("lzop");
  });
});
