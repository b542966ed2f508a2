import { decodeError } from "./decompressor.ts";

/** Most bytes of a block, compressed or not: RFC 8878 section 3.1.1.2.4. */
export const BLOCK_LIMIT = 131_072;
/** Loads of 32 bits may begin this much before a stream and end this much after it. */
const FRONT = 16;
const SLACK = 16;

/**
 * One piece of a zstd frame (a header or a block), gathered whole. It stands in one buffer of fixed identity, with room on both sides, so that
 * the hot loops load words without asking where the piece ends.
 */
export class ZstdInput {
  readonly bytes = new Uint8Array(FRONT + BLOCK_LIMIT + SLACK);
  readonly view = new DataView(this.bytes.buffer);
  /** Where the piece begins in `bytes`, and where what has been gathered of it ends. */
  readonly from = FRONT;
  to = FRONT;
  /** Offset in the source of the piece's first byte. */
  offset: number;

  constructor(offset: number) {
    this.offset = offset;
  }

  /** Begins the next piece. */
  next(): void {
    this.offset += this.to - FRONT;
    this.to = FRONT;
  }

  /** Gathers from `chunk`, from `at` on, until the piece has `size` bytes; returns how many it took. */
  gather(chunk: Uint8Array, at: number, size: number): number {
    const taken = Math.min(chunk.length - at, FRONT + size - this.to);
    this.bytes.set(chunk.subarray(at, at + taken), this.to);
    this.to += taken;
    return taken;
  }

  /** The error that the piece is corrupt at position `at` of `bytes`. */
  corrupt(what: string, at = FRONT): Error {
    return decodeError("compression/corrupt", { format: "zstd", offset: this.offset + at - FRONT }, what);
  }
}
