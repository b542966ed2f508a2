/**
 * Undoes the branch addresses of `bytes` in place, whose first byte is at `position` of the data, and returns how many it is done
 * with: the rest, fewer than 5, wants more bytes.
 */
export type BranchFilter = (bytes: Uint8Array, position: number) => number;

// Each filter finds what looks like a branch of its machine and takes the position off its target again. The formats are those of the
// machines' instructions; which of them count is fixed by the first implementation of each filter.

/**
 * CALL (e8) and JMP (e9) with a 32-bit target whose top byte is 00 or ff. An e8 or e9 that was passed over in one of the last three bytes
 * makes the choice: two such, or one whose own target would have that top byte, pass this one over, too.
 */
export function x86(): BranchFilter {
  /** Bit k: the byte k + 1 places back was an e8 or e9 passed over. */
  let passed = 0;
  return (bytes, position) => {
    const last = bytes.length - 5;
    let at = 0;
    while (at <= last) {
      if ((bytes[at]! & 0xfe) !== 0xe8) {
        passed = (passed << 1) & 7;
        at++;
        continue;
      }
      // How far back the one passed over is: 0 for none, 1 to 3, or 4 for more than one.
      const back = passed < 3 ? passed : passed === 4 ? 3 : 4;
      const clear = back === 0 || (back < 4 && !isSign(bytes[at + 4 - back]!));
      if (!clear || !isSign(bytes[at + 4]!)) {
        passed = ((passed << 1) | 1) & 7;
        at++;
        continue;
      }
      const from = (position + at + 5) | 0;
      let target = (read32(bytes, at + 1) - from) | 0;
      if (back > 0) {
        const bits = back * 8;
        // The encoder flipped all lower bits when its result would have had a sign there. Ends after one turn: the two flips cancel out,
        // and the byte tested is then that of the target as found, which is clear.
        while (isSign((target >>> (24 - bits)) & 0xff)) {
          target = ((target ^ (2 ** (32 - bits) - 1)) - from) | 0;
        }
      }
      // The top byte is the sign of bit 24.
      write32(bytes, at + 1, (target << 7) >> 7);
      at += 5;
      passed = 0;
    }
    return at;
  };
}

/** BL with a 24-bit target in words. */
export function arm(bytes: Uint8Array, position: number): number {
  const end = bytes.length & ~3;
  for (let at = 0; at < end; at += 4) {
    if (bytes[at + 3] !== 0xeb) continue;
    const target = (read32(bytes, at) << 2) - (position + at + 8);
    write32(bytes, at, 0xeb000000 | ((target >>> 2) & 0xffffff));
  }
  return end;
}

/** A pair of halfwords that make a BL, eleven bits of the target in each. */
export function armThumb(bytes: Uint8Array, position: number): number {
  let at = 0;
  for (; at + 4 <= bytes.length; at += 2) {
    if ((bytes[at + 1]! & 0xf8) !== 0xf0 || (bytes[at + 3]! & 0xf8) !== 0xf8) continue;
    const pair = read32(bytes, at);
    const halves = ((pair & 0x7ff) << 11) | ((pair >>> 16) & 0x7ff);
    const target = ((halves << 1) - (position + at + 4)) >>> 1;
    write32(bytes, at, 0xf800f000 | ((target >>> 11) & 0x7ff) | ((target & 0x7ff) << 16));
    at += 2;
  }
  return at;
}

/** BL (top six bits 100101, target in words), and ADRP for pages within 512 MiB. */
export function arm64(bytes: Uint8Array, position: number): number {
  const end = bytes.length & ~3;
  for (let at = 0; at < end; at += 4) {
    const word = read32(bytes, at);
    const here = (position + at) >>> 0;
    if (word >>> 26 === 0x25) {
      write32(bytes, at, 0x94000000 | ((word - (here >>> 2)) & 0x3ffffff));
    } else if ((word & 0x9f000000) >>> 0 === 0x90000000) {
      const page = ((word >>> 29) & 3) | ((word >>> 3) & 0x1ffffc);
      if ((page + 0x20000) & 0x1c0000) continue;
      const target = page - (here >>> 12);
      const sign = -(target & 0x20000) & 0xe00000;
      write32(bytes, at, (word & 0x9000001f) | ((target & 3) << 29) | ((target & 0x3fffc) << 3) | sign);
    }
  }
  return end;
}

/** BL: 010010, a 24-bit target in words, not absolute, and the link bit. */
export function powerPC(bytes: Uint8Array, position: number): number {
  const end = bytes.length & ~3;
  for (let at = 0; at < end; at += 4) {
    if ((bytes[at]! & 0xfc) !== 0x48 || (bytes[at + 3]! & 3) !== 1) continue;
    const target = swap32(read32(bytes, at)) - (position + at);
    write32(bytes, at, swap32(0x48000001 | (target & 0x3fffffc)));
  }
  return end;
}

/** CALL with a target that fits 22 bits of words and their sign. */
export function sparc(bytes: Uint8Array, position: number): number {
  const end = bytes.length & ~3;
  for (let at = 0; at < end; at += 4) {
    const word = swap32(read32(bytes, at));
    const top = word >>> 22;
    if (top !== 0x100 && top !== 0x1ff) continue;
    const target = ((word << 2) - (position + at)) >>> 2;
    const sign = (0x40000000 - (target & 0x400000)) | 0x40000000;
    write32(bytes, at, swap32(sign | (target & 0x3fffff)));
  }
  return end;
}

/** Whether a top byte extends a sign. */
function isSign(byte: number): boolean {
  return byte === 0 || byte === 0xff;
}

function read32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function write32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}

function swap32(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
