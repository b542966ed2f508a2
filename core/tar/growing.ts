import type { Bytes } from "../bytes/mod.ts";

/** A length of at least `needed` for what is `length` long now: half as much again, so that growing costs a constant per element. */
export const roomier = (length: number, needed: number): number =>
  Math.max(needed, length + (length >>> 1) + 16);

/** `bytes`, or a longer copy when they are fewer than `needed`. */
export function grownBytes(bytes: Bytes, needed: number): Bytes {
  if (needed <= bytes.length) return bytes;
  const longer = new Uint8Array(roomier(bytes.length, needed));
  longer.set(bytes);
  return longer;
}

/** A column of unsigned 32-bit integers that is appended to. */
export class GrowingIntegers {
  #column = new Uint32Array(0);
  length = 0;

  push(value: number): void {
    if (this.length === this.#column.length) {
      const longer = new Uint32Array(roomier(this.length, this.length + 1));
      longer.set(this.#column);
      this.#column = longer;
    }
    this.#column[this.length++] = value;
  }

  /** What was pushed, as a view of the live column. */
  view(): Uint32Array<ArrayBuffer> {
    return this.#column.subarray(0, this.length);
  }
}

/** A column of numbers that is appended to. */
export class GrowingFloats {
  #column = new Float64Array(0);
  length = 0;

  push(value: number): void {
    if (this.length === this.#column.length) {
      const longer = new Float64Array(roomier(this.length, this.length + 1));
      longer.set(this.#column);
      this.#column = longer;
    }
    this.#column[this.length++] = value;
  }

  /** What was pushed, as a view of the live column. */
  view(): Float64Array<ArrayBuffer> {
    return this.#column.subarray(0, this.length);
  }
}
