import { CoreError, isCoreError } from "../error.ts";
import { type ContainerRecord, editTable, sweep, type TableChange } from "../store/mod.ts";
import type { ContainerContext } from "./context.ts";
import { findContainer } from "./find.ts";
import { freeName } from "./name.ts";

/**
 * Gives a container another name.
 * @throws CoreError `container/missing`, `container/name` in the engine's words.
 */
export async function renameContainer(
  { store }: ContainerContext,
  names: { readonly from: string; readonly to: string },
): Promise<void> {
  await editTable(store.table, (table) => {
    const found = findContainer(table, names.from);
    const to = names.to.startsWith("/") ? names.to : `/${names.to}`;
    if (names.to === "") throw new CoreError("container/name", "Neither old nor new names may be empty");
    if (to === `/${found.name}`) {
      throw new CoreError("container/name", "Renaming a container with the same name as its current name", {
        name: found.name,
      });
    }
    const name = allocated(() => freeName(table, to));
    const record = { ...found, name };
    return { changes: [{ kind: "container", id: found.id, record }] };
  });
}

function allocated(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (!isCoreError(error)) throw error;
    throw new CoreError(error.code, `Error when allocating new name: ${error.message}`, error.detail);
  }
}

/** What a removal of containers did. */
export interface ContainerRemoval {
  /** What was removed, by the text that it was asked for by, in their order. */
  readonly removed: readonly { readonly text: string; readonly record: ContainerRecord }[];
  /** Of texts that mean nothing. */
  readonly errors: readonly CoreError[];
  /** Bytes that the store has more now. */
  readonly freed: number;
}

/** Removes containers with all that was changed in them, and then what nothing needs any more. One that is not there does not keep the others. */
export async function removeContainers(
  { store, signal }: ContainerContext,
  texts: readonly string[],
): Promise<ContainerRemoval> {
  const { removed, errors } = await editTable(store.table, (table) => {
    const containers = new Map(table.containers);
    const done: { readonly text: string; readonly record: ContainerRecord }[] = [];
    const failed: CoreError[] = [];
    for (const text of texts) {
      try {
        const record = findContainer({ ...table, containers }, text);
        containers.delete(record.id);
        done.push({ text, record });
      } catch (error) {
        if (!isCoreError(error)) throw error;
        failed.push(error);
      }
    }
    const changes = done.map(
      ({ record: { id } }): TableChange => ({ kind: "container", id, record: undefined }),
    );
    return { changes, removed: done, errors: failed };
  });
  if (removed.length === 0) return { removed, errors, freed: 0 };
  try {
    return { removed, errors, freed: (await sweep(store, { signal })).freed };
  } catch (error) {
    // What is removed is removed; a damaged store is never swept.
    if (!isCoreError(error, "store/damaged")) throw error;
    return { removed, errors, freed: 0 };
  }
}
