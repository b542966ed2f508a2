import { closeSync, existsSync, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { loadArchive, type SaveLayout, saveArchive } from "../../core/archive/mod.ts";
import type { Source } from "../../core/bytes/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { type ImageSelection, selectImages } from "../../core/image/mod.ts";
import { parseImageConfig } from "../../core/oci/mod.ts";
import { createMemoryStore, type LocalStore, readDocument } from "../../core/store/mod.ts";
import { compositionSource, type TarComposition } from "../../core/tar/mod.ts";
import { openFileSource } from "./file-source.ts";
import { nativeHasher } from "./native-hash.ts";

const FOLDERS = ["../shared/oracle/mini", "../shared/corpus/images"];

/** Every image archive beside the project, by a path to show. */
export function sharedArchives(): string[] {
  return FOLDERS.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  );
}

/** A store with what an archive holds; `undefined` when it cannot be loaded, or holds nothing. */
export async function loadedStore(source: Source): Promise<LocalStore | undefined> {
  const store = createMemoryStore({ now: () => 0, newHasher: nativeHasher });
  try {
    const { images } = await loadArchive(source, store, { newHasher: nativeHasher });
    return images.length > 0 ? store : undefined;
  } catch (error) {
    if (isCoreError(error)) return undefined;
    throw error;
  }
}

/** {@link loadedStore} of a file, which is closed afterwards. */
export async function storeOfFile(path: string): Promise<LocalStore | undefined> {
  const file = openFileSource(path);
  try {
    return await loadedStore(file);
  } finally {
    file.close();
  }
}

/** Everything in a store, to be saved: each image by its names, those without by their ID. */
export async function everything(store: LocalStore): Promise<ImageSelection[]> {
  const table = await store.table.snapshot();
  const named = new Set([...table.names.values()].map(({ image }) => image));
  return selectImages(table, [
    ...table.names.keys(),
    ...[...table.images.keys()].filter((id) => !named.has(id)),
  ]);
}

/** The archive of everything in a store. */
export async function saved(store: LocalStore, layout: SaveLayout): Promise<TarComposition> {
  const { composition } = await saveArchive(store, await everything(store), {
    layout,
    newHasher: nativeHasher,
  });
  return composition;
}

/** Writes a composition to a file. */
export async function writeComposition(composition: TarComposition, path: string): Promise<void> {
  const file = openSync(path, "w");
  try {
    const reader = compositionSource(composition).stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      writeSync(file, value);
    }
  } finally {
    closeSync(file);
  }
}

/** An image of a store in the words of engines. */
export interface SeenImage {
  readonly id: string;
  readonly root: string;
  /** In full. */
  readonly names: readonly string[];
  readonly diffIDs: readonly string[];
  readonly os: string;
  readonly architecture: string;
}

/** What {@link everything} selects, looked into. */
export async function seenImages(store: LocalStore): Promise<SeenImage[]> {
  const seen: SeenImage[] = [];
  for (const { image, target, names } of await everything(store)) {
    const config = await store.blob({ digest: image });
    const bytes = new Uint8Array((await config?.arrayBuffer()) ?? new ArrayBuffer(0));
    const { diffIDs, platform } = parseImageConfig(bytes, { document: image });
    const root = await readDocument(store, target);
    if (root === undefined) throw new Error(`${target.digest} is gone`);
    const { os = "", architecture = "" } = platform;
    seen.push({ id: image, root: target.digest, names, diffIDs, os, architecture });
  }
  return seen;
}
