import { type Source, sourceOf } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { type Descriptor, type Platform, parseReference } from "../oci/mod.ts";
import type { BlobReader } from "../store/mod.ts";
import type { TarComposition } from "../tar/mod.ts";
import { createdOf } from "./compose.ts";
import { type ClassicOptions, composeClassic } from "./save-classic.ts";
import { readGraph, type SavedGraph, type SaveItem } from "./save-graph.ts";
import type { SaveLayout } from "./save-layout.ts";
import { composeLayout, type LayoutBlob, type LayoutImage } from "./write.ts";

/** What {@link saveArchive} takes. */
export interface SaveOptions extends ClassicOptions {
  /** Default: `docker`. */
  readonly layout?: SaveLayout | undefined;
  /** One platform of each image. Default: all that are there; of the classic layout, that of the image's own ID. */
  readonly platform?: Platform | undefined;
}

/** An archive ready to be written. */
export interface SavedArchive {
  readonly composition: TarComposition;
  readonly images: readonly {
    /** Digest of the config, which is the image's ID where the archive is loaded. */
    readonly id: Digest;
    readonly root: Descriptor;
    readonly names: readonly string[];
  }[];
  /** What the images lack here and is not saved: other platforms, layers that are to be had elsewhere. */
  readonly left: readonly Descriptor[];
}

/**
 * The archive of these images, composed and not copied: its parts are the blobs of the store as it hands them out, and headers between them. Where
 * those are Blobs, `new Blob(parts)` is the archive; of the classic layout, whose compressed layers are decompressed on reading, see
 * {@link compositionSource}. Blobs shared by images stand in it once; the same images give the same bytes. Reads the documents of the
 * images, for the classic layout also compressed layers of which no scan is kept. {@link SAVE_LAYOUTS} says what each layout keeps and who takes
 * it.
 * @throws CoreError `store/missing` when an image is not there in full, `image/platform`, `digest/mismatch`.
 */
export async function saveArchive(
  store: BlobReader,
  items: readonly SaveItem[],
  options: SaveOptions,
): Promise<SavedArchive> {
  const { layout = "docker", platform, signal } = options;
  const saved: { graph: SavedGraph; names: readonly string[]; parent: Digest | undefined }[] = [];
  for (const item of items) {
    const graph = await readGraph(store, item, { platform, signal });
    const parent = items.some(({ image }) => image === item.parent) ? item.parent : undefined;
    saved.push({ graph, names: item.names, parent });
  }
  return {
    composition:
      layout === "docker-classic" ? await composeClassic(saved, options) : composeStored(saved, layout),
    images: saved.map(({ graph: { id, root }, names }) => ({ id, root, names })),
    left: saved.flatMap(({ graph }) => graph.left),
  };
}

function composeStored(
  saved: readonly { graph: SavedGraph; names: readonly string[]; parent: Digest | undefined }[],
  layout: SaveLayout,
): TarComposition {
  const blobs = new Map<Digest, LayoutBlob>();
  const images = saved.map(({ graph, names, parent }): LayoutImage => {
    const { id, root, manifest, config } = graph;
    const own = new Set([id, ...manifest.layers.map(({ digest }) => digest)]);
    const created = createdOf(config.created);
    for (const [digest, content] of graph.blobs)
      if (!blobs.has(digest)) blobs.set(digest, { content, mtime: own.has(digest) ? created : 0 });
    for (const { digest, data } of [manifest.config, ...manifest.layers])
      if (data !== undefined && !blobs.has(digest)) blobs.set(digest, { content: inline(data), mtime: 0 });
    const layers = manifest.layers.map((descriptor, at) => ({
      diffID: config.diffIDs[at] ?? descriptor.digest,
      descriptor,
    }));
    return { root, names: names.map(parseReference), id, layers, parent };
  });
  return composeLayout({ blobs, images, docker: layout === "docker" });
}

function inline(data: string): Source {
  return sourceOf(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
}
