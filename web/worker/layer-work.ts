import { CoreError } from "../../core/error.ts";
import type { Crew, Job } from "./crew.ts";
import type { JobName } from "./jobs.ts";
import { wireOf } from "./rpc.ts";
import type { StoredLayer } from "./stored-layer.ts";

/** What {@link workOn} tells and asks. */
export interface Foreman {
  readonly crew: Crew;
  /** How urgent a layer is by now: 0 for the image that is looked at, 1 for one that was, 2 for the rest. */
  urgency(stored: StoredLayer): number;
  /** Facts of a layer have changed; `progress` when it is only the number of bytes read. */
  changed(stored: StoredLayer, progress: boolean): void;
}

/** Jobs in order of urgency among layers of equal urgency: what shows files comes before what checks digests. */
const STAGES: readonly JobName[] = ["list", "scan", "hash"];

/** Number of job priorities for one urgency. */
export const PRIORITIES = STAGES.length;

/**
 * Finds out all about a layer: a plain one is listed at once and hashed later; any other is scanned in one pass; a plain one whose tar
 * is broken is scanned too, since a scan keeps what stands before the break. Never rejects: a layer that cannot be read is a fact about it.
 */
export async function workOn(stored: StoredLayer, foreman: Foreman): Promise<void> {
  const { source } = stored;
  if (source === undefined || !stored.checking) return;
  const job = <N extends JobName>(name: N): Job<N> => ({
    name,
    source,
    priority: () => foreman.urgency(stored) * PRIORITIES + STAGES.indexOf(name),
    onStart() {
      if (stored.state !== "listed") stored.state = "reading";
      stored.readBytes = 0;
      foreman.changed(stored, true);
    },
    onProgress(bytes) {
      stored.readBytes = bytes;
      foreman.changed(stored, true);
    },
  });
  try {
    const listing = await foreman.crew.run(job("list")).catch((error: unknown) => {
      if (error instanceof CoreError && !error.code.startsWith("worker/")) return undefined;
      throw error;
    });
    if (listing !== undefined) stored.listed(listing);
    if (stored.table === undefined) {
      stored.scanned(await foreman.crew.run(job("scan")));
    } else {
      foreman.changed(stored, false);
      stored.hashed(await foreman.crew.run(job("hash")));
    }
  } catch (error) {
    stored.end("failed", wireOf(error));
  }
  foreman.changed(stored, false);
}
