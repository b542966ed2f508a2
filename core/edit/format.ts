import { CoreError } from "../error.ts";
import { storeLayerSource } from "../image/mod.ts";
import { type LayerFormat, layerTypeIn, type MediaFamily, ociLayerType } from "../oci/mod.ts";
import { type DraftLayer, type ImageDraft, isOurs, type LayerChange, withLayers } from "./draft.ts";
import { draftLayer, type EditWork, openDraftLayer, storing } from "./work.ts";

/** How a layer is stored, by its media type; `undefined` when that does not say. */
export function formatOf(mediaType: string): LayerFormat | undefined {
  if (mediaType.endsWith("gzip")) return "gzip";
  if (mediaType.endsWith("zstd")) return "zstd";
  return mediaType.endsWith("tar") ? "" : undefined;
}

/**
 * `draft` with its layers stored in another way: as the compressor of the work does, or plain without one. The layers stay what they are, and so
 * does the image's ID. Layers that are in that form already stay the same blobs, unless `again` is set; those kept elsewhere are left alone.
 * @throws CoreError `edit/image` when a layer does not decompress to its diff ID; `store/*`, and what a broken layer throws.
 */
export async function recompressed(
  draft: ImageDraft,
  work: EditWork,
  { again = false }: { readonly again?: boolean | undefined } = {},
): Promise<ImageDraft> {
  const wanted: LayerFormat = work.compressor?.format ?? "";
  const changes: LayerChange[] = [];
  for (const [index, layer] of draft.layers.entries()) {
    if (!isOurs(layer)) continue;
    if (!again && formatOf(layer.descriptor.mediaType) === wanted) continue;
    const { tar } = await openDraftLayer(layer, index, work);
    const stored = await storeLayerSource(work.store, tar, storing(work, draft.family, index));
    if (stored.diffID !== layer.diffID) throw notWhatItSays(index, layer, stored.diffID);
    changes.push({ from: layer, to: draftLayer(stored) });
  }
  return withLayers(draft, changes);
}

function notWhatItSays(index: number, { diffID, descriptor }: DraftLayer, found: string): CoreError {
  return new CoreError(
    "edit/image",
    `Cannot store layer ${index} again: ${descriptor.digest} decompresses to ${found}, expected ${diffID}`,
    { layer: index, found, expected: diffID },
  );
}

/**
 * `draft` with the media types of the other family. No byte of a layer changes, nor the config, nor the image's ID.
 * @throws CoreError `edit/media-type` when a layer is stored in a way that Docker's types have no name for.
 */
export function withFamily(draft: ImageDraft, family: MediaFamily): ImageDraft {
  const changes = draft.layers.filter(isOurs).map((layer, index): LayerChange => {
    const { descriptor } = layer;
    const format = formatOf(descriptor.mediaType);
    const mediaType = format === undefined ? undefined : layerTypeIn(family, ociLayerType(format));
    if (mediaType === undefined) {
      throw new CoreError(
        "edit/media-type",
        `Cannot give layer ${index} a media type of ${family === "oci" ? "OCI" : "Docker"}: found ${descriptor.mediaType}, expected a plain or gzip layer`,
        { layer: index, found: descriptor.mediaType },
      );
    }
    return { from: layer, to: { ...layer, descriptor: { ...descriptor, mediaType } } };
  });
  return { ...withLayers(draft, changes), family };
}
