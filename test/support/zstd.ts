import { joined } from "./deflate.ts";

/** One step of a compressed block: take `run` literals, then copy `length` bytes by `offset` value (1 to 3 are the recent ones, else offset + 3). */
export interface Sequence {
  readonly run: number;
  readonly length: number;
  readonly offset: number;
}

/** Bits in the order in which a decoder, reading backwards, meets them. */
type Reads = (readonly [value: number, bits: number])[];

/** Packs bits so that they are read backwards in the order given, below a final 1. */
function backwards(reads: Reads): Uint8Array {
  const bits: number[] = [];
  for (const [value, count] of reads.toReversed()) {
    for (let bit = 0; bit < count; bit++) bits.push(Math.floor(value / 2 ** bit) & 1);
  }
  bits.push(1);
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, at) => (bytes[at >> 3] |= bit << (at & 7)));
  return bytes;
}

const LITERAL_BASE = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
  1024, 2048, 4096, 8192, 16_384, 32_768, 65_536,
];
const LITERAL_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  15, 16,
];
const MATCH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
  32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16_387,
  32_771, 65_539,
];
const MATCH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
  2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
];
const LITERAL_COUNTS = [
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1,
  -1,
];
const OFFSET_COUNTS = [
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
];
const MATCH_COUNTS = [
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
];

interface State {
  readonly symbol: number;
  readonly base: number;
  readonly bits: number;
}

/** The states of an FSE table, by the letter of RFC 8878 section 4.1.1. */
function states(log: number, counts: readonly number[]): State[] {
  const size = 2 ** log;
  const symbols = Array.from<number>({ length: size });
  let high = size;
  counts.forEach((count, symbol) => {
    if (count === -1) symbols[--high] = symbol;
  });
  let place = 0;
  counts.forEach((count, symbol) => {
    for (let left = count; left > 0; left--) {
      symbols[place] = symbol;
      do place = (place + size / 2 + size / 8 + 3) % size;
      while (place >= high);
    }
  });
  const seen = counts.map((count) => Math.abs(count));
  return symbols.map((symbol) => {
    const number = seen[symbol]++;
    const bits = log - Math.floor(Math.log2(number));
    return { symbol, bits, base: number * 2 ** bits - size };
  });
}

/** The states that give `symbols` one after the other: the first one, and the bits read between them. */
function walk(table: readonly State[], symbols: readonly number[]): { first: number; updates: Reads } {
  const updates: Reads = [];
  let after = table.findIndex((state) => state.symbol === symbols.at(-1));
  for (const symbol of symbols.slice(0, -1).toReversed()) {
    const next = after;
    after = table.findIndex(
      (state) => state.symbol === symbol && state.base <= next && next < state.base + 2 ** state.bits,
    );
    updates.unshift([next - table[after].base, table[after].bits]);
  }
  return { first: after, updates };
}

const codeOf = (bases: readonly number[], value: number): number =>
  bases.findLastIndex((base) => base <= value);

/** How the three tables of a block are sent. */
export type TableMode = "predefined" | "rle" | "repeat";

/** The sequences section of a block; `rle` needs all sequences alike in their codes. */
export function sequencesSection(sequences: readonly Sequence[], mode: TableMode = "predefined"): Uint8Array {
  const count = sequences.length;
  const head =
    count < 128
      ? [count]
      : count < 0x7f00
        ? [(count >> 8) + 128, count & 255]
        : [255, (count - 0x7f00) & 255, (count - 0x7f00) >> 8];
  if (count === 0) return Uint8Array.from(head);
  const runs = sequences.map(({ run }) => codeOf(LITERAL_BASE, run));
  const offsets = sequences.map(({ offset }) => Math.floor(Math.log2(offset)));
  const lengths = sequences.map(({ length }) => codeOf(MATCH_BASE, length));
  const single = (symbol: number): State[] => [{ symbol, base: 0, bits: 0 }];
  const tables =
    mode === "predefined"
      ? ([states(6, LITERAL_COUNTS), states(5, OFFSET_COUNTS), states(6, MATCH_COUNTS)] as const)
      : ([single(runs[0]), single(offsets[0]), single(lengths[0])] as const);
  const runWalk = walk(tables[0], runs);
  const offsetWalk = walk(tables[1], offsets);
  const lengthWalk = walk(tables[2], lengths);
  const reads: Reads = [
    [runWalk.first, Math.log2(tables[0].length)],
    [offsetWalk.first, Math.log2(tables[1].length)],
    [lengthWalk.first, Math.log2(tables[2].length)],
  ];
  sequences.forEach(({ run, offset, length }, at) => {
    reads.push([offset - 2 ** offsets[at], offsets[at]]);
    reads.push([length - MATCH_BASE[lengths[at]], MATCH_EXTRA[lengths[at]]]);
    reads.push([run - LITERAL_BASE[runs[at]], LITERAL_EXTRA[runs[at]]]);
    if (at < count - 1) reads.push(runWalk.updates[at], lengthWalk.updates[at], offsetWalk.updates[at]);
  });
  const modes = { predefined: 0, rle: 0b01010100, repeat: 0b11111100 }[mode];
  const sent = mode === "rle" ? [runs[0], offsets[0], lengths[0]] : [];
  return joined(Uint8Array.from([...head, modes, ...sent]), backwards(reads));
}

/** A literals section of bytes as they stand. */
export function rawLiterals(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const head = length < 32 ? [length << 3] : [((length << 4) & 255) | 12, (length >> 4) & 255, length >> 12];
  return joined(Uint8Array.from(head), bytes);
}

/** A literals section of one byte, `count` times. */
export function sameLiterals(byte: number, count: number): Uint8Array {
  return Uint8Array.of(((count << 4) & 255) | 4 | 1, count >> 4, byte);
}

/** Code lengths by symbol (below 129, Kraft sum exactly one). */
export type CodeLengths = readonly number[];

/** A literals section in a Huffman code: in one stream or four, with its table or without (`treeless`). */
export function huffmanLiterals(
  bytes: Uint8Array,
  lengths: CodeLengths,
  form: { readonly four: boolean; readonly treeless?: boolean },
): Uint8Array {
  const longest = Math.max(...lengths);
  const weights = lengths.map((length) => (length === 0 ? 0 : longest + 1 - length));
  const codes: number[] = [];
  let place = 0;
  for (let weight = 1; weight <= longest; weight++) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      codes[symbol] = place >> (weight - 1);
      place += 2 ** (weight - 1);
    });
  }
  const sent = weights.slice(0, -1);
  const tree = form.treeless
    ? []
    : [
        127 + sent.length,
        ...Array.from(
          { length: Math.ceil(sent.length / 2) },
          (_, at) => (sent[2 * at] << 4) | (sent[2 * at + 1] ?? 0),
        ),
      ];
  const stream = (part: Uint8Array): Uint8Array =>
    backwards(Array.from(part, (byte) => [codes[byte], lengths[byte]] as const));
  let body: Uint8Array;
  if (form.four) {
    const quarter = Math.ceil(bytes.length / 4);
    const parts = [0, 1, 2, 3].map((at) => stream(bytes.subarray(at * quarter, (at + 1) * quarter)));
    const jumps = parts.slice(0, 3).flatMap((part) => [part.length & 255, part.length >> 8]);
    body = joined(Uint8Array.from(jumps), ...parts);
  } else {
    body = stream(bytes);
  }
  const packed = tree.length + body.length;
  const wide = form.four;
  const bits = wide ? 18n : 10n;
  const head =
    (form.treeless ? 3n : 2n) |
    (wide ? 12n : 0n) |
    (BigInt(bytes.length) << 4n) |
    (BigInt(packed) << (4n + bits));
  const headBytes = Array.from({ length: wide ? 5 : 3 }, (_, at) => Number((head >> BigInt(8 * at)) & 255n));
  return joined(Uint8Array.from([...headBytes, ...tree]), body);
}

/** What a block is made of. */
export type Block =
  | { readonly raw: Uint8Array }
  | { readonly byte: number; readonly times: number }
  | { readonly literals: Uint8Array; readonly sequences: Uint8Array }
  | { readonly type: number; readonly size: number; readonly bytes: Uint8Array };

function blockBytes(block: Block, last: boolean): Uint8Array {
  const head = (type: number, size: number): Uint8Array => {
    const word = (last ? 1 : 0) | (type << 1) | (size << 3);
    return Uint8Array.of(word & 255, (word >> 8) & 255, word >> 16);
  };
  if ("raw" in block) return joined(head(0, block.raw.length), block.raw);
  if ("byte" in block) return joined(head(1, block.times), Uint8Array.of(block.byte));
  if ("type" in block) return joined(head(block.type, block.size), block.bytes);
  const body = joined(block.literals, block.sequences);
  return joined(head(2, body.length), body);
}

/** A frame of `blocks`; `size` is the announced size of a single segment, else `windowByte` is its window descriptor. */
export function zstdFrame(
  blocks: readonly Block[],
  header: {
    readonly size?: number;
    readonly windowByte?: number;
    readonly checksum?: number;
    readonly descriptor?: number;
  } = {},
): Uint8Array<ArrayBuffer> {
  const { size, checksum } = header;
  const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
  const flags = (header.descriptor ?? 0) | (size === undefined ? 0 : 0xa0) | (checksum === undefined ? 0 : 4);
  const sizes = size === undefined ? [header.windowByte ?? 0x40] : word(size);
  return joined(
    Uint8Array.from([...word(0xfd2fb528), flags, ...sizes]),
    ...blocks.map((block, at) => blockBytes(block, at === blocks.length - 1)),
    Uint8Array.from(checksum === undefined ? [] : word(checksum)),
  );
}

/** A skippable frame. */
export function skippableFrame(content: Uint8Array, variant = 0): Uint8Array<ArrayBuffer> {
  const size = [0, 8, 16, 24].map((shift) => (content.length >>> shift) & 255);
  return joined(Uint8Array.of(0x50 | variant, 0x2a, 0x4d, 0x18, ...size), content);
}

const MASK = 2n ** 64n - 1n;
const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

/** The low half of XXH64 with seed 0, in BigInt: slow, and plainly right. */
export function slowXxh64(bytes: Uint8Array): number {
  const turn = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;
  const round = (lane: bigint, input: bigint): bigint => (turn((lane + input * P2) & MASK, 31n) * P1) & MASK;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash: bigint = P5;
  if (bytes.length >= 32) {
    const lanes = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK];
    for (; at + 32 <= bytes.length; at += 32) {
      lanes.forEach((lane, index) => (lanes[index] = round(lane, view.getBigUint64(at + index * 8, true))));
    }
    hash = (turn(lanes[0], 1n) + turn(lanes[1], 7n) + turn(lanes[2], 12n) + turn(lanes[3], 18n)) & MASK;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P1 + P4) & MASK;
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8)
    hash = (turn(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4) & MASK;
  if (at + 4 <= bytes.length) {
    hash = (turn(hash ^ ((BigInt(view.getUint32(at, true)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (turn(hash ^ ((BigInt(bytes[at]) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
}
