import {
  type Compression,
  createDecompressor,
  type DecompressorOptions,
} from "../../core/compression/mod.ts";
import { chunked } from "./chunkings.ts";
import { joined } from "./deflate.ts";

/** What `bytes` decompress to, fed in chunks of `sizes`. */
export function decompressed(
  compression: Compression,
  bytes: Uint8Array,
  options: DecompressorOptions & { readonly sizes?: () => number } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const machine = createDecompressor(compression, (part) => parts.push(part.slice()), options);
  for (const chunk of chunked(bytes, options.sizes ?? (() => Number.POSITIVE_INFINITY))) machine.push(chunk);
  machine.end();
  return joined(...parts);
}

/** `bytes` through one of the platform's compression streams. */
export async function platformCompressed(
  bytes: Uint8Array<ArrayBuffer>,
  format: "gzip" | "deflate-raw" = "gzip",
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
