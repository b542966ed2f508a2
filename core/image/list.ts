import type { ReadOptions } from "../bytes/mod.ts";
import { chainIDs, type Digest } from "../digest/mod.ts";
import { isCoreError } from "../error.ts";
import { formatFamiliar, type ImageConfig } from "../oci/mod.ts";
import { type ImageRecord, type ImageUsage, imageUsage, type LocalStore } from "../store/mod.ts";
import { createdAt, type ImageConfigs, readConfigs } from "./facts.ts";
import { referenceOf } from "./resolve.ts";
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
  /** Whether to find out what images share and take: {@link ListedImage.sharedSize} and `stored`. It costs most of the time. Default: yes. */
  readonly shares?: boolean | undefined;
  /** Configs read before, to be used again. */
  readonly known?: ImageConfigs | undefined;
}

/** All images of a store, the newest first; of equal age, by ID. Reads the configs and manifests. */
export async function listImages(store: LocalStore, options: ListOptions = {}): Promise<ListedImage[]> {
  const { signal, layerSize, shares = true } = options;
  const table = await store.table.snapshot();
  const users = options.users ?? [...table.containers.values()];
  const configs = await readConfigs(store, table, options);
  const stored = shares ? await usageOf(store, table, { signal }) : undefined;
  const shared = shares ? layersShared(configs) : undefined;
  const sizes = new Map<Digest, number | undefined>();
  for (const diffID of new Set([...configs.values()].flatMap(({ diffIDs }) => diffIDs)))
    sizes.set(diffID, await layerSize?.(diffID));
  const names = grouped([...table.names.values()], ({ image }) => image);
  const made = grouped(users, ({ image }) => image);
  const built = grouped([...table.images.values()], ({ parent }) => parent);
  const listed = [...table.images.values()].map((record): ListedImage => {
    const config = configs.get(record.id);
    const references = (names.get(record.id) ?? []).map(({ name }) => referenceOf(name));
    return {
      record,
      config,
      tags: references.filter(({ digest }) => digest === undefined).map(formatFamiliar),
      digests: references.filter(({ digest }) => digest !== undefined).map(formatFamiliar),
      created: createdAt(config),
      ...sizesOf(config, sizes, shared?.get(record.id)),
      stored: stored?.get(record.id),
      users: made.get(record.id)?.length ?? 0,
      dangling: references.every(({ tag }) => tag === undefined) && !built.has(record.id),
      children: built.get(record.id)?.length ?? 0,
    };
  });
  // Docker compares whole seconds.
  const age = ({ created }: ListedImage): number => Math.floor(created ?? 0);
  return listed.sort((a, b) => age(b) - age(a) || (a.record.id < b.record.id ? -1 : 1));
}

/** Items by their keys, so that a list of n images costs no more than n. */
function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Which layers of each image another image has too, on the same layers below. */
function layersShared(configs: ImageConfigs): ReadonlyMap<Digest, readonly boolean[]> {
  const chains = new Map([...configs].map(([id, { diffIDs }]) => [id, chainIDs(diffIDs)]));
  const counts = new Map<Digest, number>();
  for (const chain of [...chains.values()].flat()) counts.set(chain, (counts.get(chain) ?? 0) + 1);
  return new Map([...chains].map(([id, own]) => [id, own.map((chain) => counts.get(chain)! > 1)]));
}

function sizesOf(
  config: ImageConfig | undefined,
  sizes: ReadonlyMap<Digest, number | undefined>,
  shared: readonly boolean[] | undefined,
): { readonly size: number | undefined; readonly sharedSize: number | undefined } {
  if (config === undefined) return { size: undefined, sharedSize: undefined };
  let [size, sharedSize] = [0, 0];
  for (const [at, diffID] of config.diffIDs.entries()) {
    const bytes = sizes.get(diffID);
    if (bytes === undefined) return { size: undefined, sharedSize: undefined };
    size += bytes;
    if (shared?.[at] === true) sharedSize += bytes;
  }
  return { size, sharedSize: shared === undefined ? undefined : sharedSize };
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
