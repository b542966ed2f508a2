import type { Compression } from "./sniff.ts";

/**
 * Most compressed bytes taken in one go. A step may meet a bomb at any time, so these are what a step's worst output allows: some
 * 64 MiB of gzip (1000:1), 128 MiB of zstd (128 KiB from four bytes), 30 MiB of xz, 250 MiB of bzip2 (45 MB from forty bytes).
 */
const LARGEST: Readonly<Record<Compression, number>> = {
  none: 65_536,
  gzip: 65_536,
  zstd: 4096,
  xz: 4096,
  bzip2: 256,
};
const SMALLEST = 64;
/** Output of one step aimed at: what is done with it (a layer inside may be compressed in turn) stays a matter of milliseconds. */
const MOST_OUT = 1024 * 1024;

/** How many compressed bytes to take in one go, by what the last ones decompressed to: few of a bomb, many of anything else. */
export class Pace {
  readonly #largest: number;
  size: number;

  constructor(compression: Compression) {
    this.#largest = LARGEST[compression];
    this.size = this.#largest;
  }

  /** Says how many bytes the last step has given. */
  gave(output: number): void {
    if (output > MOST_OUT) this.size = Math.max(this.size >>> 2, SMALLEST);
    else if (output < MOST_OUT / 4) this.size = Math.min(this.size * 2, this.#largest);
  }
}
