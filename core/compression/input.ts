/** How much compressed input is taken in at a time. */
const ROOM = 65_536;
/** Most that a machine may leave unread and ask for more: a dynamic block header takes at most 289 bytes. */
const CARRY = 1024;
/** Bytes past the end that may be loaded (never used) so that hot loops need no bounds of their own. */
const SLACK = 16;

/**
 * The compressed bytes not yet decoded, read bit by bit, lowest bit first. Everything passes through one small buffer of fixed identity:
 * copying costs 1 % of inflating and spares the decoder a second version for chunk borders, since what is left over is just moved to
 * the front. The reader advances `at`; bytes past `end` are garbage that may be loaded but not believed.
 */
export class BitInput {
  readonly bytes = new Uint8Array(CARRY + ROOM + SLACK);
  readonly view = new DataView(this.bytes.buffer);
  /** Position of the next bit in `bytes`. */
  at = 0;
  /** Position of the first bit past the input in `bytes`; whole bytes. */
  end = 0;
  /** Offset of `bytes[0]` in the source. */
  #base: number;

  constructor(offset = 0, bits = 0) {
    this.#base = offset;
    this.at = bits;
  }

  /** Offset in the source of the byte that holds bit `at` (the next one, unless given). */
  offset(at = this.at): number {
    return this.#base + (at >>> 3);
  }

  /** Takes in as much of `chunk` as there is room for, from `from` on, and returns how many bytes. */
  fill(chunk: Uint8Array, from: number): number {
    const used = this.at >>> 3;
    const end = this.end >>> 3;
    if (used > 0) {
      this.bytes.copyWithin(0, used, end);
      this.#base += used;
      this.at &= 7;
    }
    const kept = end - used;
    const taken = Math.min(chunk.length - from, CARRY + ROOM - kept);
    this.bytes.set(from === 0 && taken === chunk.length ? chunk : chunk.subarray(from, from + taken), kept);
    this.end = (kept + taken) * 8;
    return taken;
  }

  /** Goes on to the next whole byte. */
  align(): void {
    this.at = (this.at + 7) & ~7;
  }

  /** How many whole bytes are left. */
  get left(): number {
    return (this.end - this.at) >>> 3;
  }
}
