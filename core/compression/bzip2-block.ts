import { type BitIntake, STEP_BYTES } from "./bzip2-bits.ts";
import { type BlockHeader, ROOT_BITS } from "./bzip2-tables.ts";

/** Symbols that share a selector. */
const GROUP = 50;
/** Bytes handed on at once. */
const SLAB = 64 * 1024;
/** Five bytes may stand for 4 + 255 of one value. */
const LONGEST_RUN = 255;

/**
 * One block at a time: prefix codes, move-to-front and zero runs give the last column of the sorted rotations ({@link readSymbols}); the
 * column, sorted back, and runs of four undone give the bytes ({@link write}). Holds five bytes for each byte of the largest block,
 * 4.5 MB at level 9.
 */
export class BlockDecoder {
  #size: number;
  readonly #column: Uint8Array;
  readonly #next: Int32Array;
  readonly #front = new Uint8Array(256);
  readonly #slab = new Uint8Array(SLAB);
  #header: BlockHeader | undefined;
  #group = 0;
  #filled = 0;
  /** A zero run being read: its length, and the value of its next digit. */
  #run = 0;
  #digit = 1;

  /** For blocks of at most `size` bytes (before their runs are undone). */
  constructor(size: number) {
    this.#size = size;
    this.#column = new Uint8Array(size);
    this.#next = new Int32Array(size);
  }

  /** Begins a block of at most `size` bytes, no more than the decoder was made for. */
  start(header: BlockHeader, size: number): void {
    this.#header = header;
    this.#size = size;
    this.#front.set(header.used);
    this.#group = 0;
    this.#filled = 0;
    this.#run = 0;
    this.#digit = 1;
  }

  /**
   * Reads symbols while a whole group is waiting, or, when the intake is finished, to the end of the block: false when it wants
   * more bytes, true at the end, or what is wrong, as the end of a message. An intake that is cut short is left overrun.
   */
  readSymbols(intake: BitIntake): boolean | string {
    const { codes, selectors, used, origin } = this.#header!;
    const column = this.#column;
    const front = this.#front;
    const size = this.#size;
    const last = used.length + 1;
    const { bytes, finished } = intake;
    let { at, hold, count } = intake;
    let filled = this.#filled;
    let run = this.#run;
    let digit = this.#digit;
    let flaw: string | undefined;

    groups: for (; ; this.#group++) {
      if (finished ? (intake.end - at) * 8 + count < 0 : at > intake.end - STEP_BYTES) {
        Object.assign(intake, { at, hold, count });
        this.#filled = filled;
        this.#run = run;
        this.#digit = digit;
        return false;
      }
      const selector = selectors[this.#group];
      if (selector === undefined) {
        flaw = `there are more symbols than its ${selectors.length} selectors are for`;
        break;
      }
      const { root, bound, shift, sorted } = codes[selector]!;
      for (let left = GROUP; left > 0; left--) {
        if (count < 16) {
          hold |= ((bytes[at]! << 8) | bytes[at + 1]!) << (16 - count);
          at += 2;
          count += 16;
        }
        const entry = root[hold >>> (32 - ROOT_BITS)]!;
        let symbol = entry >>> 5;
        let length = entry & 31;
        if (length === 0) {
          if (count < 24) {
            hold |= bytes[at]! << (24 - count);
            at++;
            count += 8;
          }
          const code = hold >>> 12;
          length = ROOT_BITS + 1;
          while (length <= 20 && code >= bound[length]!) length++;
          if (length > 20) {
            flaw = "a code is not in use";
            break groups;
          }
          symbol = sorted[(hold >>> (32 - length)) + shift[length]!]!;
        }
        hold <<= length;
        count -= length;

        if (symbol <= 1) {
          run += digit << symbol;
          digit <<= 1;
          if (run > size) {
            flaw = `it holds more than ${size} bytes`;
            break groups;
          }
          continue;
        }
        if (run > 0) {
          if (filled + run > size) {
            flaw = `it holds more than ${size} bytes`;
            break groups;
          }
          const value = front[0]!;
          if (run < 16) for (const to = filled + run; filled < to; filled++) column[filled] = value;
          else {
            column.fill(value, filled, filled + run);
            filled += run;
          }
          run = 0;
          digit = 1;
        }
        if (symbol === last) {
          if (origin >= filled) flaw = `it begins at row ${origin}, expected less than ${filled}`;
          break groups;
        }
        if (filled >= size) {
          flaw = `it holds more than ${size} bytes`;
          break groups;
        }
        const place = symbol - 1;
        const value = front[place]!;
        if (place < 24) for (let back = place; back > 0; back--) front[back] = front[back - 1]!;
        else front.copyWithin(1, 0, place);
        front[0] = value;
        column[filled++] = value;
      }
    }
    Object.assign(intake, { at, hold, count });
    this.#filled = filled;
    return flaw ?? true;
  }

  /** Hands the bytes of the block to `sink`, in views that are valid only during the call. */
  write(sink: (bytes: Uint8Array) => void): void {
    const next = this.#next;
    const slab = this.#slab;
    let left = this.#filled;
    this.#sortBack();
    let row = this.#header!.origin;
    let written = 0;
    let previous = -1;
    let equal = 0;
    while (left > 0) {
      // Up to here the slab has room for one run; most passes end by the slab being full.
      for (; left > 0 && written < SLAB - LONGEST_RUN; left--) {
        const entry = next[row]!;
        const value = entry & 255;
        row = entry >>> 8;
        if (equal === 4) {
          slab.fill(previous, written, written + value);
          written += value;
          equal = 0;
          continue;
        }
        equal = value === previous ? equal + 1 : 1;
        previous = value;
        slab[written++] = value;
      }
      sink(slab.subarray(0, written));
      written = 0;
    }
  }

  /** Fills `next`: for each sorted row its first byte in the low 8 bits, and above them the row of the rotation one byte later. */
  #sortBack(): void {
    const column = this.#column;
    const next = this.#next;
    const filled = this.#filled;
    const rows = new Int32Array(256);
    for (let row = 0; row < filled; row++) rows[column[row]!]!++;
    let sum = 0;
    for (let value = 0; value < 256; value++) {
      const count = rows[value]!;
      rows[value] = sum;
      sum += count;
    }
    for (let row = 0; row < filled; row++) {
      const value = column[row]!;
      next[rows[value]!++] = (row << 8) | value;
    }
  }
}
