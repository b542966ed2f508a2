/*
 * Decoding tables for the two alphabets of deflate. A table is indexed by the next bits of the stream; the sign of an entry tells the
 * common case from the rest.
 *
 * Literal/length entries:
 *   >= 0           bits 0-15 one or two literal bytes, 16-20 how many bits they take, 21-22 how many literals
 *   bit 31, no 30  a length: bits 0-8 base, 9-11 extra bits, 16-20 bits of the code
 *   bits 31, 30    the end of the block (END), a subtable (SUB: bits 0-12 its place, 13-15 its index bits), or a hole (HOLE)
 * Distance entries:
 *   >= 0           bits 0-14 base, 16-20 bits of the code, 21-24 extra bits
 *   bits 31, 30    a subtable or a hole, as above
 */

/** Bits that index the root of a literal/length table. 12 fit the first-level cache worse and measure the same. */
export const LITERAL_BITS = 11;
/** Bits that index the root of a distance table; with 13 extra bits they must fit a hold of 25. */
export const DISTANCE_BITS = 10;
/** A negative literal/length entry below this is a length. */
export const SPECIAL = -0x40000000;
/** Flag of an entry that is the end of the block. */
export const END = 0x20000000;
/** Flag of an entry that is a subtable: its place at bits 0-12, its index bits at 13-15. */
export const SUB = 0x10000000;

const LENGTH = 0x80000000 | 0;
const OTHER = 0xc0000000 | 0;
const HOLE = OTHER;

/** Room for the root and, for every prefix with longer codes, a subtable of uniform size: at most half as many as there are symbols. */
export const LITERAL_ENTRIES = (1 << LITERAL_BITS) + (144 << (15 - LITERAL_BITS));
/** The same for distances. */
export const DISTANCE_ENTRIES = (1 << DISTANCE_BITS) + (16 << (15 - DISTANCE_BITS));

const LITERAL_SYMBOLS = literalSymbols();
const DISTANCE_SYMBOLS = distanceSymbols();
const PLAIN_SYMBOLS = Int32Array.from({ length: 19 }, (_, symbol) => symbol);

/** RFC 1951 section 3.2.5; 286 and 287 take part in the fixed code but must not occur. */
function literalSymbols(): Int32Array {
  const symbols = new Int32Array(288).fill(HOLE);
  for (let byte = 0; byte < 256; byte++) symbols[byte] = (1 << 21) | byte;
  symbols[256] = OTHER | END;
  let base = 3;
  for (let code = 0; code < 28; code++) {
    const extra = code < 8 ? 0 : (code >> 2) - 1;
    symbols[257 + code] = LENGTH | (extra << 9) | base;
    base += 1 << extra;
  }
  symbols[285] = LENGTH | 258;
  return symbols;
}

function distanceSymbols(): Int32Array {
  const symbols = new Int32Array(32).fill(HOLE);
  let base = 1;
  for (let code = 0; code < 30; code++) {
    const extra = code < 4 ? 0 : (code >> 1) - 1;
    symbols[code] = (extra << 21) | base;
    base += 1 << extra;
  }
  return symbols;
}

/**
 * How code lengths make a prefix code. Like zlib, decoders accept `complete` ones, no codes at all (`empty`: every entry is a hole) and,
 * but for the code of code lengths, a `single` one of one bit.
 */
export type Fit = "complete" | "single" | "empty" | "incomplete" | "oversubscribed";

const counts = new Int32Array(16);
const nextAt = new Int32Array(16);
const sorted = new Int32Array(320);

/**
 * Fills `table` from code lengths, `symbols[i]` being the entry of the symbol whose length is `lengths[from + i]`, without the length.
 * Codes are built in increasing order and the root doubles with every length, so that most entries are written by a block copy.
 */
function fill(
  table: Int32Array,
  code: { lengths: Uint8Array; from: number; to: number; symbols: Int32Array; rootBits: number },
): Fit {
  const { lengths, from, to, symbols, rootBits } = code;
  counts.fill(0);
  for (let at = from; at < to; at++) counts[lengths[at]!]!++;
  let left = 1;
  let longest = 0;
  nextAt[0] = 0;
  for (let length = 1; length < 16; length++) {
    left = (left << 1) - counts[length]!;
    if (left < 0) return "oversubscribed";
    if (counts[length]! > 0) longest = length;
    nextAt[length] = length === 1 ? 0 : nextAt[length - 1]! + counts[length - 1]!;
  }
  for (let at = from; at < to; at++) {
    const length = lengths[at]!;
    if (length > 0) sorted[nextAt[length]!++] = at - from;
  }
  if (left > 0 && longest > 1) return "incomplete";

  const root = 1 << rootBits;
  let size = 1;
  let reversed = 0;
  let next = 0;
  table[0] = HOLE;
  if (left > 0) table.fill(HOLE, 0, root);
  for (let length = 1; length <= rootBits; length++) {
    if (size < root && left === 0) table.copyWithin(size, 0, size);
    size <<= 1;
    const bits = length << 16;
    for (let more = counts[length]!; more > 0; more--) {
      const entry = symbols[sorted[next++]!]! | bits;
      if (left === 0) table[reversed] = entry;
      else for (let at = reversed; at < root; at += size) table[at] = entry;
      reversed = increment(reversed, length);
    }
  }
  if (longest > rootBits) fillLong(table, { symbols, rootBits, longest, next, reversed });
  if (left === 0) return "complete";
  return longest === 1 ? "single" : "empty";
}

/** The next code of `length` bits, both as read from the stream: lowest bit first. */
function increment(reversed: number, length: number): number {
  let bit = 1 << (length - 1);
  while (reversed & bit) bit >>>= 1;
  return bit === 0 ? 0 : (reversed & (bit - 1)) | bit;
}

function fillLong(
  table: Int32Array,
  rest: {
    symbols: Int32Array;
    rootBits: number;
    longest: number;
    next: number;
    reversed: number;
  },
): void {
  const { symbols, rootBits, longest } = rest;
  let { next, reversed } = rest;
  const root = 1 << rootBits;
  const indexBits = longest - rootBits;
  let place = root;
  let prefix = -1;
  for (let length = rootBits + 1; length <= longest; length++) {
    const step = 1 << (length - rootBits);
    for (let more = counts[length]!; more > 0; more--) {
      if ((reversed & (root - 1)) !== prefix) {
        if (prefix >= 0) place += 1 << indexBits;
        prefix = reversed & (root - 1);
        table[prefix] = OTHER | SUB | (indexBits << 13) | place;
      }
      const entry = symbols[sorted[next++]!]! | (length << 16);
      for (let at = reversed >>> rootBits; at < 1 << indexBits; at += step) table[place + at] = entry;
      reversed = increment(reversed, length);
    }
  }
}

/** Fills the table of the code of code lengths: 7 index bits, entries are symbols plus their length at bits 16-20. */
export function fillLengthsTable(table: Int32Array, lengths: Uint8Array): Fit {
  return fill(table, { lengths, from: 0, to: 19, symbols: PLAIN_SYMBOLS, rootBits: 7 });
}

/** Fills a literal/length table from `lengths[0, count)`. */
export function fillLiteralTable(table: Int32Array, lengths: Uint8Array, count: number): Fit {
  const fit = fill(table, {
    lengths,
    from: 0,
    to: count,
    symbols: LITERAL_SYMBOLS,
    rootBits: LITERAL_BITS,
  });
  if (fit === "complete" || fit === "single") widen(table);
  return fit;
}

/** Fills a distance table from `lengths[from, to)`. */
export function fillDistanceTable(
  table: Int32Array,
  lengths: Uint8Array,
  range: { readonly from: number; readonly to: number },
): Fit {
  return fill(table, { lengths, ...range, symbols: DISTANCE_SYMBOLS, rootBits: DISTANCE_BITS });
}

/**
 * Makes entries do more: a literal takes the next literal along, a length its extra bits, where the root's index covers both. Going down,
 * because what an entry looks ahead to has a smaller index and is still as it was.
 */
function widen(table: Int32Array): void {
  for (let at = (1 << LITERAL_BITS) - 1; at >= 0; at--) {
    const entry = table[at]!;
    if (entry >= 0) {
      const bits = (entry >> 16) & 31;
      const second = table[at >>> bits]!;
      if (second >= 0 && bits + ((second >> 16) & 31) <= LITERAL_BITS) {
        table[at] = entry + (second & 0x3f0000) + ((second & 255) << 8);
      }
    } else if (entry < SPECIAL) {
      const extra = (entry >> 9) & 7;
      const bits = (entry >> 16) & 31;
      if (extra > 0 && bits + extra <= LITERAL_BITS) {
        const length = (entry & 511) + ((at >>> bits) & ((1 << extra) - 1));
        table[at] = LENGTH | ((bits + extra) << 16) | length;
      }
    }
  }
}
