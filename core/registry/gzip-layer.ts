import type { ReadOptions, Source } from "../bytes/mod.ts";

/** Gives the bytes of a plain layer in gzip, where they can be read more than once. The same layer must give the same bytes. */
export type CompressLayer = (layer: Source, options: ReadOptions) => Promise<Source>;

/**
 * A layer in gzip by the host's own `CompressionStream`: with the same host, the same bytes every time. Held as a Blob, which a browser may move to
 * its disk.
 */
export const gzipLayer: CompressLayer = async (layer, { signal }) => {
  signal?.throwIfAborted();
  const squeezed = layer
    .stream()
    .pipeThrough(new CompressionStream("gzip"), signal === undefined ? {} : { signal });
  return new Response(squeezed).blob();
};
