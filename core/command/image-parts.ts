import type { ReadOptions } from "../bytes/mod.ts";
import { type ImageParts, readConfig, referencesOf } from "../image/mod.ts";
import { formatFamiliar, type Reference } from "../oci/mod.ts";
import type { BlobReader, ImageRecord, TableSnapshot } from "../store/mod.ts";
import { refused } from "./failure.ts";

/** An image of a store with its config. @throws CoreError `command/failed` when its config is gone or damaged. */
export async function partsOf(
  store: BlobReader,
  table: TableSnapshot,
  record: ImageRecord,
  options: ReadOptions = {},
): Promise<ImageParts & { readonly digests: readonly string[] }> {
  const config = await readConfig(store, record.id, { signal: options.signal });
  if (config === undefined)
    throw refused(`the config of image ${record.id} is missing or damaged: check the store`);
  const references = referencesOf(table, record.id);
  const familiar = (wanted: (reference: Reference) => boolean): string[] =>
    references.filter(wanted).map(formatFamiliar);
  return {
    id: record.id,
    tags: familiar(({ digest }) => digest === undefined),
    digests: familiar(({ digest }) => digest !== undefined),
    parent: record.parent,
    platform: config.platform,
    config,
    layers: config.diffIDs.map((diffID) => ({ diffID })),
  };
}

/** The images that an image was built on, as far as they are there: enough of them to be followed. */
export function parentsOf(table: TableSnapshot, record: ImageRecord): ImageParts[] {
  const chain: ImageParts[] = [];
  const seen = new Set([record.id]);
  for (let id = record.parent; id !== undefined && !seen.has(id); ) {
    seen.add(id);
    const parent = table.images.get(id);
    if (parent === undefined) break;
    chain.push({ ...parent, tags: [], platform: undefined, config: undefined, layers: [] });
    id = parent.parent;
  }
  return chain;
}
