import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import { ByteLength } from "../../../core/digest/length.ts";
import { sha256After } from "../../../core/digest/sha256.ts";

function bits(length: ByteLength): bigint {
  const view = new DataView(new ArrayBuffer(12));
  length.writeBits(view, 4);
  return view.getBigUint64(4);
}

describe("byte length", () => {
  it("counts bits in 64 bits, whatever the number of bytes", () => {
    const totals = [0n, 1n, 63n, 64n, 2n ** 29n - 1n, 2n ** 29n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 1n];
    for (const total of [
      ...totals,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 60n + 3n,
      2n ** 61n - 1n,
    ]) {
      const length = new ByteLength(Number(total >> 32n), Number(total & 0xffffffffn));
      expect(bits(length), `${total} bytes`).toBe(total * 8n);
      expect(length.partial, `${total} bytes`).toBe(Number(total % 64n));
    }
  });

  it("carries from the low word into the high one", () => {
    const cases: [start: bigint, add: number][] = [
      [2n ** 32n - 1n, 1],
      [2n ** 32n - 10n, 9],
      [2n ** 32n - 10n, 10],
      [2n ** 32n - 10n, 11],
      [2n ** 33n - 1n, 2 ** 32 - 1],
      [2n ** 53n - 1n, 1],
      [2n ** 53n + 1n, 2],
      [5n, 2 ** 32 + 7],
      [2n ** 60n, Number.MAX_SAFE_INTEGER],
    ];
    for (const [start, add] of cases) {
      const length = new ByteLength(Number(start >> 32n), Number(start & 0xffffffffn));
      length.add(add);
      expect(bits(length), `${start} + ${add}`).toBe((start + BigInt(add)) * 8n);
    }
  });

  it("adds up many small pieces across 4 GiB", () => {
    const length = new ByteLength(0, 2 ** 32 - 1000);
    for (let piece = 0; piece < 300; piece++) length.add(7);
    expect(bits(length)).toBe((2n ** 32n - 1000n + 2100n) * 8n);
  });

  it("reaches the padding of a hash as a second implementation has it", () => {
    // The second opinion keeps its length in a plain number, which can be set.
    for (const [high, low] of [
      [0, 0],
      [0, 2 ** 29 - 64],
      [0, 2 ** 32 - 64],
      [1, 0],
      [2 ** 20, 128],
    ] as const) {
      const block = Uint8Array.from({ length: 64 }, (_, index) => index);
      const other = sha256.create().update(block);
      Object.assign(other, { length: high * 2 ** 32 + low + 64 });
      const expected = Array.from(other.update(Uint8Array.of(1, 2, 3)).digest(), (byte) =>
        byte.toString(16).padStart(2, "0"),
      ).join("");
      const hasher = sha256After(new ByteLength(high, low));
      hasher.update(block);
      hasher.update(Uint8Array.of(1, 2, 3));
      expect(hasher.hex(), `${high} * 2^32 + ${low} bytes`).toBe(expected);
    }
  });
});
