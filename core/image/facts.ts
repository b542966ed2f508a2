import { type ReadOptions, readExact } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { isCoreError } from "../error.ts";
import { type ImageConfig, parseImageConfig, parseTimestamp } from "../oci/mod.ts";
import { type BlobReader, GRAPH_LIMITS, type TableSnapshot } from "../store/mod.ts";

/** The configs of the images of a table, by ID. An image whose config is gone or cannot be read is not among them. */
export type ImageConfigs = ReadonlyMap<Digest, ImageConfig>;

/**
 * Reads the configs of all images of a table; those in `known` are not read again, since an ID never means another config.
 */
export async function readConfigs(
  store: BlobReader,
  table: TableSnapshot,
  options: ReadOptions & { readonly known?: ImageConfigs | undefined } = {},
): Promise<ImageConfigs> {
  const configs = new Map<Digest, ImageConfig>();
  for (const id of table.images.keys()) {
    const config = options.known?.get(id) ?? (await readConfig(store, id, options));
    if (config !== undefined) configs.set(id, config);
  }
  return configs;
}

/** The config of the image `id`; `undefined` when it is gone or cannot be read. */
export async function readConfig(
  store: BlobReader,
  id: Digest,
  { signal }: ReadOptions = {},
): Promise<ImageConfig | undefined> {
  const source = await store.blob({ digest: id }, { signal });
  if (source === undefined || source.size > GRAPH_LIMITS.document) return undefined;
  try {
    return parseImageConfig(await readExact(source, { from: 0, to: source.size }, { signal }), {
      document: id,
    });
  } catch (error) {
    if (isCoreError(error)) return undefined;
    throw error;
  }
}

/** When an image was made, in seconds since the epoch with their fraction; `undefined` when its config does not say. */
export function createdAt(config: ImageConfig | undefined): number | undefined {
  const at = config?.created === undefined ? undefined : parseTimestamp(config.created);
  return at === undefined ? undefined : at.seconds + at.nanoseconds / 1e9;
}
