import { newSha256 } from "../../core/digest/mod.ts";
import { mergedMembers, openLayer, readStoredImage, resolveImage } from "../../core/image/mod.ts";
import { composeTar, encodeGoHeader, type TarComposition } from "../../core/tar/mod.ts";
import { foldLayers } from "../../core/tree/mod.ts";
import type { BrowserStore } from "../store/mod.ts";

/** The flattened file system of a kept image as a tar: composed, nothing is read but headers of layers that were never scanned. */
export async function exportedFiles(
  store: BrowserStore,
  ref: string,
  signal: AbortSignal,
): Promise<TarComposition> {
  const { image, target } = resolveImage(await store.table.snapshot(), ref);
  const how = { newHasher: newSha256, signal };
  const stored = await readStoredImage(store, { id: image.id, target }, how);
  const layers = [];
  for (const layer of stored.manifest.layers)
    layers.push(await openLayer(store, layer, { ...how, shelf: store.scans }));
  const tree = foldLayers(layers.map(({ table }) => table));
  const members = layers.length === 0 ? [] : mergedMembers({ tree, layers, upTo: layers.length - 1 });
  return composeTar(members, { encode: encodeGoHeader });
}
