import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { BlobReader, TableSnapshot } from "../store/mod.ts";
import { type ImageConfigs, readConfig } from "./facts.ts";

/** Something that was made of an image and lives as long as it wants: a container. */
export interface ImageUser {
  readonly id: string;
  readonly image: Digest;
  /** What its content hangs on: kept, whether the image is or not. */
  readonly target: Descriptor;
  /** Layers of the image. */
  readonly diffIDs: readonly Digest[];
  /** Whether somebody works in it right now. */
  readonly running: boolean;
}

/** The containers of a table, as users of their images. Of an image whose config is gone the layers are not known. */
export async function containerUsers(
  store: BlobReader,
  table: TableSnapshot,
  options: ReadOptions & { readonly known?: ImageConfigs | undefined } = {},
): Promise<ImageUser[]> {
  const layers = new Map<Digest, readonly Digest[]>();
  for (const { image } of table.containers.values()) {
    if (layers.has(image)) continue;
    const config = options.known?.get(image) ?? (await readConfig(store, image, options));
    layers.set(image, config?.diffIDs ?? []);
  }
  return [...table.containers.values()].map(({ id, image, target }) => ({
    id,
    image,
    target,
    diffIDs: layers.get(image) ?? [],
    running: false,
  }));
}
