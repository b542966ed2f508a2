import type { Bytes, Source } from "../bytes/mod.ts";
import {
  applyChanges,
  encodeEngineConfig,
  type LayerCompressor,
  type MadeImage,
  type RunConfig,
  storeImage,
  storeLayerSource,
} from "../image/mod.ts";
import { formatTimestamp, type Platform } from "../oci/mod.ts";
import type { ContainerContext } from "./context.ts";
import { type PlainTarOptions, plainTar, readTarTable } from "./tar-source.ts";

/** What {@link importImage} takes. */
export interface ImportOptions extends Pick<PlainTarOptions, "spool" | "onProgress"> {
  /** References; none for an image without a name. */
  readonly names?: readonly string[] | undefined;
  /** Default: `Imported from -`. */
  readonly message?: string | undefined;
  /** Dockerfile instructions for the config. */
  readonly changes?: readonly string[] | undefined;
  /** Default: linux/amd64. */
  readonly platform?: Platform | undefined;
  /** Version of the engine to name in the config. */
  readonly engineVersion?: string | undefined;
  /** Default: the layer is stored plain, as engines do. */
  readonly compressor?: LayerCompressor | undefined;
}

/**
 * Makes an image of the tar of a file system, as `docker import` does: its bytes are the one layer, uncompressed if need be and otherwise as they
 * are. A stream, and what is compressed, is set aside as it passes.
 * @throws CoreError `container/archive` in the engine's words when it is no tar, or broken off; `dockerfile/invalid` for changes,
 * `oci/reference`, `store/full`; what reading throws.
 */
export async function importImage(
  context: ContainerContext,
  tar: Source | ReadableStream<Bytes>,
  options: ImportOptions = {},
): Promise<MadeImage> {
  const { store, newHasher, signal } = context;
  const { platform = { os: "linux", architecture: "amd64" }, spool, onProgress, compressor } = options;
  const config: RunConfig = applyChanges({}, options.changes ?? []);
  const plain = await plainTar(tar, { signal, newHasher, spool, onProgress });
  await readTarTable(plain, { signal });
  const comment = options.message ?? "Imported from -";
  const now = context.now();
  const created = formatTimestamp(now);
  // What is being made has no digest yet; that of nothing stands for it.
  const lease = await store.lease(`sha256:${newHasher().hex()}`);
  try {
    const layer = await storeLayerSource(store, plain, { newHasher, signal, lease, compressor, spool });
    const bytes = encodeEngineConfig({
      platform,
      created,
      comment,
      config,
      engineVersion: options.engineVersion,
      history: [{ created, createdBy: "", comment, emptyLayer: false }],
      diffIDs: [layer.diffID],
    });
    const made = { config: bytes, layers: [layer.descriptor], names: options.names };
    return await storeImage(store, made, { now, newHasher, signal, lease });
  } finally {
    await lease.release();
  }
}
