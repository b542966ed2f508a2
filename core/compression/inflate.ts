import type { CoreError } from "../error.ts";
import { decodeError, limitError, type Sink } from "./decompressor.ts";
import {
  DISTANCE_BITS,
  DISTANCE_ENTRIES,
  END,
  fillDistanceTable,
  fillLiteralTable,
  LITERAL_BITS,
  LITERAL_ENTRIES,
  SPECIAL,
  SUB,
} from "./huffman.ts";
import { readCodeLengths, setFixedLengths } from "./inflate-header.ts";
import type { BitInput } from "./input.ts";

const HISTORY = 32_768;
/** Output between two calls of the sink. Small enough that what reads it next finds it in the cache. */
const SLAB = 262_144;
/** Longest match, plus what a copy by words may write past it, plus two literals. */
const MARGIN = 258 + 16;
/** Most bits that one turn of the fast loop consumes or loads: two entries of literals, a match, and the 32-bit load after them. */
const AHEAD = 160;

const LITERAL_MASK = (1 << LITERAL_BITS) - 1;
const DISTANCE_MASK = (1 << DISTANCE_BITS) - 1;

const STATE = { head: 0, stored: 1, codes: 2, done: 3 } as const;

/** What {@link Inflater} takes. */
export interface InflaterOptions {
  readonly input: BitInput;
  readonly sink: Sink;
  readonly limit: number;
  /** Output offset to begin at, and the bytes before it. */
  readonly out: number;
  readonly window: Uint8Array | undefined;
  /** Called at the start of every block, with its position in the input and a view of the history. */
  readonly onBlock: ((at: number, window: Uint8Array) => void) | undefined;
}

/**
 * Inflates raw deflate blocks out of a {@link BitInput}, one stream after the other ({@link Inflater.begin}). Holds 300 KiB and its tables.
 * @see RFC 1951
 */
export class Inflater {
  readonly #input: BitInput;
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #onBlock: ((at: number, window: Uint8Array) => void) | undefined;
  readonly #out = new Uint8Array(HISTORY + SLAB + MARGIN);
  readonly #view = new DataView(this.#out.buffer);
  readonly #literals = new Int32Array(LITERAL_ENTRIES);
  readonly #distances = new Int32Array(DISTANCE_ENTRIES);
  readonly #lengths = new Uint8Array(320);
  #state: 0 | 1 | 2 | 3 = STATE.done;
  #last = false;
  #stored = 0;
  /** Where the next byte goes in `#out`, the first byte not yet given to the sink, and the first that matches may refer to. */
  #op = 0;
  #given = 0;
  #floor = 0;
  /** Output offset of `#out[0]`. */
  #base: number;

  constructor(options: InflaterOptions) {
    this.#input = options.input;
    this.#sink = options.sink;
    this.#limit = options.limit;
    this.#onBlock = options.onBlock;
    const { window } = options;
    if (window !== undefined) {
      this.#out.set(window);
      this.#op = window.length;
      this.#given = window.length;
    }
    this.#base = options.out - this.#op;
  }

  /** Output offset reached. */
  get offset(): number {
    return this.#base + this.#op;
  }

  /** Gets ready for a stream; with `history` it is the rest of one, and its matches may refer to what was there before. */
  begin(history = false): void {
    if (!history) this.#floor = this.#op;
    this.#state = STATE.head;
    this.#last = false;
  }

  /**
   * Inflates what the input holds; true when the stream is complete (the input then stands right after its last bit), false when more
   * input is wanted.
   */
  run(): boolean {
    for (;;) {
      if (this.#state === STATE.done) return true;
      const went =
        this.#state === STATE.head
          ? this.#head()
          : this.#state === STATE.stored
            ? this.#copyStored()
            : this.#decode();
      if (!went) return false;
    }
  }

  /** Gives the sink what it has not seen. */
  flush(): void {
    const given = this.#given;
    if (given === this.#op) return;
    this.#given = this.#op;
    if (this.#base + this.#op > this.#limit) {
      throw limitError({ format: "gzip", offset: this.#input.offset() }, this.#limit);
    }
    this.#sink(this.#out.subarray(given, this.#op));
  }

  /** Makes room by moving the history to the front. */
  #slide(): void {
    this.flush();
    const shift = this.#op - HISTORY;
    if (shift <= 0) return;
    this.#out.copyWithin(0, shift, this.#op);
    this.#op = HISTORY;
    this.#given = HISTORY;
    this.#floor = Math.max(0, this.#floor - shift);
    this.#base += shift;
  }

  #fail(what: string, at = this.#input.at): CoreError {
    return decodeError("compression/corrupt", { format: "gzip", offset: this.#input.offset(at) }, what);
  }

  #endBlock(): void {
    this.#state = this.#last ? STATE.done : STATE.head;
  }

  #head(): boolean {
    const input = this.#input;
    const start = input.at;
    if (input.end - start < 3) return false;
    const bits = input.view.getUint16(start >>> 3, true) >>> (start & 7);
    const type = (bits >> 1) & 3;
    if (type === 3) throw this.#fail("block type is 3, expected 0 to 2");
    if (type === 0) {
      const at = (start + 3 + 7) & ~7;
      if (input.end - at < 32) return false;
      const size = input.view.getUint16(at >>> 3, true);
      const inverse = input.view.getUint16((at >>> 3) + 2, true);
      if ((size ^ inverse) !== 0xffff) {
        throw this.#fail(`stored block length is ${size}, its complement says ${inverse ^ 0xffff}`, at);
      }
      input.at = at + 32;
      this.#stored = size;
      this.#state = STATE.stored;
    } else {
      const lengths = this.#lengths;
      let literals = 288;
      let distances = 32;
      if (type === 1) {
        setFixedLengths(lengths);
        input.at = start + 3;
      } else {
        const counts = readCodeLengths(input, lengths);
        if (counts === undefined) return false;
        literals = counts.literals;
        distances = counts.distances;
      }
      const fit = fillLiteralTable(this.#literals, lengths, literals);
      if (fit !== "complete" && fit !== "single") throw this.#fail(`literal/length code is ${fit}`, start);
      const distanceFit = fillDistanceTable(this.#distances, lengths, {
        from: literals,
        to: literals + distances,
      });
      if (distanceFit === "incomplete" || distanceFit === "oversubscribed") {
        throw this.#fail(`distance code is ${distanceFit}`, start);
      }
      this.#state = STATE.codes;
    }
    this.#last = (bits & 1) === 1;
    this.#onBlock?.(start, this.#out.subarray(Math.max(this.#floor, this.#op - HISTORY), this.#op));
    return true;
  }

  #copyStored(): boolean {
    const input = this.#input;
    while (this.#stored > 0) {
      const from = input.at >>> 3;
      const room = HISTORY + SLAB - this.#op;
      if (room <= 0) {
        this.#slide();
        continue;
      }
      const count = Math.min(this.#stored, room, input.left);
      if (count === 0) return false;
      this.#out.set(input.bytes.subarray(from, from + count), this.#op);
      this.#op += count;
      this.#stored -= count;
      input.at += count * 8;
    }
    this.#endBlock();
    return true;
  }

  /** Decodes the codes of a block: true at its end, false when more input is wanted. */
  #decode(): boolean {
    for (;;) {
      if (this.#op > HISTORY + SLAB) this.#slide();
      if (this.#input.end - this.#input.at >= AHEAD) {
        if (this.#decodeFast()) return true;
      } else {
        const state = this.#decodeOne();
        if (state !== undefined) return state;
      }
    }
  }

  /** Decodes while there is input and room to spare; true at the end of the block. */
  #decodeFast(): boolean {
    const input = this.#input;
    const source = input.view;
    const out = this.#view;
    const literals = this.#literals;
    const distances = this.#distances;
    const floor = this.#floor;
    const safeAt = input.end - AHEAD;
    const safeOp = HISTORY + SLAB;
    let at = input.at;
    let op = this.#op;
    let ended = false;
    let hold = source.getInt32(at >>> 3, true) >> (at & 7);
    let entry = literals[hold & LITERAL_MASK]!;
    while (at <= safeAt && op <= safeOp) {
      if (entry >= 0) {
        out.setUint16(op, entry, true);
        op += entry >>> 21;
        const bits = (entry >>> 16) & 31;
        at += bits;
        entry = literals[(hold >> bits) & LITERAL_MASK]!;
        if (entry >= 0) {
          out.setUint16(op, entry, true);
          op += entry >>> 21;
          at += (entry >>> 16) & 31;
          hold = source.getInt32(at >>> 3, true) >> (at & 7);
          entry = literals[hold & LITERAL_MASK]!;
          continue;
        }
        hold = source.getInt32(at >>> 3, true) >> (at & 7);
      }
      if (entry >= SPECIAL) {
        if (entry & SUB) {
          entry = literals[(entry & 0x1fff) + ((hold >> LITERAL_BITS) & ((1 << ((entry >>> 13) & 7)) - 1))]!;
        }
        if (entry >= 0) {
          out.setUint8(op++, entry);
          at += (entry >>> 16) & 31;
          hold = source.getInt32(at >>> 3, true) >> (at & 7);
          entry = literals[hold & LITERAL_MASK]!;
          continue;
        }
        if (entry >= SPECIAL) {
          if ((entry & END) === 0) {
            input.at = at;
            throw this.#fail("literal/length code is not assigned");
          }
          at += (entry >>> 16) & 31;
          ended = true;
          break;
        }
      }
      const codeBits = (entry >>> 16) & 31;
      const extra = (entry >>> 9) & 7;
      let length = (entry & 511) + ((hold >> codeBits) & ((1 << extra) - 1));
      at += codeBits + extra;
      hold = source.getInt32(at >>> 3, true) >> (at & 7);
      entry = distances[hold & DISTANCE_MASK]!;
      if (entry < 0) {
        if (entry & SUB) {
          entry =
            distances[(entry & 0x1fff) + ((hold >> DISTANCE_BITS) & ((1 << ((entry >>> 13) & 7)) - 1))]!;
        }
        if (entry < 0) {
          input.at = at;
          throw this.#fail("distance code is not assigned");
        }
        at += (entry >>> 16) & 31;
        hold = source.getInt32(at >>> 3, true) >> (at & 7);
        entry &= ~(31 << 16);
      }
      const distanceBits = (entry >>> 16) & 31;
      const more = entry >>> 21;
      const distance = (entry & 0x7fff) + ((hold >> distanceBits) & ((1 << more) - 1));
      at += distanceBits + more;
      let from = op - distance;
      if (from < floor) {
        input.at = at;
        throw this.#tooFar(distance, op);
      }
      hold = source.getInt32(at >>> 3, true) >> (at & 7);
      entry = literals[hold & LITERAL_MASK]!;
      const to = op + length;
      if (distance < 4) {
        out.setUint8(op, out.getUint8(from));
        out.setUint8(op + 1, out.getUint8(from + 1));
        out.setUint8(op + 2, out.getUint8(from + 2));
        out.setUint8(op + 3, out.getUint8(from + 3));
        op += 4;
        from = op - (distance === 3 ? 6 : 4);
        length -= 4;
      }
      out.setInt32(op, out.getInt32(from, true), true);
      out.setInt32(op + 4, out.getInt32(from + 4, true), true);
      while (length > 8) {
        out.setInt32(op + 8, out.getInt32(from + 8, true), true);
        op += 4;
        from += 4;
        length -= 4;
      }
      op = to;
    }
    input.at = at;
    this.#op = op;
    if (ended) this.#endBlock();
    return ended;
  }

  #tooFar(distance: number, op: number): CoreError {
    return this.#fail(`distance is ${distance}, expected at most ${op - this.#floor}`);
  }

  /** Decodes one entry near the end of the input: true at the end of the block, false when the entry is cut short, else undefined. */
  #decodeOne(): boolean | undefined {
    const input = this.#input;
    const { view: source, end } = input;
    const out = this.#out;
    let at = input.at;
    const load = (): number => source.getInt32(at >>> 3, true) >> (at & 7);
    let hold = load();
    let entry = this.#literals[hold & LITERAL_MASK]!;
    if (entry < 0 && entry >= SPECIAL && entry & SUB) {
      entry =
        this.#literals[(entry & 0x1fff) + ((hold >> LITERAL_BITS) & ((1 << ((entry >>> 13) & 7)) - 1))]!;
    }
    const bits = (entry >>> 16) & 31;
    at += bits;
    if (at > end) return false;
    if (entry >= 0) {
      out[this.#op] = entry;
      out[this.#op + 1] = entry >>> 8;
      this.#op += entry >>> 21;
      input.at = at;
      return undefined;
    }
    if (entry >= SPECIAL) {
      if ((entry & END) === 0) {
        if (end - input.at < 15) return false;
        throw this.#fail("literal/length code is not assigned");
      }
      input.at = at;
      this.#endBlock();
      return true;
    }
    const extra = (entry >>> 9) & 7;
    const length = (entry & 511) + ((hold >> bits) & ((1 << extra) - 1));
    at += extra;
    hold = load();
    entry = this.#distances[hold & DISTANCE_MASK]!;
    if (entry < 0 && entry & SUB) {
      entry =
        this.#distances[(entry & 0x1fff) + ((hold >> DISTANCE_BITS) & ((1 << ((entry >>> 13) & 7)) - 1))]!;
    }
    if (entry < 0) {
      if (end - at < 15) return false;
      throw this.#fail("distance code is not assigned", at);
    }
    at += (entry >>> 16) & 31;
    hold = load();
    const more = entry >>> 21;
    const distance = (entry & 0x7fff) + (hold & ((1 << more) - 1));
    at += more;
    if (at > end) return false;
    let from = this.#op - distance;
    if (from < this.#floor) throw this.#tooFar(distance, this.#op);
    for (let left = length; left > 0; left--) out[this.#op++] = out[from++]!;
    input.at = at;
    return undefined;
  }
}
