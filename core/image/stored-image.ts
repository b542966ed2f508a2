import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { type Descriptor, type ImageConfig, type Manifest, parseImageConfig } from "../oci/mod.ts";
import { type BlobReader, readDocument, walk } from "../store/mod.ts";

/** An image of a store, with its documents. */
export interface StoredImage {
  /** Digest of the config. */
  readonly id: Digest;
  readonly config: ImageConfig;
  /** As it is stored. */
  readonly configBytes: Bytes;
  readonly manifest: Manifest;
  /** Of the manifest: where the image was found under its root. */
  readonly descriptor: Descriptor;
}

/**
 * The documents of the image `id`, found under its root `target`: of several platforms the one with this config. Reads no layer.
 * @throws CoreError `store/missing` when its config or manifest is not there, `store/damaged`; what reading a document throws.
 */
export async function readStoredImage(
  store: BlobReader,
  { id, target }: { readonly id: Digest; readonly target: Descriptor },
  options: ReadOptions & { readonly newHasher?: NewHasher | undefined } = {},
): Promise<StoredImage> {
  const { signal, newHasher } = options;
  for await (const node of walk(store, target, { signal, newHasher, leaves: false })) {
    if (node.state === "damaged" && node.problem !== undefined) throw node.problem;
    if (node.document?.kind !== "manifest" || node.document.config.digest !== id) continue;
    const manifest = node.document;
    const configBytes = await readDocument(store, manifest.config, { signal, newHasher });
    if (configBytes === undefined) throw missing(id, id);
    const config = parseImageConfig(configBytes, { document: id });
    return { id, config, configBytes, manifest, descriptor: node.descriptor };
  }
  throw missing(id, target.digest);
}

function missing(image: Digest, digest: Digest): CoreError {
  return new CoreError("store/missing", `Cannot read image ${image}: the store does not have ${digest}`, {
    image,
    digest,
  });
}
