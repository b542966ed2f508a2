import type { ZstdInput } from "./zstd-input.ts";

/**
 * A table of finite state entropy. State `s` stands for `table[2 * s + 1]`: what its symbol means, as the maker of the table packed it; and
 * `table[2 * s]` is how to go on: bits 0-15 the base of the next state, 16-20 how many bits to add to it.
 */
export interface FseTable {
  readonly table: Int32Array;
  /** log2 of the number of states. */
  log: number;
}

/** A table with room for `2 ** log` states. */
export function fseTable(log: number): FseTable {
  return { table: new Int32Array(2 << log), log: 0 };
}

const MOST_SYMBOLS = 256;
const counts = new Int16Array(MOST_SYMBOLS);
const next = new Int32Array(MOST_SYMBOLS);
const spread = new Uint8Array(512);

/** What tells apart the alphabets that FSE is used for. */
export interface Alphabet {
  /** Largest log2 of the number of states. */
  readonly log: number;
  /** What every symbol means, packed; also says how many symbols there are. */
  readonly meanings: Int32Array;
}

/**
 * Reads a distribution from `from` on and fills `into`; returns where it ends.
 * @throws CoreError `compression/corrupt`.
 * @see RFC 8878 section 4.1.1
 */
export function readFseTable(
  input: ZstdInput,
  range: { readonly from: number; readonly to: number },
  { alphabet, into }: { readonly alphabet: Alphabet; readonly into: FseTable },
): number {
  const { view } = input;
  const end = range.to * 8;
  let at = range.from * 8;
  const log = (view.getUint8(range.from) & 15) + 5;
  at += 4;
  if (log > alphabet.log) {
    throw input.corrupt(`FSE accuracy is ${log}, expected at most ${alphabet.log}`, range.from);
  }
  const symbols = alphabet.meanings.length;
  let remaining = (1 << log) + 1;
  let threshold = 1 << log;
  let bits = log + 1;
  let symbol = 0;
  while (remaining > 1 && at <= end) {
    if (symbol >= symbols)
      throw input.corrupt(`FSE distribution has more than ${symbols} symbols`, range.from);
    const hold = view.getInt32(at >>> 3, true) >> (at & 7);
    const short = 2 * threshold - 1 - remaining;
    let count = hold & (threshold - 1);
    if (count < short) {
      at += bits - 1;
    } else {
      count = hold & (2 * threshold - 1);
      if (count >= threshold) count -= short;
      at += bits;
    }
    count--;
    remaining -= Math.abs(count);
    counts[symbol++] = count;
    if (count === 0) {
      for (let more = 3; more === 3; ) {
        more = (view.getUint16(at >>> 3, true) >>> (at & 7)) & 3;
        at += 2;
        if (symbol + more > symbols || at > end) {
          throw input.corrupt(`FSE distribution has more than ${symbols} symbols`, range.from);
        }
        counts.fill(0, symbol, symbol + more);
        symbol += more;
      }
    }
    while (remaining < threshold) {
      threshold >>= 1;
      bits--;
    }
  }
  if (remaining !== 1 || at > end) throw input.corrupt("FSE distribution does not add up", range.from);
  fillFseTable(into, counts.subarray(0, symbol), { log, meanings: alphabet.meanings });
  return (at + 7) >>> 3;
}

/**
 * Fills a table from the distribution of its symbols, where -1 is "less than one".
 * @see RFC 8878 section 4.1.1
 */
export function fillFseTable(into: FseTable, distribution: Int16Array, alphabet: Alphabet): void {
  const { log, meanings } = alphabet;
  const { table } = into;
  const size = 1 << log;
  into.log = log;
  let high = size - 1;
  for (let symbol = 0; symbol < distribution.length; symbol++) {
    const count = distribution[symbol]!;
    next[symbol] = count === -1 ? 1 : count;
    if (count === -1) spread[high--] = symbol;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  for (let symbol = 0; symbol < distribution.length; symbol++) {
    for (let left = distribution[symbol]!; left > 0; left--) {
      spread[place] = symbol;
      do place = (place + step) & (size - 1);
      while (place > high);
    }
  }
  for (let state = 0; state < size; state++) {
    const symbol = spread[state]!;
    const number = next[symbol]!++;
    const bits = log - (31 - Math.clz32(number));
    table[2 * state] = (bits << 16) | ((number << bits) - size);
    table[2 * state + 1] = meanings[symbol]!;
  }
}

/** Makes a table of the one state that stands for `meaning`. */
export function fillSingleFseTable(into: FseTable, meaning: number): void {
  into.log = 0;
  into.table[0] = 0;
  into.table[1] = meaning;
}
