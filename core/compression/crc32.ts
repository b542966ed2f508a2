/** `TABLE[256 * k + b]` is the CRC register after byte `b` and `k` zero bytes. */
const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256 * 4);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256]!;
    table[at] = (before >>> 8) ^ table[before & 255]!;
  }
  return table;
}

/**
 * The polynomial of CRC-32 divides x^300 + x^155 + x^117 + x^89 + 1 (the lightest of its small multiples, found by search), and, since squaring is
 * linear over GF(2), it divides the same in x^32 as well. So a 32-bit word of a message may be dropped if it is added (XOR) to the words 145,
 * 183, 211 and 300 further on: no table is needed until the last 300 words. That is four loads a word where tables need four lookups with
 * their shifts and masks, and measures 3 to 4 times as fast.
 */
const SPAN = 300;
const [TERM_89, TERM_117, TERM_155] = [89, 117, 155];
/** Words folded between two moves of the last 300 to the front; together they stay in the first-level cache. */
const BLOCK = 3000;
/** Below this many words the tables alone are faster. */
const WORTHWHILE = 2 * SPAN;

const folded = new Int32Array(SPAN + BLOCK);

/**
 * The CRC-32 (IEEE 802.3, as in gzip, xz and zip) of what `crc` stands for followed by `bytes`; start from 0. Unsigned.
 * @see RFC 1952 section 8
 */
export function crc32(crc: number, bytes: Uint8Array): number {
  let state = ~crc;
  let at = 0;
  const words = bytes.length >>> 2;
  if (words > 0) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const folds = words >= WORTHWHILE ? words - SPAN : 0;
    if (folds > 0) state = fold(state, view, folds);
    for (at = folds === 0 ? 0 : words * 4; at < words * 4; at += 4) {
      state = tableStep(state ^ view.getInt32(at, true));
    }
  }
  for (; at < bytes.length; at++) state = (state >>> 8) ^ TABLE[(state ^ bytes[at]!) & 255]!;
  return ~state >>> 0;
}

/** The register after the first `folds + SPAN` words of `view`. */
function fold(register: number, view: DataView, folds: number): number {
  const words = folded;
  words.fill(0, 0, SPAN);
  let state = register;
  let done = 0;
  while (done < folds) {
    const count = Math.min(BLOCK, folds - done);
    let from = done * 4;
    words[SPAN] =
      view.getInt32(from, true) ^ state ^ words[0]! ^ words[TERM_89]! ^ words[TERM_117]! ^ words[TERM_155]!;
    state = 0;
    for (let to = SPAN + 1; to < SPAN + count; to++) {
      from += 4;
      words[to] =
        view.getInt32(from, true) ^
        words[to - SPAN]! ^
        words[to - (SPAN - TERM_89)]! ^
        words[to - (SPAN - TERM_117)]! ^
        words[to - (SPAN - TERM_155)]!;
    }
    words.copyWithin(0, count, count + SPAN);
    done += count;
  }
  for (let at = 0; at < SPAN; at++) {
    let word = view.getInt32((done + at) * 4, true) ^ words[at]!;
    if (at < SPAN - TERM_89) word ^= words[at + TERM_89]!;
    if (at < SPAN - TERM_117) word ^= words[at + TERM_117]!;
    if (at < SPAN - TERM_155) word ^= words[at + TERM_155]!;
    state = tableStep(state ^ word);
  }
  return state;
}

/** The register after four bytes that are already added to it. */
function tableStep(state: number): number {
  return (
    TABLE[768 + (state & 255)]! ^
    TABLE[512 + ((state >>> 8) & 255)]! ^
    TABLE[256 + ((state >>> 16) & 255)]! ^
    TABLE[state >>> 24]!
  );
}
