import type { Digest } from "../digest/mod.ts";
import type { Reference } from "../oci/mod.ts";

/** What Docker says of a layer on its way, by state. */
export const PULL_STATES = {
  queued: "Pulling fs layer",
  waiting: "Waiting",
  downloading: "Downloading",
  retrying: "Retrying",
  verifying: "Verifying Checksum",
  downloaded: "Download complete",
  extracting: "Extracting",
  complete: "Pull complete",
  exists: "Already exists",
} as const;

/** Where a layer is. */
export type PullState = keyof typeof PULL_STATES;

/** What happens in a pull, in the order in which Docker tells it. */
export type PullEvent =
  /** One image begins: `<tag>: Pulling from <path>`. With `--all-tags` one after the other. */
  | { readonly kind: "image"; readonly reference: Reference; readonly digest: Digest }
  | PullLayerEvent
  /** The image is there: `Digest: …`. */
  | { readonly kind: "done"; readonly reference: Reference; readonly digest: Digest };

/** How far one layer is. */
export interface PullLayerEvent {
  readonly kind: "layer";
  /** Of the bytes as stored. */
  readonly digest: Digest;
  readonly diffID: Digest;
  /** From 0 at the base, in its own image. */
  readonly layer: number;
  readonly state: PullState;
  /** Bytes that are there. */
  readonly bytes: number;
  readonly total: number;
  /** Bytes that were there before: a rate counts from here. */
  readonly resumedFrom: number;
  /** While retrying: seconds until then. */
  readonly seconds?: number | undefined;
}
