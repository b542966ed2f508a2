import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import { randomBytes, seeded } from "../../support/random.ts";

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
    const all = randomBytes(300, 1);
    for (let length = 0; length <= 300; length++) {
      expect(hex(all.subarray(0, length)), `length ${length}`).toBe(noble(all.subarray(0, length)));
    }
  });

  it("does not depend on how the bytes are chunked", () => {
    const all = randomBytes(20_000, 2);
    const expected = noble(all);
    for (const { name, next } of CHUNKINGS) expect(hex(...chunked(all, next())), name).toBe(expected);
    for (const size of [3, 55, 56, 63, 64, 65, 127, 128, 129]) {
      expect(hex(...chunked(all, () => size)), `chunks of ${size}`).toBe(expected);
    }
    const random = seeded(4);
    for (let round = 0; round < 30; round++) {
      const chunks = [...chunked(all, () => Math.floor(random() * 200))];
      // An empty chunk changes nothing.
      expect(hex(new Uint8Array(0), ...chunks, new Uint8Array(0)), `random, round ${round}`).toBe(expected);
    }
  });

  it("agrees with a second implementation on seeded random data at odd offsets", () => {
    const random = seeded(3);
    const all = randomBytes(100_000, 3);
    for (let round = 0; round < 60; round++) {
      const from = Math.floor(random() * 1000);
      const part = all.subarray(from, from + Math.floor(random() * all.length));
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
