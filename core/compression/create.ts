import { CoreError } from "../error.ts";
import { createBunzip2 } from "./bzip2.ts";
import type { Decompressor, DecompressorOptions, Sink } from "./decompressor.ts";
import { createGunzip } from "./gzip.ts";
import type { Compression } from "./sniff.ts";
import { createUnxz, type UnxzOptions } from "./xz.ts";
import { createUnzstd } from "./zstd.ts";

/** What {@link createDecompressor} takes: what all formats understand, and the hasher that xz alone may need. */
export type CreateDecompressorOptions = UnxzOptions;

/**
 * A machine that decompresses `compression` into `sink`; `none` passes bytes through.
 * @throws CoreError from the machine: `compression/*`, `bytes/limit`.
 */
export function createDecompressor(
  compression: Compression,
  sink: Sink,
  options: CreateDecompressorOptions = {},
): Decompressor {
  return MACHINES[compression](sink, options);
}

const MACHINES: Readonly<
  Record<Compression, (sink: Sink, options: CreateDecompressorOptions) => Decompressor>
> = {
  none: passThrough,
  gzip: createGunzip,
  zstd: createUnzstd,
  bzip2: createBunzip2,
  xz: createUnxz,
};

function passThrough(sink: Sink, options: DecompressorOptions): Decompressor {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  let offset = options.resume?.out ?? 0;
  return {
    push(chunk) {
      if (chunk.length === 0) return;
      offset += chunk.length;
      if (offset > limit) {
        throw new CoreError("bytes/limit", `Cannot read at byte ${limit}: expected at most ${limit} bytes`, {
          limit,
        });
      }
      sink(chunk);
    },
    end() {},
  };
}
