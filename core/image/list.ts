import type { ReadOptions } from "../bytes/mod.ts";
import { chainIDs, type Digest } from "../digest/mod.ts";
import { isCoreError } from "../error.ts";
import { formatFamiliar, type ImageConfig } from "../oci/mod.ts";
import { type ImageRecord, type ImageUsage, imageUsage, type LocalStore } from "../store/mod.ts";
import { createdAt, type ImageConfigs, readConfigs } from "./facts.ts";
import { isDangling } from "./prune.ts";
import { referencesOf } from "./resolve.ts";
import type { ImageUser } from "./users.ts";

/** An image of a store, with all that lists show of it. */
export interface ListedImage {
  readonly record: ImageRecord;
  /** `undefined` when it is gone or cannot be read: the store is damaged. */
  readonly config: ImageConfig | undefined;
  /** Familiar, sorted by their full form. */
  readonly tags: readonly string[];
  /** Familiar names with digests. */
  readonly digests: readonly string[];
  /** Seconds since the epoch. */
  readonly created: number | undefined;
  /** Sum of its layers, as Docker shows it; `undefined` while one of them was never scanned. */
  readonly size: number | undefined;
  /** The part of it in layers that another image has too, on the same layers below. */
  readonly sharedSize: number | undefined;
  /** Bytes as stored; `undefined` when the store is damaged. */
  readonly stored: ImageUsage | undefined;
  /** How many containers were made of it. */
  readonly users: number;
  /** Neither tag nor child. */
  readonly dangling: boolean;
  /** How many images were built on it. */
  readonly children: number;
}

/** What {@link listImages} takes. */
export interface ListOptions extends ReadOptions {
  /** Size of a layer as Docker counts it, by its diff ID; `undefined` when it is not known. */
  readonly layerSize?: ((diffID: Digest) => Promise<number | undefined>) | undefined;
  /** Default: the containers of the table. */
  readonly users?: readonly Pick<ImageUser, "image">[] | undefined;
  /** Configs read before, to be used again. */
  readonly known?: ImageConfigs | undefined;
}

/** All images of a store, the newest first; of equal age, by ID. Reads the configs and manifests. */
export async function listImages(store: LocalStore, options: ListOptions = {}): Promise<ListedImage[]> {
  const { signal, layerSize } = options;
  const table = await store.table.snapshot();
  const users = options.users ?? [...table.containers.values()];
  const configs = await readConfigs(store, table, options);
  const stored = await usageOf(store, table, { signal });
  const chains = new Map<Digest, number>();
  for (const { diffIDs } of configs.values())
    for (const chain of chainIDs(diffIDs)) chains.set(chain, (chains.get(chain) ?? 0) + 1);
  const sizes = new Map<Digest, number | undefined>();
  for (const diffID of new Set([...configs.values()].flatMap(({ diffIDs }) => diffIDs)))
    sizes.set(diffID, await layerSize?.(diffID));
  const listed = [...table.images.values()].map((record): ListedImage => {
    const config = configs.get(record.id);
    const references = referencesOf(table, record.id);
    return {
      record,
      config,
      tags: references.filter(({ digest }) => digest === undefined).map(formatFamiliar),
      digests: references.filter(({ digest }) => digest !== undefined).map(formatFamiliar),
      created: createdAt(config),
      ...sizesOf(config, sizes, chains),
      stored: stored?.get(record.id),
      users: users.filter(({ image }) => image === record.id).length,
      dangling: isDangling(table, record.id),
      children: [...table.images.values()].filter(({ parent }) => parent === record.id).length,
    };
  });
  // Docker compares whole seconds.
  const age = ({ created }: ListedImage): number => Math.floor(created ?? 0);
  return listed.sort((a, b) => age(b) - age(a) || (a.record.id < b.record.id ? -1 : 1));
}

function sizesOf(
  config: ImageConfig | undefined,
  sizes: ReadonlyMap<Digest, number | undefined>,
  chains: ReadonlyMap<Digest, number>,
): { readonly size: number | undefined; readonly sharedSize: number | undefined } {
  if (config === undefined) return { size: undefined, sharedSize: undefined };
  const chain = chainIDs(config.diffIDs);
  let [size, sharedSize] = [0, 0];
  for (const [at, diffID] of config.diffIDs.entries()) {
    const bytes = sizes.get(diffID);
    if (bytes === undefined) return { size: undefined, sharedSize: undefined };
    size += bytes;
    if ((chains.get(chain[at]!) ?? 0) > 1) sharedSize += bytes;
  }
  return { size, sharedSize };
}

/** A damaged store is listed all the same. */
async function usageOf(
  store: LocalStore,
  table: Parameters<typeof imageUsage>[1],
  options: ReadOptions,
): Promise<ReadonlyMap<Digest, ImageUsage> | undefined> {
  try {
    return await imageUsage(store, table, options);
  } catch (error) {
    if (isCoreError(error, "store/damaged")) return undefined;
    throw error;
  }
}
