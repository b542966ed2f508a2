/** CRC tables for four bytes at a time: `TABLE[256 * k + b]` is byte `b` followed by `k` zero bytes. */
const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256 * 4);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256]!;
    table[at] = (before << 8) ^ table[before >>> 24]!;
  }
  return table;
}

/** The CRC-32 of bzip2, most significant bit first, of what `crc` stands for followed by `bytes`; start from 0. Unsigned. */
export function crc32Bzip2(crc: number, bytes: Uint8Array): number {
  const table = TABLE;
  let state = ~crc;
  let at = 0;
  for (const whole = bytes.length - 3; at < whole; at += 4) {
    state ^= (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    state =
      table[768 + (state >>> 24)]! ^
      table[512 + ((state >>> 16) & 255)]! ^
      table[256 + ((state >>> 8) & 255)]! ^
      table[state & 255]!;
  }
  for (; at < bytes.length; at++) state = (state << 8) ^ table[(state >>> 24) ^ bytes[at]!]!;
  return ~state >>> 0;
}
