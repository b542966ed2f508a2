import type { Source } from "../../core/bytes/mod.ts";
import { openSeekable, type SeekIndex } from "../../core/compression/mod.ts";

/** Uncompressed bytes that are inflated: the engine has compiled the loops by then. */
const BYTES = 8_388_608;

/**
 * Inflates a piece of a layer for nothing, so that this worker's code for it is compiled before a file is asked for: layers are scanned in
 * other workers, and the first file of a gzip layer opened took 53 ms, the next ones 10 to 20.
 */
export async function warmUp(source: Source, index: SeekIndex): Promise<void> {
  try {
    await openSeekable(source, index).slice(0, BYTES).arrayBuffer();
  } catch {
    // Whoever reads the layer for real is told.
  }
}
