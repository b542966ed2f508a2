import type { ReadOptions, Source } from "../../core/bytes/mod.ts";
import type { Digest, NewHasher } from "../../core/digest/mod.ts";
import { type LayerListing, type LayerScan, listLayer, scanLayer } from "../../core/tree/mod.ts";
import { pour } from "./pour.ts";

/** What a job takes beside the layer. */
export interface JobOptions extends ReadOptions {
  readonly newHasher: NewHasher;
  /** Told the bytes taken in so far, about ten times a second. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** What each job finds. */
interface Findings {
  readonly list: LayerListing;
  readonly scan: LayerScan;
  readonly hash: Digest;
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
};

/** Milliseconds between two reports of one job. */
const REPORT_EVERY_MS = 100;

/** `report`, but not more often than anybody can read. */
function seldom(report: ((bytes: number) => void) | undefined): ((bytes: number) => void) | undefined {
  if (report === undefined) return undefined;
  let last = performance.now();
  return (bytes) => {
    const now = performance.now();
    if (now - last < REPORT_EVERY_MS) return;
    last = now;
    report(bytes);
  };
}
