import { newSha256 } from "../../core/digest/mod.ts";
import { isCoreError } from "../../core/error.ts";
import {
  familiarName,
  formatCanonical,
  formatFamiliar,
  parsePlatform,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../../core/oci/mod.ts";
import { PULL_STATES, type PullEvent, type PulledImage, pullImage } from "../../core/registry/mod.ts";
import type { MoveLayer } from "../../core/store/mod.ts";
import type { PullOutcome, PullRequest, TransferEvent } from "../model/registries.ts";
import type { BrowserStore } from "../store/mod.ts";
import type { Crew } from "./crew.ts";
import { TransferWatch } from "./parts-watch.ts";
import type { RegistryAccess } from "./registry-access.ts";

/** What a pull works with. */
export interface PullWork {
  readonly store: BrowserStore;
  readonly access: RegistryAccess;
  /** Who takes the layers apart. */
  readonly crew: Crew;
  readonly tell: (event: TransferEvent) => void;
  readonly signal: AbortSignal;
}

/** Behind all that is asked about archives that are looked at. */
const PRIORITY = 9;

/** Layers under way at once. */
const CONCURRENCY = 4;

/** Brings layers over by a crew: the bytes are handed on to workers of their own as they come. */
export function movedBy(crew: Crew): MoveLayer {
  return ({ descriptor, diffID, source, onBytes, signal }) =>
    crew.run({
      name: "move",
      source,
      order: { descriptor, diffID },
      signal,
      priority: () => PRIORITY,
      onProgress: (bytes, resumedFrom = 0) => onBytes?.(bytes, resumedFrom),
    });
}

/** Failures of one way to a registry that another way may not have. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  "registry/unreachable",
  "registry/failed",
  "registry/limited",
  "registry/missing",
  "registry/unauthorized",
  "registry/denied",
  "registry/answer",
]);

/**
 * Pulls an image into the store of the page, from the first mirror that has it, else the usual way.
 * @throws CoreError what `pullImage` throws of the usual way; `oci/reference`, `oci/platform`.
 */
export async function pullInto(request: PullRequest, work: PullWork): Promise<PullOutcome> {
  const { store, access, crew, signal } = work;
  const typed = parseReference(request.reference);
  const { allTags = false, allPlatforms = false } = request;
  const reference = allTags ? { domain: typed.domain, path: typed.path } : withDefaultTag(typed);
  const platform = request.platform === undefined ? undefined : parsePlatform(request.platform);
  const watch = new TransferWatch(work.tell);
  const ways = await access.ways(reference.domain);
  try {
    for (const [at, way] of ways.entries()) {
      try {
        const pulled = await pullImage(await way(), store, {
          reference,
          allTags,
          allPlatforms,
          platform,
          newHasher: newSha256,
          scans: store.scans,
          concurrency: CONCURRENCY,
          signal,
          moveLayer: movedBy(crew),
          onEvent: (event) => tellOf(watch, event),
        });
        return outcomeOf(reference, pulled);
      } catch (error) {
        signal.throwIfAborted();
        const last = at === ways.length - 1;
        if (last || !isCoreError(error) || !ELSEWHERE.has(error.code)) throw error;
      }
    }
    throw new TypeError("there is always a usual way");
  } finally {
    watch.flush();
  }
}

function tellOf(watch: TransferWatch, event: PullEvent): void {
  if (event.kind === "image") return watch.image(formatFamiliar(event.reference), event.digest);
  if (event.kind === "done") return watch.flush();
  const { digest, layer, state, bytes, total, resumedFrom, seconds } = event;
  const text = seconds === undefined ? PULL_STATES[state] : `Retrying in ${seconds} s`;
  const settled = state === "complete" || state === "exists";
  watch.part({ digest, layer, state: text, settled, bytes, total, resumedFrom });
}

function outcomeOf(reference: Reference, pulled: readonly PulledImage[]): PullOutcome {
  const newer = pulled.some((image) => image.newer);
  const name =
    reference.tag === undefined && reference.digest === undefined
      ? familiarName(reference)
      : formatFamiliar(reference);
  return {
    lines: [
      ...pulled.map(({ digest }) => `Digest: ${digest}`),
      `Status: ${newer ? "Downloaded newer image" : "Image is up to date"} for ${name}`,
      formatCanonical(reference),
    ],
    images: pulled.map((image) => ({
      id: image.id,
      name: formatFamiliar(image.reference),
      digest: image.digest,
      newer: image.newer,
    })),
    moved: pulled.reduce((sum, { moved }) => sum + moved, 0),
    present: pulled.reduce((sum, { present }) => sum + present, 0),
  };
}
