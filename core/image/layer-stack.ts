import { type ReadOptions, type Source, sourceOf, windowed } from "../bytes/mod.ts";
import { openSeekable } from "../compression/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError, errorFromWire } from "../error.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { BlobReader } from "../store/mod.ts";
import { contentOf, type EntryTable, readTable } from "../tar/mod.ts";
import { type ContentPlace, type LayerScan, scanLayer } from "../tree/mod.ts";

/** Where scans of layers are kept, so that no layer is read twice to be looked at. */
export interface ScanShelf {
  byBlob(digest: Digest): Promise<LayerScan | undefined>;
  put(scan: LayerScan): Promise<void>;
}

/** What opening layers takes. */
export interface OpenLayersOptions extends ReadOptions {
  readonly newHasher: NewHasher;
  readonly shelf?: ScanShelf | undefined;
  /** Told how many stored bytes of a layer have been read, while it is scanned for the first time. */
  readonly onProgress?: ((layer: Descriptor, bytes: number) => void) | undefined;
}

/** A layer that can be looked into. */
export interface OpenLayer {
  readonly descriptor: Descriptor;
  readonly table: EntryTable;
  /** The uncompressed tar; reads of a compressed layer start at the nearest point of its index, and small ones go by windows. */
  readonly tar: Source;
}

/**
 * A layer of a store, opened: from its scan where that is kept, else it is read once, and the scan is kept. A plain layer that nobody
 * scanned is only listed, hopping from header to header.
 * @throws CoreError `store/missing`; what is wrong with the layer, when it is broken: `tar/*`, `compression/*`.
 */
export async function openLayer(
  store: BlobReader,
  descriptor: Descriptor,
  options: OpenLayersOptions,
): Promise<OpenLayer> {
  const { digest } = descriptor;
  const source = await store.blob(descriptor, options);
  if (source === undefined) {
    throw new CoreError("store/missing", `Cannot open layer ${digest}: the store does not have it`, {
      digest,
    });
  }
  const kept = await options.shelf?.byBlob(digest);
  const known = kept !== undefined && (kept.compression === "none" || kept.index !== undefined);
  const scan = known ? kept : await scanned(source, descriptor, options);
  const [problem] = scan.problems;
  if (scan.diffID === undefined && problem !== undefined) throw errorFromWire(problem);
  const tar = scan.index === undefined ? source : openSeekable(source, scan.index);
  return { descriptor, table: scan.table, tar: windowed(tar) };
}

async function scanned(
  source: Source,
  descriptor: Descriptor,
  options: OpenLayersOptions,
): Promise<LayerScan> {
  const { newHasher, signal, onProgress, shelf } = options;
  const scan = await scanLayer(source, {
    newHasher,
    signal,
    onProgress: onProgress && ((bytes) => onProgress(descriptor, bytes)),
  });
  if (scan.diffID !== undefined) await shelf?.put(scan);
  return scan;
}

/** A plain layer of a store that we wrote ourselves, opened by its headers alone. @throws CoreError `store/missing`, `tar/*`. */
export async function openPlainLayer(
  store: BlobReader,
  descriptor: Descriptor,
  options: ReadOptions = {},
): Promise<OpenLayer> {
  const tar = await store.blob(descriptor, options);
  if (tar === undefined) {
    const { digest } = descriptor;
    throw new CoreError("store/missing", `Cannot open layer ${digest}: the store does not have it`, {
      digest,
    });
  }
  return { descriptor, table: await readTable(tar, options), tar: windowed(tar) };
}

/** The content at a place of a tree that was folded from `layers`; empty where there is none. Reads nothing until it is read. */
export function contentAt(layers: readonly OpenLayer[], place: ContentPlace | undefined): Source {
  const layer = place === undefined ? undefined : layers[place.layer];
  if (place === undefined || layer === undefined) return sourceOf(new Uint8Array(0));
  return contentOf(layer.tar, layer.table, place.row);
}
