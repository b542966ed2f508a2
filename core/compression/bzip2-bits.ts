/** Bytes kept at hand beyond what a decoder may read without looking: it reads in steps of {@link STEP_BYTES}. */
const CAPACITY = 128 * 1024;

/** Most bytes a decoder takes between two looks at what is there: fifty symbols of twenty bits, and the bits held. */
export const STEP_BYTES = 136;

/** Most bytes that {@link BitIntake.append} takes at once, so that what is held stays bounded. */
export const APPEND_BYTES = 64 * 1024;

/**
 * Bytes waiting to be read as bits, the most significant first. `hold` has the next `count` bits at its top; what follows is at `at`.
 * The fields are open, because the symbol loop keeps them in local variables.
 */
export class BitIntake {
  readonly bytes = new Uint8Array(CAPACITY + STEP_BYTES);
  at = 0;
  end = 0;
  hold = 0;
  count = 0;
  /** Whether there will be no more bytes. */
  finished = false;
  /** Offset in the source of `bytes[0]`. */
  #base: number;

  constructor(base: number) {
    this.#base = base;
  }

  /** Adds at most {@link APPEND_BYTES} bytes; the caller sees to it that no more than as many are waiting. */
  append(chunk: Uint8Array): void {
    if (this.end + chunk.length > CAPACITY) {
      this.bytes.copyWithin(0, this.at, this.end);
      this.#base += this.at;
      this.end -= this.at;
      this.at = 0;
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Says that no more bytes come: what is read past the end are zeros, and {@link overrun} tells. */
  finish(): void {
    this.finished = true;
    this.bytes.fill(0, this.end, this.end + STEP_BYTES);
  }

  /** The bits not read yet. */
  get waiting(): number {
    return (this.end - this.at) * 8 + this.count;
  }

  /** Whether bits were read that are not there. */
  get overrun(): boolean {
    return this.waiting < 0;
  }

  /** Offset in the source of the next bit, in bits. */
  get bitOffset(): number {
    return (this.#base + this.at) * 8 - this.count;
  }

  /** The next `width` bits, 1 to 24, which stay. */
  peek(width: number): number {
    while (this.count < width) {
      this.hold |= (this.bytes[this.at] ?? 0) << (24 - this.count);
      this.at++;
      this.count += 8;
    }
    return this.hold >>> (32 - width);
  }

  /** The next `width` bits, 1 to 24. */
  read(width: number): number {
    const value = this.peek(width);
    this.hold <<= width;
    this.count -= width;
    return value;
  }

  /** Drops the bits up to the next byte. */
  align(): void {
    const odd = this.count & 7;
    this.hold <<= odd;
    this.count -= odd;
  }
}
