import {
  applyChanges,
  encodeEngineConfig,
  type LayerCompressor,
  type MadeImage,
  orderedLayer,
  type RunConfig,
  type Spool,
  type StoredLayer,
  storeImage,
  storeLayer,
} from "../image/mod.ts";
import { formatTimestamp, type HistoryEntry, MEDIA_TYPES } from "../oci/mod.ts";
import { changeset } from "./changes.ts";
import type { ContainerContext } from "./context.ts";
import type { OpenContainer } from "./open.ts";

/** What {@link commitContainer} takes. */
export interface CommitOptions {
  /** References; none for an image without a name. */
  readonly names?: readonly string[] | undefined;
  readonly author?: string | undefined;
  readonly message?: string | undefined;
  /** Dockerfile instructions for the config. */
  readonly changes?: readonly string[] | undefined;
  /** Version of the engine to name in the config. */
  readonly engineVersion?: string | undefined;
  /** Default: the layer is stored plain, as engines do. */
  readonly compressor?: LayerCompressor | undefined;
  readonly spool?: (() => Spool) | undefined;
  /** Told how far the new layer is, in bytes of its tar. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/**
 * Makes an image of a container as `docker commit` does: the layers of its image, one more with all changes, unless there are none; its config
 * with `changes` applied; one more line of history, which says what the container would have run. The image is there with its names, or nothing is.
 * @throws CoreError `dockerfile/invalid` for changes, `oci/reference`, `store/full`; what reading a content throws.
 */
export async function commitContainer(
  context: ContainerContext,
  container: OpenContainer,
  options: CommitOptions = {},
): Promise<MadeImage> {
  const { store, newHasher, signal } = context;
  const { image, record } = container;
  const run = container.config;
  const config: RunConfig = { ...run, ...applyChanges(run, options.changes ?? []) };
  const docker = image.manifest.mediaType === MEDIA_TYPES.dockerManifest;
  const family: "docker" | "oci" = docker ? "docker" : "oci";
  const now = context.now();
  const created = formatTimestamp(now);
  const members = orderedLayer(changeset(container));
  const lease = await store.lease(record.target.digest);
  try {
    const { compressor, spool, onProgress } = options;
    const layer: StoredLayer | undefined =
      members.length === 0
        ? undefined
        : await storeLayer(store, members, {
            newHasher,
            signal,
            lease,
            compressor,
            family,
            spool,
            onProgress,
          });
    const line: HistoryEntry = {
      created,
      createdBy: (run.cmd ?? []).join(" "),
      author: options.author,
      comment: options.message,
      emptyLayer: layer === undefined,
    };
    const bytes = encodeEngineConfig({
      platform: image.config.platform,
      created,
      config,
      author: options.author,
      container: { id: record.id, config: run },
      engineVersion: options.engineVersion,
      history: [...image.config.history, line],
      diffIDs: [...image.config.diffIDs, ...(layer === undefined ? [] : [layer.diffID])],
    });
    const { images } = await store.table.snapshot();
    const layers = [...image.manifest.layers, ...(layer === undefined ? [] : [layer.descriptor])];
    const made = {
      config: bytes,
      layers,
      family,
      names: options.names,
      parent: images.has(record.image) ? record.image : undefined,
    } as const;
    return await storeImage(store, made, { now, newHasher, signal, lease });
  } finally {
    await lease.release();
  }
}
