/** Work that yields how many bytes it wants in one piece and is resumed with a view of them; it says itself what it has used up. */
export type Steps<Result> = Generator<number, Result, Uint8Array>;

/** Most bytes that {@link XzIntake.append} takes at once. */
export const APPEND_BYTES = 64 * 1024;

/** The largest thing asked for in one piece: an LZMA2 chunk with its head. */
const LARGEST = 64 * 1024 + 6;

/** Bytes waiting until there are enough of them in one piece. */
export class XzIntake {
  readonly #bytes = new Uint8Array(APPEND_BYTES + LARGEST + 64 * 1024);
  #at = 0;
  #end = 0;
  #base: number;

  /** For bytes that begin at `base` of the source. */
  constructor(base: number) {
    this.#base = base;
  }

  /** Offset in the source of the next byte. */
  get offset(): number {
    return this.#base + this.#at;
  }

  get waiting(): number {
    return this.#end - this.#at;
  }

  /** Adds at most {@link APPEND_BYTES}; fewer than {@link LARGEST} are waiting, as otherwise they would have been used. */
  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) {
      this.#bytes.copyWithin(0, this.#at, this.#end);
      this.#base += this.#at;
      this.#end -= this.#at;
      this.#at = 0;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next `length` bytes, which stay, in a view valid until the next append; `undefined` when fewer are waiting. */
  peek(length: number): Uint8Array | undefined {
    return this.waiting < length ? undefined : this.#bytes.subarray(this.#at, this.#at + length);
  }

  /** Drops bytes seen. */
  skip(length: number): void {
    this.#at += length;
  }
}
