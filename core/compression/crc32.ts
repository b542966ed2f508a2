/** CRC tables for sixteen bytes at a time: `TABLE[256 * k + b]` is byte `b` followed by `k` zero bytes. */
const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256 * 8);
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
 * The CRC-32 (IEEE 802.3, as in gzip, xz and zip) of what `crc` stands for followed by `bytes`; start from 0. Unsigned.
 * @see RFC 1952 section 8
 */
export function crc32(crc: number, bytes: Uint8Array): number {
  const table = TABLE;
  let state = ~crc;
  let at = 0;
  const whole = bytes.length - 7;
  while (at < whole) {
    state ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    state =
      table[1792 + (state & 255)]! ^
      table[1536 + ((state >>> 8) & 255)]! ^
      table[1280 + ((state >>> 16) & 255)]! ^
      table[1024 + (state >>> 24)]! ^
      table[768 + bytes[at + 4]!]! ^
      table[512 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
    at += 8;
  }
  for (; at < bytes.length; at++) state = (state >>> 8) ^ table[(state ^ bytes[at]!) & 255]!;
  return ~state >>> 0;
}
