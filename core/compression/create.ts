import { CoreError } from "../error.ts";
import type { Decompressor, DecompressorOptions, Sink } from "./decompressor.ts";
import { createGunzip } from "./gzip.ts";
import type { Compression } from "./sniff.ts";
import { createUnzstd } from "./zstd.ts";

/**
 * A machine that decompresses `compression` into `sink`; `none` passes bytes through.
 * @throws CoreError from the machine: `compression/*`, `bytes/limit`.
 */
export function createDecompressor(
  compression: Compression,
  sink: Sink,
  options: DecompressorOptions = {},
): Decompressor {
  return MACHINES[compression](sink, options);
}

const MACHINES: Readonly<Record<Compression, (sink: Sink, options: DecompressorOptions) => Decompressor>> = {
  none: passThrough,
  gzip: createGunzip,
  zstd: createUnzstd,
  bzip2: () => notYet("bzip2"),
  xz: () => notYet("xz"),
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

function notYet(format: string): never {
  throw new CoreError("compression/unsupported", `Cannot read ${format}: it is not written yet`, {
    found: format,
  });
}
