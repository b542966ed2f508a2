import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function hex(...chunks: Uint8Array[]): string {
  const hasher = newSha256();
  for (const chunk of chunks) hasher.update(chunk);
  return hasher.hex();
}

/** The second opinion, as hex. */
function noble(bytes: Uint8Array): string {
  return Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes of a seeded xorshift generator, and numbers below a bound from the same. */
function seeded(seed: number): { bytes(length: number): Uint8Array; below(bound: number): number } {
  let state = seed;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 9),
    below: (bound) => next() % bound,
  };
}

describe("sha256", () => {
  // FIPS 180-4's examples, and the known values of the image formats.
  const vectors: [name: string, input: Uint8Array, digest: string][] = [
    ["nothing", text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "two blocks",
      text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      "112 bytes",
      text(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      ),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    ],
    [
      "a million a",
      new Uint8Array(1_000_000).fill(0x61),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ],
    ["the empty JSON", text("{}"), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"],
    [
      "the empty layer",
      new Uint8Array(1024),
      "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    ],
  ];
  for (const [name, input, digest] of vectors) {
    it(`hashes ${name} to its published value`, () => {
      expect(hex(input)).toBe(digest);
      expect(sha256Digest(input)).toBe(`sha256:${digest}`);
    });
  }

  it("agrees with a second implementation at every length from 0 to 300", () => {
    const all = seeded(1).bytes(300);
    for (let length = 0; length <= 300; length++) {
      expect(hex(all.subarray(0, length)), `length ${length}`).toBe(noble(all.subarray(0, length)));
    }
  });

  it("does not depend on how the bytes are chunked", () => {
    const random = seeded(2);
    const all = random.bytes(5000);
    const expected = noble(all);
    for (const size of [1, 3, 55, 56, 63, 64, 65, 127, 128, 129, 511, 512, 513, 4096]) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < all.length; at += size) chunks.push(all.subarray(at, at + size));
      expect(hex(...chunks), `chunks of ${size}`).toBe(expected);
    }
    for (let round = 0; round < 50; round++) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < all.length; ) {
        const size = random.below(200);
        chunks.push(all.subarray(at, at + size));
        at += size;
      }
      expect(hex(...chunks), `random chunks, round ${round}`).toBe(expected);
    }
  });

  it("agrees with a second implementation on seeded random data at odd offsets", () => {
    const random = seeded(3);
    const all = random.bytes(100_000);
    for (let round = 0; round < 60; round++) {
      const from = random.below(1000);
      const part = all.subarray(from, from + random.below(all.length));
      expect(hex(part)).toBe(noble(part));
    }
  });

  it("leaves a chunk free to be reused once update returns", () => {
    const chunk = text("abc");
    const hasher = newSha256();
    hasher.update(chunk);
    chunk.fill(0);
    expect(hasher.hex()).toBe(hex(text("abc")));
  });

  it("keeps two hashers apart", () => {
    const one = newSha256();
    const two = newSha256();
    one.update(text("a"));
    two.update(text("abc"));
    one.update(text("bc"));
    expect(one.hex()).toBe(two.hex());
  });

  it("refuses any use after hex()", () => {
    const hasher = newSha256();
    hasher.hex();
    expect(() => hasher.hex()).toThrow(TypeError);
    expect(() => hasher.update(text("a"))).toThrow(TypeError);
  });
});
