import type { Bytes, Source } from "../../core/bytes/mod.ts";
import type { TarComposition } from "../../core/tar/mod.ts";

/** Most bytes of parts that are taken into memory because they are no Blobs: documents are, and layers of a few files. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * A composition as one Blob over its parts: those that are Blobs are not read. `undefined` when other parts are too large to be taken into
 * memory; nothing has been read then.
 */
export async function composedBlob({ parts }: TarComposition): Promise<Blob | undefined> {
  const odd = parts.filter((part) => !isBlobPart(part));
  if (odd.reduce((sum, part) => sum + sizeOf(part), 0) > MOST_BYTES) return undefined;
  const ready: BlobPart[] = [];
  for (const part of parts) ready.push(isBlobPart(part) ? part : await part.arrayBuffer());
  return new Blob(ready, { type: "application/x-tar" });
}

const isBlobPart = (part: Bytes | Source): part is Bytes | Blob =>
  part instanceof Blob || part instanceof Uint8Array;

const sizeOf = (part: Bytes | Source): number => (part instanceof Uint8Array ? part.length : part.size);
