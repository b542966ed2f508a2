/** Primes of XXH64, as high and low halves: section "XXH64 algorithm" of the xxHash specification 0.1.1. */
const P1H = 0x9e3779b1;
const P1L = 0x85ebca87;
const P2H = 0xc2b2ae3d;
const P2L = 0x27d4eb4f;
const P3H = 0x165667b1;
const P3L = 0x9e3779f9;
const P4H = 0x85ebca77;
const P4L = 0xc2b2ae63;
const P5H = 0x27d4eb2f;
const P5L = 0x165667c5;

/** The high half of the product of two unsigned 32-bit numbers. */
function highProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const other = (Math.imul(a0, b1) + (middle & 0xffff)) | 0;
  return (((Math.imul(a1, b1) + (middle >>> 16)) | 0) + (other >>> 16)) | 0;
}

const STRIPE = 32;
const BLOCK = 8192;

/**
 * The 64-bit xxHash of a stream, seed 0, of which zstd keeps the low half: in 32-bit halves, because a BigInt a round would be fifty times slower.
 * @see RFC 8878 section 3.1.1
 */
export class Xxh64 {
  /** Four accumulators: low and high halves in turn. */
  readonly #lanes = new Int32Array(8);
  readonly #rest = new Uint8Array(STRIPE);
  readonly #restView = new DataView(this.#rest.buffer);
  #restSize = 0;
  #size = 0;

  constructor() {
    this.reset();
  }

  /** Begins anew. */
  reset(): void {
    const lanes = this.#lanes;
    const low = P1L + P2L;
    lanes[0] = low;
    lanes[1] = P1H + P2H + (low > 0xffffffff ? 1 : 0);
    lanes[2] = P2L;
    lanes[3] = P2H;
    lanes[4] = 0;
    lanes[5] = 0;
    lanes[6] = -P1L;
    lanes[7] = ~P1H;
    this.#restSize = 0;
    this.#size = 0;
  }

  /** Takes in the next bytes. */
  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    let at = 0;
    if (this.#restSize > 0) {
      at = Math.min(STRIPE - this.#restSize, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restSize);
      this.#restSize += at;
      if (this.#restSize < STRIPE) return;
      stripes(this.#lanes, this.#restView, { from: 0, to: STRIPE });
      this.#restSize = 0;
    }
    const whole = bytes.length - ((bytes.length - at) % STRIPE);
    if (whole > at) {
      stripes(this.#lanes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), {
        from: at,
        to: whole,
      });
    }
    this.#rest.set(bytes.subarray(whole));
    this.#restSize = bytes.length - whole;
  }

  /** The low 32 bits of the hash of everything so far, unsigned. */
  low32(): number {
    return finish(this.#lanes, this.#rest.subarray(0, this.#restSize), this.#size);
  }
}

/**
 * Folds the stripes of `[from, to)` into the lanes, lane by lane: two halves fit in registers, eight do not. In blocks that stay in the cache.
 * Every sum is brought back to 32 bits at once, and the carry is made of bits: SpiderMonkey runs this twice as fast as sums left to grow.
 */
function stripes(
  lanes: Int32Array,
  view: DataView,
  range: { readonly from: number; readonly to: number },
): void {
  for (let from = range.from; from < range.to; from += BLOCK) {
    const to = Math.min(from + BLOCK, range.to);
    for (let lane = 0; lane < 4; lane++) {
      let low = lanes[2 * lane]!;
      let high = lanes[2 * lane + 1]!;
      for (let at = from + lane * 8; at < to; at += STRIPE) {
        const input = view.getInt32(at, true);
        const added = Math.imul(input, P2L);
        const sum = (low + added) | 0;
        const carry = ((low & added) | ((low | added) & ~sum)) >>> 31;
        high = (high + highProduct(input, P2L)) | 0;
        high = (high + Math.imul(view.getInt32(at + 4, true), P2L)) | 0;
        high = (high + Math.imul(input, P2H)) | 0;
        high = (high + carry) | 0;
        const turned = (sum << 31) | (high >>> 1);
        const turnedHigh = (high << 31) | (sum >>> 1);
        low = Math.imul(turned, P1L);
        high = (highProduct(turned, P1L) + Math.imul(turnedHigh, P1L)) | 0;
        high = (high + Math.imul(turned, P1H)) | 0;
      }
      lanes[2 * lane] = low;
      lanes[2 * lane + 1] = high;
    }
  }
}

const MASK = 0xffffffffffffffffn;
const big = (high: number, low: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
const P1 = big(P1H, P1L);
const P2 = big(P2H, P2L);
const P3 = big(P3H, P3L);
const P4 = big(P4H, P4L);
const P5 = big(P5H, P5L);
const turned = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;
const round = (value: bigint, input: bigint): bigint =>
  (turned((value + input * P2) & MASK, 31n) * P1) & MASK;

/** The end of the algorithm: once a frame, so BigInt will do. */
function finish(lanes: Int32Array, rest: Uint8Array, size: number): number {
  const lane = (index: number): bigint => big(lanes[2 * index + 1]!, lanes[2 * index]!);
  let hash: bigint;
  if (size >= STRIPE) {
    hash = turned(lane(0), 1n) + turned(lane(1), 7n) + turned(lane(2), 12n) + turned(lane(3), 18n);
    for (let index = 0; index < 4; index++) hash = ((hash ^ round(0n, lane(index))) * P1 + P4) & MASK;
  } else {
    hash = P5;
  }
  hash = (hash + BigInt(size)) & MASK;
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
  let at = 0;
  for (; at + 8 <= rest.length; at += 8) {
    hash = (turned(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= rest.length) {
    hash = (turned(hash ^ ((BigInt(view.getUint32(at, true)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < rest.length; at++) hash = (turned(hash ^ ((BigInt(rest[at]!) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
}
