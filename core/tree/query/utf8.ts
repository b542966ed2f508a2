import { merged, pairs } from "./syntax.ts";

/** A run of byte ranges, `from` and `to` in turn: one way to write a code point of some range. */
export type ByteRanges = readonly number[];

/** Last code points that take one, two, three and four bytes. */
const LENGTH_ENDS = [0x7f, 0x7ff, 0xffff, 0x10ffff];

/**
 * The ways in which UTF-8 writes the code points of `ranges`: a point is in them exactly when its bytes fit one of the runs.
 * @see RFC 3629 §3
 */
export function utf8Ranges(ranges: readonly number[]): ByteRanges[] {
  const out: ByteRanges[] = [];
  for (const [from, to] of pairs(merged(ranges))) {
    let start = from;
    for (const end of LENGTH_ENDS) {
      if (start > Math.min(to, end)) continue;
      split(start, Math.min(to, end), out);
      start = end + 1;
    }
  }
  return out;
}

/** Splits a range of equally long encodings until every byte of the encodings ranges by itself. */
function split(from: number, to: number, out: ByteRanges[]): void {
  const waiting: (readonly [from: number, to: number])[] = [[from, to]];
  for (let range = waiting.pop(); range !== undefined; range = waiting.pop()) {
    const [low, high] = range;
    const cut = cutOf(low, high);
    if (cut !== undefined) {
      waiting.push([cut, high], [low, cut - 1]);
      continue;
    }
    const first = encoded(low);
    const last = encoded(high);
    out.push(first.flatMap((byte, at) => [byte, last[at]!]));
  }
}

/** Where a range must be cut so that the trailing bytes run over all of their values, or `undefined`. */
function cutOf(low: number, high: number): number | undefined {
  for (let bits = 6; bits <= 18; bits += 6) {
    const mask = (1 << bits) - 1;
    if ((low & ~mask) === (high & ~mask)) return undefined;
    if ((low & mask) !== 0) return (low | mask) + 1;
    if ((high & mask) !== mask) return high & ~mask;
  }
  return undefined;
}

function encoded(point: number): number[] {
  if (point <= 0x7f) return [point];
  const trail = (shift: number): number => 0x80 | ((point >> shift) & 0x3f);
  if (point <= 0x7ff) return [0xc0 | (point >> 6), trail(0)];
  if (point <= 0xffff) return [0xe0 | (point >> 12), trail(6), trail(0)];
  return [0xf0 | (point >> 18), trail(12), trail(6), trail(0)];
}
