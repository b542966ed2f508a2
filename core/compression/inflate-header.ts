import { decodeError } from "./decompressor.ts";
import { fillLengthsTable } from "./huffman.ts";
import type { BitInput } from "./input.ts";

/** The order in which the lengths of the code of code lengths are sent: RFC 1951 section 3.2.7. */
const ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

const table = new Int32Array(128);
const ownLengths = new Uint8Array(19);

/** Sets the 288 + 32 code lengths of the fixed codes: RFC 1951 section 3.2.6. */
export function setFixedLengths(lengths: Uint8Array): void {
  lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288, 320);
}

/**
 * Reads the head of a dynamic block (from its first bit) and sets `lengths`: literals and lengths first, distances right behind. Moves the
 * input past the head; undefined, without moving it, when the head is not all there.
 * @throws CoreError `compression/corrupt`.
 * @see RFC 1951 section 3.2.7
 */
export function readCodeLengths(
  input: BitInput,
  lengths: Uint8Array,
): { readonly literals: number; readonly distances: number } | undefined {
  const { view, end } = input;
  let at = input.at + 3;
  const load = (): number => view.getInt32(at >>> 3, true) >> (at & 7);
  const fail = (what: string) =>
    decodeError("compression/corrupt", { format: "gzip", offset: input.offset() }, what);
  if (end - at < 14) return undefined;
  const head = load();
  const literals = (head & 31) + 257;
  const distances = ((head >>> 5) & 31) + 1;
  const sent = ((head >>> 10) & 15) + 4;
  at += 14;
  if (end - at < sent * 3) return undefined;
  if (literals > 286) throw fail(`block has ${literals} literal/length codes, expected at most 286`);
  if (distances > 30) throw fail(`block has ${distances} distance codes, expected at most 30`);
  ownLengths.fill(0);
  for (let index = 0; index < sent; index++) {
    ownLengths[ORDER[index]!] = load() & 7;
    at += 3;
  }
  const fit = fillLengthsTable(table, ownLengths);
  if (fit !== "complete" && fit !== "empty") {
    throw fail(`code of code lengths is ${fit === "single" ? "incomplete" : fit}`);
  }

  const total = literals + distances;
  let index = 0;
  while (index < total) {
    const hold = load();
    const entry = table[hold & 127]!;
    if (entry < 0) {
      if (end - at < 7) return undefined;
      throw fail("code of code lengths is not assigned");
    }
    const bits = entry >>> 16;
    const symbol = entry & 31;
    if (symbol < 16) {
      at += bits;
      if (at > end) return undefined;
      lengths[index++] = symbol;
      continue;
    }
    const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
    const count = (symbol === 18 ? 11 : 3) + ((hold >> bits) & ((1 << extra) - 1));
    at += bits + extra;
    if (at > end) return undefined;
    if (symbol === 16 && index === 0) throw fail("first code length repeats the one before");
    if (index + count > total) throw fail(`code lengths go on for ${index + count}, expected ${total}`);
    lengths.fill(symbol === 16 ? lengths[index - 1]! : 0, index, index + count);
    index += count;
  }
  if (lengths[256] === 0) throw fail("literal/length code has no end of block");
  input.at = at;
  return { literals, distances };
}
