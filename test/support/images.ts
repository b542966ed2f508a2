import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import { type Descriptor, MEDIA_TYPES } from "../../core/oci/mod.ts";
import type { BlobSink } from "../../core/store/mod.ts";
import { randomBytes } from "./random.ts";

/** Blobs of made-up images, by digest. */
export class BlobSet extends Map<Digest, Uint8Array<ArrayBuffer>> {
  /** Adds bytes; gives their descriptor. */
  put(bytes: Uint8Array<ArrayBuffer>, mediaType = "application/octet-stream"): Descriptor {
    const digest = sha256Digest(bytes);
    this.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Adds a document. */
  json(value: unknown, mediaType: string): Descriptor {
    return this.put(new TextEncoder().encode(JSON.stringify(value)), mediaType);
  }

  /** Adds an image with these layers (base first), and gives its manifest. */
  image(
    layers: readonly Descriptor[],
    name = "",
  ): { readonly manifest: Descriptor; readonly config: Descriptor } {
    const config = this.json(
      {
        os: "linux",
        architecture: "amd64",
        comment: name,
        rootfs: { type: "layers", diff_ids: layers.map((l) => l.digest) },
      },
      MEDIA_TYPES.ociConfig,
    );
    const manifest = this.json(
      { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers },
      MEDIA_TYPES.ociManifest,
    );
    return { manifest, config };
  }

  /** Adds a layer of seeded bytes. */
  layer(size: number, seed: number): Descriptor {
    return this.put(randomBytes(size, seed), MEDIA_TYPES.ociLayer);
  }

  /** Adds an index over these. */
  index(manifests: readonly Descriptor[]): Descriptor {
    return this.json({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests }, MEDIA_TYPES.ociIndex);
  }

  /** Writes all of them, or those given, into a store. */
  async into(store: BlobSink, digests: Iterable<Digest> = this.keys()): Promise<void> {
    for (const digest of digests) await putBlob(store, this.get(digest)!, digest);
  }
}

/** Writes one blob. */
export async function putBlob(
  store: BlobSink,
  bytes: Uint8Array<ArrayBuffer>,
  digest: Digest = sha256Digest(bytes),
): Promise<Digest> {
  const writer = await store.openWriter({ digest, size: bytes.length });
  if (writer === undefined) return digest;
  await writer.write(bytes);
  await writer.commit();
  return digest;
}
