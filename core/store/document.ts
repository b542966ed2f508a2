import { type Bytes, type ReadOptions, readExact, sourceOf } from "../bytes/mod.ts";
import { type Digest, type NewHasher, verifying } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { BlobReader } from "./blob.ts";
import { GRAPH_LIMITS } from "./limits.ts";

/** What {@link readDocument} takes. */
export interface DocumentReadOptions extends ReadOptions {
  /** Most bytes. */
  readonly limit?: number | undefined;
  readonly newHasher?: NewHasher | undefined;
}

/**
 * The bytes of a manifest, index or config, checked against size and digest, `undefined` when they are not there. Bytes that the descriptor
 * itself carries serve where the store has none.
 * @throws CoreError `digest/mismatch`, `bytes/limit`, `bytes/truncated`, and whatever reading fails with.
 */
export async function readDocument(
  store: BlobReader,
  descriptor: Descriptor,
  options: DocumentReadOptions = {},
): Promise<Bytes | undefined> {
  const limit = options.limit ?? GRAPH_LIMITS.document;
  const { digest, size } = descriptor;
  if (size > limit) throw tooLarge(digest, size, limit);
  const source = (await store.blob(descriptor, options)) ?? inlineSource(descriptor);
  if (source === undefined) return undefined;
  if (source.size > limit) throw tooLarge(digest, source.size, limit);
  const bytes = await readExact(source, { from: 0, to: source.size }, options);
  const verifier = verifying(digest, size, options.newHasher);
  verifier.push(bytes);
  verifier.end();
  return bytes;
}

function tooLarge(digest: Digest, size: number, limit: number): CoreError {
  return new CoreError(
    "bytes/limit",
    `Cannot read ${digest}: it has ${size} bytes, expected at most ${limit}`,
    {
      digest,
      size,
      limit,
    },
  );
}

/** The bytes in the `data` of a descriptor, not yet checked. */
export function inlineSource({ data, size }: Descriptor): ReturnType<typeof sourceOf> | undefined {
  // Anything longer than the size needs cannot be right, and need not be decoded to know.
  if (data === undefined || data.length > size * 2 + 8) return undefined;
  try {
    return sourceOf(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
