import { CoreError } from "../error.ts";
import type { ContainerRecord, TableSnapshot } from "../store/mod.ts";
import { noSuchContainer } from "./failure.ts";

/**
 * The container that `text` means: a full ID, else a name with or without the slash before it, else the beginning of the ID of exactly one.
 * @throws CoreError `container/missing` in the engine's words.
 */
export function findContainer({ containers }: TableSnapshot, text: string): ContainerRecord {
  const own = containers.get(text);
  if (own !== undefined) return own;
  const name = text.startsWith("/") ? text.slice(1) : text;
  const all = [...containers.values()];
  const named = all.find((record) => record.name === name);
  if (named !== undefined) return named;
  const begun = text === "" ? [] : all.filter(({ id }) => id.startsWith(text));
  if (begun.length > 1) {
    throw new CoreError("container/missing", `multiple IDs found with provided prefix: ${text}`, {
      name: text,
    });
  }
  if (begun[0] === undefined) throw noSuchContainer(text);
  return begun[0];
}

/** All containers, the newest first. */
export function listContainers({ containers }: TableSnapshot): ContainerRecord[] {
  return [...containers.values()].sort((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1));
}
