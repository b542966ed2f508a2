import { seeded } from "./random.ts";

/** What the xz and bzip2 fixtures hold, by name: made by formula, so that only the compressed form is stored. */
export const CONTENT = {
  empty: () => new Uint8Array(0),
  line: () => new TextEncoder().encode("break bulk\n"),
  /** Runs of every length from 1 to 299: bzip2 codes those from 4 in two ways at once. */
  runs: () => {
    const runs: number[] = [];
    for (let length = 1; length < 300; length++) {
      for (let count = 0; count < length; count++) runs.push(65 + (length % 3));
    }
    return Uint8Array.from(runs);
  },
  /** Values that get half as frequent at each step: prefix codes of every length up to 14 bits. */
  skewed: () => {
    const random = seeded(11);
    return Uint8Array.from({ length: 6000 }, () => Math.clz32(random() * 2 ** 32));
  },
  /** A quarter of a megabyte that compresses to next to nothing: several blocks. */
  cycle: () => Uint8Array.from({ length: 250_000 }, (_, at) => 48 + ((at * 7 + Math.floor(at / 1000)) % 10)),
  /** Random bytes: LZMA2 stores them as they are. */
  random: () => {
    const random = seeded(12);
    return Uint8Array.from({ length: 500 }, () => random() * 256);
  },
  /** Bytes that are x86 calls and jumps far more often than in any program. */
  x86: () => {
    const random = seeded(13);
    const common = [0xe8, 0xe9, 0x00, 0xff, 0xe8, 0x00];
    return Uint8Array.from({ length: 1500 }, () => common[Math.floor(random() * 8)] ?? random() * 256);
  },
  /** ARM64 words, half of them BL or ADRP with small or negative operands. */
  arm64: () => {
    const random = seeded(14);
    const words = new DataView(new ArrayBuffer(1600));
    for (let at = 0; at < 1600; at += 4) {
      const low = random() * 2 ** 17;
      const kind = Math.floor(random() * 6);
      const word = [0x94000000 + low, 0x97ff0000 + low / 2, 0x90000000 + low, 0xf0ff0000 + low / 2, low, low][
        kind
      ];
      words.setUint32(at, word, true);
    }
    return new Uint8Array(words.buffer);
  },
  /** Samples of 16 bits in two channels that climb slowly. */
  delta: () => Uint8Array.from({ length: 2000 }, (_, at) => (at % 4 < 2 ? at * 3 : 255 - at) & 255),
} as const;

/** Name of a piece of {@link CONTENT}. */
export type ContentName = keyof typeof CONTENT;
