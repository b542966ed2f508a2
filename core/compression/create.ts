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
  switch (compression) {
    case "none":
      return passThrough(sink, options);
    case "gzip":
      return createGunzip(sink, options);
    case "zstd":
      return createUnzstd(sink, options);
    case "bzip2":
    case "xz":
      throw new CoreError("compression/unsupported", `Cannot read ${compression}: not written yet`, {});
  }
}

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
