import { crc32 } from "./crc32.ts";

/** A streaming SHA-256, handed in by who has one. */
export interface Sha256Hasher {
  update(bytes: Uint8Array): void;
  hex(): string;
}

/** The integrity check of an xz block. */
export interface BlockCheck {
  update(bytes: Uint8Array): void;
  /** What was found, in the order in which the file stores it. */
  digest(): Uint8Array;
}

/** Kinds of check, by their number in the stream flags. */
const NONE = 0;
const CRC32 = 1;
const CRC64 = 4;
const SHA256 = 10;

/** Bytes that the check `kind` takes in the file, also of kinds nobody has defined yet. */
export function checkSize(kind: number): number {
  return kind === NONE ? 0 : 4 << Math.min(Math.floor((kind - 1) / 3), 4);
}

/** Whether `kind` is one of the checks that exist. */
export function isKnownCheck(kind: number): boolean {
  return kind === NONE || kind === CRC32 || kind === CRC64 || kind === SHA256;
}

/** A check of this kind over nothing yet; `undefined` where there is none, or no hasher for it. */
export function newCheck(kind: number, newSha256: (() => Sha256Hasher) | undefined): BlockCheck | undefined {
  if (kind === CRC32) return new Crc32Check();
  if (kind === CRC64) return new Crc64Check();
  return kind === SHA256 && newSha256 !== undefined ? sha256Check(newSha256()) : undefined;
}

class Crc32Check implements BlockCheck {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(this.#crc, bytes);
  }

  digest(): Uint8Array {
    const stored = new Uint8Array(4);
    new DataView(stored.buffer).setUint32(0, this.#crc, true);
    return stored;
  }
}

/** Tables of CRC-64 for four bytes at a time, in two halves of 32 bits: BigInt is some fifty times slower. */
const LOW = new Int32Array(256 * 4);
const HIGH = new Int32Array(256 * 4);
for (let byte = 0; byte < 256; byte++) {
  let low = byte;
  let high = 0;
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    // ECMA-182, bits reversed: 0xc96c5795d7870f42.
    if (odd) {
      low ^= 0xd7870f42;
      high ^= 0xc96c5795;
    }
  }
  LOW[byte] = low;
  HIGH[byte] = high;
}
for (let at = 256; at < 1024; at++) {
  const low = LOW[at - 256]!;
  const high = HIGH[at - 256]!;
  LOW[at] = ((low >>> 8) | (high << 24)) ^ LOW[low & 255]!;
  HIGH[at] = (high >>> 8) ^ HIGH[low & 255]!;
}

class Crc64Check implements BlockCheck {
  #low = -1;
  #high = -1;

  update(bytes: Uint8Array): void {
    const lows = LOW;
    const highs = HIGH;
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    for (const whole = bytes.length - 3; at < whole; at += 4) {
      low ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      const a = 768 + (low & 255);
      const b = 512 + ((low >>> 8) & 255);
      const c = 256 + ((low >>> 16) & 255);
      const d = low >>> 24;
      low = high ^ lows[a]! ^ lows[b]! ^ lows[c]! ^ lows[d]!;
      high = highs[a]! ^ highs[b]! ^ highs[c]! ^ highs[d]!;
    }
    for (; at < bytes.length; at++) {
      const index = (low ^ bytes[at]!) & 255;
      low = ((low >>> 8) | (high << 24)) ^ lows[index]!;
      high = (high >>> 8) ^ highs[index]!;
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): Uint8Array {
    const stored = new Uint8Array(8);
    const view = new DataView(stored.buffer);
    view.setInt32(0, ~this.#low, true);
    view.setInt32(4, ~this.#high, true);
    return stored;
  }
}

function sha256Check(hasher: Sha256Hasher): BlockCheck {
  return {
    update: (bytes) => hasher.update(bytes),
    digest() {
      const hex = hasher.hex();
      return Uint8Array.from({ length: 32 }, (_, index) =>
        Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
      );
    },
  };
}
