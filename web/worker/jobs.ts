import type { ReadOptions, Source } from "../../core/bytes/mod.ts";
import type { Digest, NewHasher } from "../../core/digest/mod.ts";
import type { Descriptor } from "../../core/oci/mod.ts";
import { type LayerListing, type LayerScan, listLayer, scanLayer } from "../../core/tree/mod.ts";
import type { BrowserStore } from "../store/mod.ts";
import { moveLayerOnce } from "./move-layer.ts";
import { pour } from "./pour.ts";
import { inSmallPieces } from "./small-pieces.ts";

/** What a layer must be that is brought into the store. */
export interface MoveOrder {
  readonly descriptor: Descriptor;
  readonly diffID: Digest | undefined;
}

/** What a job takes beside the layer. */
export interface JobOptions extends ReadOptions {
  readonly newHasher: NewHasher;
  /** Told the bytes taken in so far, about ten times a second; of a `move` also where writing began. */
  readonly onProgress?: ((bytes: number, resumedFrom?: number) => void) | undefined;
  /** For `move`. */
  readonly order?: MoveOrder | undefined;
  /** For `move`: the store of the page. */
  readonly openStore?: (() => Promise<BrowserStore>) | undefined;
}

/** What each job finds. */
interface Findings {
  readonly list: LayerListing;
  readonly scan: LayerScan;
  readonly hash: Digest;
  readonly move: LayerScan;
}

/** A name of {@link JOBS}. */
export type JobName = keyof Findings;

/** What the job of that name finds. */
export type Found<N extends JobName> = Findings[N];

/** The work on one layer, by name: what layer workers do, and the hold itself for what cannot be sent to them. */
export const JOBS: {
  readonly [N in JobName]: (source: Source, options: JobOptions) => Promise<Found<N>>;
} = {
  /** A first look: the table of a plain layer, else only its compression. */
  list: (source, options) => {
    const { signal, onProgress } = options;
    return listLayer(source, { signal, onProgress: seldom(onProgress) });
  },
  /** All that one pass finds out. */
  scan: (source, options) => {
    const { signal, onProgress, newHasher } = options;
    return scanLayer(source, { newHasher, signal, onProgress: seldom(onProgress) });
  },
  /** The digest of the bytes as stored: of a plain layer it is the diff ID too, and once is enough. */
  hash: async (source, options) => {
    const hasher = options.newHasher();
    const tell = seldom(options.onProgress);
    let read = 0;
    await pour(
      source,
      (bytes) => {
        hasher.update(bytes);
        read += bytes.length;
        tell?.(read);
      },
      { signal: options.signal },
    );
    return `sha256:${hasher.hex()}`;
  },
  /** The same as `scan`, the layer being written to the store in the same pass. */
  move: async (source, options) => {
    const { order, openStore, newHasher, signal, onProgress } = options;
    if (order === undefined || openStore === undefined)
      throw new TypeError("a move needs an order and a store");
    const store = await openStore();
    // What comes over a network is asked for again when the tab ends; a file is at hand.
    const to = source instanceof Blob ? store : inSmallPieces(store);
    return moveLayerOnce({ ...order, source, to, newHasher, signal, onBytes: seldom(onProgress) });
  },
};

/** Milliseconds between two reports of one job. */
const REPORT_EVERY_MS = 100;

/** `report`, but not more often than anybody can read. */
function seldom(
  report: ((bytes: number, resumedFrom?: number) => void) | undefined,
): ((bytes: number, resumedFrom?: number) => void) | undefined {
  if (report === undefined) return undefined;
  let last = performance.now();
  return (bytes, resumedFrom) => {
    const now = performance.now();
    if (now - last < REPORT_EVERY_MS) return;
    last = now;
    report(bytes, resumedFrom);
  };
}
