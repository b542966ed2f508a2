import type { BitIntake } from "./bzip2-bits.ts";

/** Codes up to this length are found by one look-up; longer ones, which are rare, by their length. */
export const ROOT_BITS = 10;
const MAX_BITS = 20;
const MAX_SYMBOLS = 258;
/** Selectors that a full block can use, 900,000 / 50 and one; some encoders write more, which mean nothing. */
const MAX_SELECTORS = 18_002;

/** One canonical code. */
interface PrefixCode {
  /** By the next {@link ROOT_BITS} bits: symbol << 5 | length, 0 when the code is longer or there is none. */
  readonly root: Uint16Array;
  /** By length: the first 20 bits of the first code that is longer. */
  readonly bound: Int32Array;
  /** By length: what to add to a code of that length to get its place in `sorted`. */
  readonly shift: Int32Array;
  /** The symbols, shortest code first. */
  readonly sorted: Uint16Array;
}

/** What stands between a block's CRC and its first symbol. */
export interface BlockHeader {
  /** Row of the sorted rotations at which the block begins. */
  readonly origin: number;
  /** The byte values that occur, ascending. */
  readonly used: Uint8Array;
  readonly codes: readonly PrefixCode[];
  /** Which code each group of fifty symbols uses. */
  readonly selectors: Uint8Array;
}

/**
 * Most bytes of a block header: 6 bits for each of 32,767 selectors, and code lengths that wander from 1 to 20 and back at every symbol.
 * The format sets no bound to the wandering; an encoder that exceeds this does it on purpose.
 */
export const HEADER_BYTES = 34 * 1024;

/**
 * Reads a block header from after its CRC. All of it must be in the intake, or all there will ever be: a header cut short reads as zeros
 * and leaves the intake overrun.
 * @returns the header, or what is wrong with it, as the end of a message.
 */
export function readBlockHeader(intake: BitIntake): BlockHeader | string {
  if (intake.read(1) === 1) return "randomised";
  const origin = intake.read(24);
  const used = readUsed(intake);
  if (used.length === 0) return "no byte value is in use";
  const codeCount = intake.read(3);
  if (codeCount < 2 || codeCount > 6) return `there are ${codeCount} prefix codes, expected 2 to 6`;
  const selectors = readSelectors(intake, codeCount);
  if (typeof selectors === "string") return selectors;
  const codes: PrefixCode[] = [];
  for (let code = 0; code < codeCount; code++) {
    const lengths = readLengths(intake, used.length + 2);
    if (typeof lengths === "string") return lengths;
    const made = makeCode(lengths);
    if (made === undefined) return `prefix code ${code} has more codes than its lengths allow`;
    codes.push(made);
  }
  return { origin, used, codes, selectors };
}

function readUsed(intake: BitIntake): Uint8Array {
  const used: number[] = [];
  const rows = intake.read(16);
  for (let row = 0; row < 16; row++) {
    if (((rows >>> (15 - row)) & 1) === 0) continue;
    const columns = intake.read(16);
    for (let column = 0; column < 16; column++) {
      if ((columns >>> (15 - column)) & 1) used.push(row * 16 + column);
    }
  }
  return Uint8Array.from(used);
}

/** Selectors are written as their place in a list that moves the one used to the front. */
function readSelectors(intake: BitIntake, codeCount: number): Uint8Array | string {
  const count = intake.read(15);
  if (count === 0) return "there is no selector";
  const selectors = new Uint8Array(Math.min(count, MAX_SELECTORS));
  const order = [0, 1, 2, 3, 4, 5];
  for (let index = 0; index < count; index++) {
    let place = 0;
    while (intake.read(1) === 1) {
      place++;
      if (place >= codeCount) return `selector ${index} is ${place}, expected less than ${codeCount}`;
    }
    const [code] = order.splice(place, 1);
    order.unshift(code!);
    if (index < MAX_SELECTORS) selectors[index] = code!;
  }
  return selectors;
}

/** Code lengths are written as a first one and steps of one up or down. */
function readLengths(intake: BitIntake, symbols: number): Uint8Array | string {
  const lengths = new Uint8Array(symbols);
  let length = intake.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (let steps = 0; ; steps++) {
      if (length < 1 || length > MAX_BITS) return `a code has ${length} bits, expected 1 to ${MAX_BITS}`;
      if (intake.read(1) === 0) break;
      if (steps > 2 * MAX_BITS) return "a code length takes too many steps";
      length += intake.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

/** The canonical code of these lengths, or `undefined` when they claim more than there is. A code with holes is fine until one is met. */
function makeCode(lengths: Uint8Array): PrefixCode | undefined {
  const counts = new Uint16Array(MAX_BITS + 2);
  for (const length of lengths) counts[length]!++;
  const bound = new Int32Array(MAX_BITS + 1);
  const shift = new Int32Array(MAX_BITS + 1);
  const nextPlace = new Uint16Array(MAX_BITS + 2);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    code *= 2;
    shift[length] = place - code;
    nextPlace[length] = place;
    code += counts[length]!;
    place += counts[length]!;
    if (code > 2 ** length) return undefined;
    bound[length] = code * 2 ** (MAX_BITS - length);
  }
  const sorted = new Uint16Array(MAX_SYMBOLS);
  const root = new Uint16Array(1 << ROOT_BITS);
  lengths.forEach((length, symbol) => {
    const at = nextPlace[length]!++;
    sorted[at] = symbol;
    if (length > ROOT_BITS) return;
    const from = (at - shift[length]!) << (ROOT_BITS - length);
    root.fill((symbol << 5) | length, from, from + (1 << (ROOT_BITS - length)));
  });
  return { root, bound, shift, sorted };
}
