import type { ReadOptions } from "../bytes/mod.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { BlobStat } from "./blob.ts";
import { rememberedReach, tableReach } from "./reach.ts";
import type { LocalStore } from "./store.ts";

/** What {@link sweep} takes. */
export interface SweepOptions extends ReadOptions {
  /** Roots that are in use without standing in the table. */
  readonly roots?: readonly Descriptor[] | undefined;
}

/** What {@link sweep} did. */
export interface SweepResult {
  /** Sorted by digest. */
  readonly removed: readonly BlobStat[];
  /** Their bytes. */
  readonly freed: number;
}

/**
 * Removes the blobs that no name, no image, no container and none of the further roots reaches, and that nobody has pinned; in one step, or not at all. Names
 * and claims may change while it runs: it notices, and looks again.
 * @throws CoreError `store/damaged` when a manifest cannot be read: what it needs would be lost with it. Nothing is removed then.
 */
export async function sweep(store: LocalStore, options: SweepOptions = {}): Promise<SweepResult> {
  const reach = rememberedReach(store, options);
  for (;;) {
    options.signal?.throwIfAborted();
    const snapshot = await store.table.snapshot();
    const used = await tableReach(reach, snapshot, options.roots);
    const blobs = await store.list(options);
    const unused = blobs.filter(({ digest }) => !used.has(digest)).map(({ digest }) => digest);
    const removed = await store.remove(unused, { version: snapshot.version });
    if (removed !== undefined) return { removed, freed: removed.reduce((sum, { size }) => sum + size, 0) };
  }
}
