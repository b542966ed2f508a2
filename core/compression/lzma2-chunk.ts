import {
  ALIGN,
  IS_MATCH,
  IS_REP,
  IS_REP0,
  IS_REP0_LONG,
  IS_REP1,
  IS_REP2,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  LITERAL,
  MATCH_LENGTH,
  PROBABILITIES,
  REP_LENGTH,
  SLOT,
  SPECIAL,
} from "./lzma2-probs.ts";

/** The history of a decoder, a ring: `bytes` beyond `at` are older than those before it. */
export interface Ring {
  bytes: Uint8Array;
  /** Where the next byte goes. */
  at: number;
  /** How many bytes back may be referred to. */
  full: number;
  /** The most that `full` may become. */
  readonly limit: number;
}

/** What an LZMA decoder carries from chunk to chunk. */
export interface LzmaState {
  readonly probs: Uint16Array;
  /** The last four distances, less one. */
  readonly reps: Int32Array;
  state: number;
  lc: number;
  lpMask: number;
  pbMask: number;
}

/** The decoder at the start of a stream: nothing learned, no dictionary, properties still to come. */
export function newLzmaState(): LzmaState {
  const lzma = {
    probs: new Uint16Array(PROBABILITIES),
    reps: new Int32Array(4),
    state: 0,
    lc: 0,
    lpMask: 0,
    pbMask: 0,
  };
  resetLzmaState(lzma);
  return lzma;
}

/** Forgets all but the properties. */
export function resetLzmaState(lzma: LzmaState): void {
  lzma.probs.fill(1024);
  lzma.reps.fill(0);
  lzma.state = 0;
}

/**
 * Decodes one LZMA chunk, all of `input`, to exactly `size` bytes in the ring, which has room for them without overwriting any that were
 * not handed on yet.
 *
 * The range coder is written out at each of its fourteen places, with range and code in local variables as unsigned 32-bit numbers: a call
 * per bit, with its state in an object, is several times slower. Each place is: shift in a byte when range is below 2^24; split
 * range at the probability; take the lower part for a 0 and move the probability up, the upper part for a 1 and move it down.
 * The bits of literals, which nobody can foresee, are taken without a branch: `lt` is all ones when code < bound (the borrow of an unsigned
 * subtraction), and prob - (prob - 2017 >> 5) is prob + (2048 - prob >>> 5). It is worth 9 %; for the trees of lengths and distances, nothing.
 * @returns what is wrong, as the end of a message, or `undefined`.
 */
// biome-ignore format: a place of the range coder is four lines; broken up they hide what is decoded
export function decodeLzmaChunk(lzma: LzmaState, ring: Ring, chunk: { input: Uint8Array; size: number }): string | undefined {
  const { probs, lc, lpMask, pbMask } = lzma;
  const { input } = chunk;
  const { bytes, limit } = ring;
  const capacity = bytes.length;
  const end = input.length;
  if (end < 5 || input[0] !== 0) return "the range coder does not begin with a zero";
  let range = 0xffffffff;
  let code = ((input[1]! << 24) | (input[2]! << 16) | (input[3]! << 8) | input[4]!) >>> 0;
  let next = 5;
  let { state } = lzma;
  let rep0 = lzma.reps[0]!, rep1 = lzma.reps[1]!, rep2 = lzma.reps[2]!, rep3 = lzma.reps[3]!;
  let { at } = ring;
  const { full } = ring;
  let left = chunk.size;
  let previous = full === 0 ? 0 : bytes[at === 0 ? capacity - 1 : at - 1]!;
  let bound = 0, prob = 0, index = 0;

  while (left > 0) {
    if (next > end) return "an LZMA chunk ends too early";
    const posState = at & pbMask;

    index = IS_MATCH + (state << 4) + posState; prob = probs[index]!;
    if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
    bound = Math.imul(range >>> 11, prob) >>> 0;
    if (code < bound) {
      range = bound; probs[index] = prob + ((2048 - prob) >>> 5);
      // A literal: a tree of 256 by the bits before it; after a match also by the byte that the match would have gone on with.
      const tree = LITERAL + 0x300 * (((at & lpMask) << lc) + (previous >>> (8 - lc)));
      let symbol = 1;
      if (state >= 7) {
        let back = at - rep0 - 1;
        if (back < 0) back += capacity;
        let matched = bytes[back]!;
        let offset = 0x100;
        do {
          matched <<= 1;
          const bit = matched & offset;
          index = tree + offset + bit + symbol; prob = probs[index]!;
          if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
          bound = Math.imul(range >>> 11, prob) >>> 0;
          const lt = ((~code & bound) | ((~code | bound) & (code - bound))) >> 31;
          range = (((range - bound) & ~lt) | (bound & lt)) >>> 0; code = (code - (bound & ~lt)) >>> 0;
          probs[index] = prob - ((prob + (lt & -2017)) >> 5); symbol = (symbol << 1) + 1 + lt; offset &= bit ^ lt;
        } while (symbol < 0x100);
      } else {
        do {
          index = tree + symbol; prob = probs[index]!;
          if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
          bound = Math.imul(range >>> 11, prob) >>> 0;
          const lt = ((~code & bound) | ((~code | bound) & (code - bound))) >> 31;
          range = (((range - bound) & ~lt) | (bound & lt)) >>> 0; code = (code - (bound & ~lt)) >>> 0;
          probs[index] = prob - ((prob + (lt & -2017)) >> 5); symbol = (symbol << 1) + 1 + lt;
        } while (symbol < 0x100);
      }
      previous = symbol & 0xff;
      bytes[at++] = previous;
      if (at === capacity) at = 0;
      left--;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5);

    let lengths = MATCH_LENGTH;
    index = IS_REP + state; prob = probs[index]!;
    if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
    bound = Math.imul(range >>> 11, prob) >>> 0;
    const fresh = code < bound;
    if (fresh) {
      range = bound; probs[index] = prob + ((2048 - prob) >>> 5);
      rep3 = rep2; rep2 = rep1; rep1 = rep0;
    } else {
      range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5);
      lengths = REP_LENGTH;
      index = IS_REP0 + state; prob = probs[index]!;
      if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
      bound = Math.imul(range >>> 11, prob) >>> 0;
      if (code < bound) {
        range = bound; probs[index] = prob + ((2048 - prob) >>> 5);
        index = IS_REP0_LONG + (state << 4) + posState; prob = probs[index]!;
        if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
        bound = Math.imul(range >>> 11, prob) >>> 0;
        if (code < bound) {
          range = bound; probs[index] = prob + ((2048 - prob) >>> 5);
          if (rep0 >= Math.min(full + chunk.size - left, limit) || rep0 < 0) return "a distance reaches back before the data";
          let back = at - rep0 - 1;
          if (back < 0) back += capacity;
          previous = bytes[back]!;
          bytes[at++] = previous;
          if (at === capacity) at = 0;
              left--;
          state = state < 7 ? 9 : 11;
          continue;
        }
        range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5);
      } else {
        range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5);
        let distance = rep1;
        index = IS_REP1 + state; prob = probs[index]!;
        if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
        bound = Math.imul(range >>> 11, prob) >>> 0;
        if (code < bound) { range = bound; probs[index] = prob + ((2048 - prob) >>> 5); }
        else {
          range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5);
          distance = rep2;
          index = IS_REP2 + state; prob = probs[index]!;
          if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
          bound = Math.imul(range >>> 11, prob) >>> 0;
          if (code < bound) { range = bound; probs[index] = prob + ((2048 - prob) >>> 5); }
          else { range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5); distance = rep3; rep3 = rep2; }
          rep2 = rep1;
        }
        rep1 = rep0; rep0 = distance;
      }
    }

    // The length: one or two choices between trees, then a tree.
    let tree = lengths + LENGTH_LOW + (posState << 3), leaves = 8, length = 2;
    index = lengths; prob = probs[index]!;
    if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
    bound = Math.imul(range >>> 11, prob) >>> 0;
    if (code < bound) { range = bound; probs[index] = prob + ((2048 - prob) >>> 5); }
    else {
      range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5);
      tree = lengths + LENGTH_MIDDLE + (posState << 3); length = 10;
      index = lengths + 1; prob = probs[index]!;
      if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
      bound = Math.imul(range >>> 11, prob) >>> 0;
      if (code < bound) { range = bound; probs[index] = prob + ((2048 - prob) >>> 5); }
      else {
        range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5);
        tree = lengths + LENGTH_HIGH; leaves = 256; length = 18;
      }
    }
    let node = 1;
    do {
      index = tree + node; prob = probs[index]!;
      if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
      bound = Math.imul(range >>> 11, prob) >>> 0;
      if (code < bound) { range = bound; probs[index] = prob + ((2048 - prob) >>> 5); node <<= 1; }
      else { range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5); node = (node << 1) | 1; }
    } while (node < leaves);
    length += node - leaves;

    if (!fresh) state = state < 7 ? 8 : 11;
    else {
      state = state < 7 ? 7 : 10;
      // The distance: a slot, which gives its two highest bits and how many follow.
      tree = SLOT + ((length < 6 ? length - 2 : 3) << 6); node = 1;
      do {
        index = tree + node; prob = probs[index]!;
        if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
        bound = Math.imul(range >>> 11, prob) >>> 0;
        if (code < bound) { range = bound; probs[index] = prob + ((2048 - prob) >>> 5); node <<= 1; }
        else { range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5); node = (node << 1) | 1; }
      } while (node < 64);
      const slot = node - 64;
      rep0 = slot;
      if (slot >= 4) {
        let low = (slot >>> 1) - 1;
        rep0 = (2 | (slot & 1)) << low;
        if (slot < 14) tree = SPECIAL + rep0 - slot;
        else {
          tree = ALIGN;
          let direct = 0;
          for (; low > 4; low--) {
            if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
            range >>>= 1;
            direct <<= 1;
            if (code >= range) { code = (code - range) >>> 0; direct |= 1; }
          }
          rep0 += direct << 4;
        }
        node = 1;
        for (let bit = 0; bit < low; bit++) {
          index = tree + node; prob = probs[index]!;
          if (range < 0x1000000) { range = (range << 8) >>> 0; code = ((code << 8) | input[next++]!) >>> 0; }
          bound = Math.imul(range >>> 11, prob) >>> 0;
          if (code < bound) { range = bound; probs[index] = prob + ((2048 - prob) >>> 5); node <<= 1; }
          else { range = (range - bound) >>> 0; code = (code - bound) >>> 0; probs[index] = prob - (prob >>> 5); node = (node << 1) | 1; rep0 += 1 << bit; }
        }
      }
      // Distances from 2^31 come out negative; the highest of all would end an LZMA stream, which LZMA2 does not use.
      rep0 |= 0;
    }

    if (rep0 >= Math.min(full + chunk.size - left, limit) || rep0 < 0) return "a distance reaches back before the data";
    if (length > left) return "a match is longer than its chunk";
    left -= length;
    let back = at - rep0 - 1;
    if (back < 0) back += capacity;
    if (back + length <= capacity && at + length <= capacity) {
      if (length > 32 && rep0 >= length) {
        bytes.copyWithin(at, back, back + length);
        at += length;
      } else for (const to = at + length; at < to; ) bytes[at++] = bytes[back++]!;
    } else {
      for (; length > 0; length--) {
        bytes[at++] = bytes[back++]!;
        if (at === capacity) at = 0;
        if (back === capacity) back = 0;
      }
    }
    if (at === capacity) at = 0;
    previous = bytes[at === 0 ? capacity - 1 : at - 1]!;
  }

  if (range < 0x1000000) { code = ((code << 8) | (input[next++] ?? 0)) >>> 0; }
  if (next !== end || code !== 0) return "an LZMA chunk does not end where it should";
  lzma.state = state;
  lzma.reps[0] = rep0; lzma.reps[1] = rep1; lzma.reps[2] = rep2; lzma.reps[3] = rep3;
  ring.at = at;
  ring.full = Math.min(full + chunk.size, limit);
  return undefined;
}
