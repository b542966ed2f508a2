const TWO_32 = 2 ** 32;

/**
 * How many bytes a hash has taken, exact to 2^64 - 1 bytes. Two 32-bit words, since a number loses units past 2^53 and the padding
 * wants 64 bits of *bits*. SHA-256 is defined up to 2^64 - 1 bits, that is 2^61 - 1 bytes.
 */
export class ByteLength {
  #low: number;
  #high: number;

  /** Starts at `high` * 2^32 + `low` bytes. */
  constructor(high = 0, low = 0) {
    this.#high = high;
    this.#low = low;
  }

  /** Adds a safe integer of bytes. */
  add(bytes: number): void {
    const low = this.#low + (bytes % TWO_32);
    this.#low = low % TWO_32;
    this.#high += Math.floor(bytes / TWO_32) + (low >= TWO_32 ? 1 : 0);
  }

  /** The bytes beyond the last whole block of 64. */
  get partial(): number {
    return this.#low % 64;
  }

  /** Writes the length in bits at `offset`, as 64 bits, most significant first. */
  writeBits(view: DataView, offset: number): void {
    view.setUint32(offset, (this.#high * 8 + Math.floor(this.#low / 2 ** 29)) % TWO_32);
    view.setUint32(offset + 4, (this.#low * 8) % TWO_32);
  }
}
