import { decodeFourStreams, decodeStream, huffmanTable, readHuffmanTable } from "./zstd-huffman.ts";
import { BLOCK_LIMIT, type ZstdInput } from "./zstd-input.ts";

/** Room behind the literals for copies by words. */
const SLACK = 32;

/** The literals of a block, and the code that the next block may go on with. */
export class ZstdLiterals {
  readonly bytes = new Uint8Array(BLOCK_LIMIT + SLACK);
  readonly view = new DataView(this.bytes.buffer);
  /** How many there are. */
  size = 0;
  readonly #huffman = huffmanTable();

  /** Forgets the code: a frame begins. */
  reset(): void {
    this.#huffman.log = 0;
  }

  /**
   * Decodes the literals section at `from`; returns where it ends.
   * @throws CoreError `compression/corrupt`.
   * @see RFC 8878 section 3.1.1.3.1
   */
  read(input: ZstdInput, from: number, to: number): number {
    const { view } = input;
    const head = view.getUint8(from);
    const type = head & 3;
    const format = (head >> 2) & 3;
    if (type < 2) {
      const headSize = format === 1 ? 2 : format === 3 ? 3 : 1;
      const word = view.getInt32(from, true);
      this.size = format === 1 ? (word >>> 4) & 0xfff : format === 3 ? (word >>> 4) & 0xfffff : head >> 3;
      const end = from + headSize + (type === 0 ? this.size : 1);
      this.#check(input, { from, end, to });
      if (type === 0) this.bytes.set(input.bytes.subarray(from + headSize, end));
      else this.bytes.fill(input.bytes[from + headSize]!, 0, this.size);
      return end;
    }
    const headSize = format === 2 ? 4 : format === 3 ? 5 : 3;
    const bits = format === 2 ? 14 : format === 3 ? 18 : 10;
    const mask = (1 << bits) - 1;
    this.size = (view.getInt32(from, true) >>> 4) & mask;
    const packedAt = 4 + bits;
    const packed = (view.getInt32(from + (packedAt >> 3), true) >>> (packedAt & 7)) & mask;
    let at = from + headSize;
    const end = at + packed;
    this.#check(input, { from, end, to });
    if (type === 2) at = readHuffmanTable(input, { from: at, to: end }, this.#huffman);
    else if (this.#huffman.log === 0) {
      throw input.corrupt("Huffman code is repeated, but there was none before", from);
    }
    if (format === 0) {
      const stream = { from: at, to: end, out: 0, outEnd: this.size };
      decodeStream(input, stream, { table: this.#huffman, out: this.view });
    } else {
      this.#readFour(input, at, end);
    }
    return end;
  }

  #check(
    input: ZstdInput,
    place: { readonly from: number; readonly end: number; readonly to: number },
  ): void {
    if (this.size > BLOCK_LIMIT) {
      throw input.corrupt(`block has ${this.size} literals, expected at most ${BLOCK_LIMIT}`, place.from);
    }
    if (place.end > place.to) throw input.corrupt("literals end outside their block", place.from);
  }

  #readFour(input: ZstdInput, from: number, to: number): void {
    const { view } = input;
    const quarter = (this.size + 3) >> 2;
    const first = from + 6;
    const second = first + view.getUint16(from, true);
    const third = second + view.getUint16(from + 2, true);
    const fourth = third + view.getUint16(from + 4, true);
    if (fourth >= to || quarter * 3 > this.size)
      throw input.corrupt("Huffman streams end outside their section", from);
    decodeFourStreams(
      input,
      [
        { from: first, to: second, out: 0, outEnd: quarter },
        { from: second, to: third, out: quarter, outEnd: quarter * 2 },
        { from: third, to: fourth, out: quarter * 2, outEnd: quarter * 3 },
        { from: fourth, to, out: quarter * 3, outEnd: this.size },
      ],
      { table: this.#huffman, out: this.view },
    );
  }
}
