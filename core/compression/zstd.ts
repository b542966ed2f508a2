import { Decompress } from "fzstd";
import { CoreError } from "../error.ts";
import { type Decompressor, type DecompressorOptions, decodeError, type Sink } from "./decompressor.ts";

/**
 * Decompresses zstd.
 * @see RFC 8878
 */
export function createUnzstd(sink: Sink, options: DecompressorOptions = {}): Decompressor {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  let at = 0;
  let out = 0;
  const machine = new Decompress((bytes) => {
    out += bytes.length;
    if (out > limit)
      throw new CoreError("bytes/limit", `Cannot read zstd: more than ${limit} bytes`, { limit });
    if (bytes.length > 0) sink(bytes);
  });
  const guard = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (error instanceof CoreError) throw error;
      throw decodeError("compression/corrupt", { format: "zstd", offset: at }, String(error));
    }
  };
  return {
    push(chunk) {
      guard(() => machine.push(chunk.slice()));
      at += chunk.length;
    },
    end() {
      guard(() => machine.push(new Uint8Array(0), true));
    },
  };
}
