import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { type CoreError, isCoreError } from "../error.ts";
import { freed, type LocalStore, sweep } from "../store/mod.ts";
import { type ImageConfigs, readConfigs } from "./facts.ts";
import { ImageRemoval, type RemovalManner, type RemovalStep } from "./removal.ts";
import { containerUsers, type ImageUser } from "./users.ts";

/** What {@link removeImages} takes. */
export interface RemoveOptions extends RemovalManner, ReadOptions {
  /** What keeps what it is made of. Default: the containers of the table. */
  readonly users?: readonly ImageUser[] | undefined;
}

/** What a removal did. */
export interface RemovalResult {
  /** In the order in which `docker rmi` prints it. */
  readonly steps: readonly RemovalStep[];
  /** Of arguments that could not be removed, in their order. */
  readonly errors: readonly CoreError[];
  /** Bytes that the store has more now. */
  readonly freed: number;
  /** Why nothing could be freed although something was removed: the store is damaged. What was removed is removed. */
  readonly problem?: CoreError | undefined;
}

/**
 * Removes names and images as `docker rmi` does, one argument after the other, and then the blobs that nothing needs any more. An argument
 * that is refused does not keep the others from being done.
 * @see {@link ImageRemoval} for the rules
 */
export function removeImages(
  store: LocalStore,
  texts: readonly string[],
  options: RemoveOptions = {},
): Promise<RemovalResult> {
  return removeWith(store, options, (removal) => {
    const steps: RemovalStep[] = [];
    const errors: CoreError[] = [];
    for (const text of texts) {
      try {
        steps.push(...removal.remove(text, options));
      } catch (error) {
        if (!isCoreError(error)) throw error;
        errors.push(error);
      }
    }
    return { steps, errors };
  });
}

/**
 * Does what `work` does to the table, and frees what nothing needs any more. `work` may be called again, when somebody else has changed the
 * table in the meantime.
 */
export async function removeWith(
  store: LocalStore,
  options: ReadOptions & { readonly users?: readonly ImageUser[] | undefined },
  work: (
    removal: ImageRemoval,
    configs: ImageConfigs,
  ) => { readonly steps: readonly RemovalStep[]; readonly errors: readonly CoreError[] },
): Promise<RemovalResult> {
  const { signal } = options;
  let configs: ImageConfigs = new Map();
  for (;;) {
    const table = await store.table.snapshot();
    configs = await readConfigs(store, table, { signal, known: configs });
    const users = options.users ?? (await containerUsers(store, table, { signal, known: configs }));
    const removal = new ImageRemoval({ table, configs, users });
    const done = work(removal, configs);
    const changes = removal.changes();
    if (changes.length === 0) return { ...done, freed: 0 };
    if (!(await store.table.change(changes, { version: table.version }))) continue;
    try {
      const swept = await sweep(store, { signal, roots: options.users?.map(({ target }) => target) });
      return { ...done, freed: swept.freed };
    } catch (error) {
      if (!isCoreError(error, "store/damaged")) throw error;
      return { ...done, freed: 0, problem: error };
    }
  }
}

/**
 * The bytes that removing these images with all their names would really free.
 * @throws CoreError `store/damaged`.
 */
export function removalFrees(
  store: LocalStore,
  images: readonly Digest[],
  options: ReadOptions & { readonly users?: readonly ImageUser[] | undefined } = {},
): Promise<number> {
  const roots = options.users?.map(({ target }) => target);
  return freed(store, { images }, { signal: options.signal, roots });
}
