import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import type { Descriptor } from "../oci/mod.ts";
import { reachAll, rememberedReach, tableReach } from "./reach.ts";
import type { LocalStore } from "./store.ts";
import type { TableSnapshot } from "./table.ts";

/** What goes with a removal. */
export interface Removal {
  readonly names?: readonly string[] | undefined;
  readonly images?: readonly Digest[] | undefined;
  /** By ID. */
  readonly containers?: readonly string[] | undefined;
}

/**
 * The bytes that removing these names, images and containers, and a sweep after it, would really free: blobs that nothing else reaches and nobody has
 * pinned. What is unused already does not count. A name goes with its image.
 * @throws CoreError `store/damaged`.
 */
export async function freed(
  store: LocalStore,
  removal: Removal,
  options: ReadOptions & { readonly roots?: readonly Descriptor[] | undefined } = {},
): Promise<number> {
  const table = await store.table.snapshot();
  const { names, images, containers } = table;
  const goneNames = new Set(removal.names);
  const goneImages = new Set(removal.images);
  const goneContainers = new Set(removal.containers);
  const kept = {
    names: new Map([...names].filter(([name, { image }]) => !goneNames.has(name) && !goneImages.has(image))),
    images: new Map([...images].filter(([id]) => !goneImages.has(id))),
    containers: new Map([...containers].filter(([id]) => !goneContainers.has(id))),
  };
  const reach = rememberedReach(store, options);
  const used = await tableReach(reach, kept, options.roots);
  for (const { pins } of await store.leases()) for (const digest of pins) used.add(digest);
  const free = await tableReach(reach, table);
  for (const digest of used) free.delete(digest);
  const blobs = await store.list(options);
  return blobs.reduce((sum, { digest, size }) => (free.has(digest) ? sum + size : sum), 0);
}

/** What an image takes up, in bytes as stored. */
export interface ImageUsage {
  /** All that it reaches. */
  readonly size: number;
  /** The part of it that another image reaches too. */
  readonly shared: number;
}

/**
 * What each image takes up. An image reaches what its own root and those of its names reach.
 * @throws CoreError `store/damaged`.
 */
export async function imageUsage(
  store: LocalStore,
  snapshot: TableSnapshot,
  options: ReadOptions = {},
): Promise<ReadonlyMap<Digest, ImageUsage>> {
  const reach = rememberedReach(store, options);
  const uses = [
    ...[...snapshot.images.values()].map(({ id, target }) => ({ image: id, target })),
    ...snapshot.names.values(),
  ];
  const under = await reachAll(
    reach,
    uses.map(({ target }) => target),
  );
  const reached = new Map<Digest, Set<Digest>>();
  for (const [at, { image }] of uses.entries()) {
    const mine = reached.get(image) ?? new Set();
    reached.set(image, mine);
    for (const digest of under[at]!) mine.add(digest);
  }
  const users = new Map<Digest, number>();
  for (const digests of reached.values())
    for (const digest of digests) users.set(digest, (users.get(digest) ?? 0) + 1);
  const sizes = new Map((await store.list(options)).map(({ digest, size }) => [digest, size]));
  const usage = new Map<Digest, ImageUsage>();
  for (const [image, digests] of reached) {
    let [size, shared] = [0, 0];
    for (const digest of digests) {
      const bytes = sizes.get(digest) ?? 0;
      size += bytes;
      if ((users.get(digest) ?? 0) > 1) shared += bytes;
    }
    usage.set(image, { size, shared });
  }
  return usage;
}
