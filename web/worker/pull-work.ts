import { type Digest, newSha256 } from "../../core/digest/mod.ts";
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
import { storingOften } from "./small-pieces.ts";

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

/** Milliseconds that the registry itself is waited for, to say what a tag leads to, before a mirror is asked. */
const ASK_MS = 10_000;

/** Why the registry itself cannot say what a tag leads to, while a mirror may be asked all the same. */
const NO_WORD: ReadonlySet<string> = new Set(["registry/unreachable", "registry/failed", "registry/limited"]);

/**
 * What a tag leads to by the usual way, asked once; `undefined` where nobody answers there. So a mirror cannot move a tag: it only gives the
 * bytes of a digest that the registry names.
 */
function tagWatch(
  access: RegistryAccess,
  signal: AbortSignal,
): (reference: Reference) => Promise<Digest | undefined> {
  const known = new Map<string, Promise<Digest | undefined>>();
  const ask = async (reference: Reference): Promise<Digest | undefined> => {
    try {
      const repository = (await access.registry()).repository(reference);
      const either = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
      return (await repository.resolve(reference.tag ?? "latest", { signal: either })).digest;
    } catch (error) {
      signal.throwIfAborted();
      if (isCoreError(error) && !NO_WORD.has(error.code)) throw error;
      return undefined;
    }
  };
  return (reference) => {
    const name = formatCanonical(reference);
    const asked = known.get(name) ?? ask(reference);
    known.set(name, asked);
    return asked;
  };
}

/**
 * Pulls an image into the store of the page, from the first mirror that has it, else the usual way. Whatever is wrong with a mirror, the next way
 * is tried; what a tag leads to the usual way says, where that answers.
 * @throws CoreError what `pullImage` throws of the usual way; `oci/reference`, `oci/platform`.
 */
export async function pullInto(request: PullRequest, work: PullWork): Promise<PullOutcome> {
  const { access, crew, signal } = work;
  const store = storingOften(work.store);
  const typed = parseReference(request.reference);
  const { allTags = false, allPlatforms = false } = request;
  const reference = allTags ? { domain: typed.domain, path: typed.path } : withDefaultTag(typed);
  const platform = request.platform === undefined ? undefined : parsePlatform(request.platform);
  const watch = new TransferWatch(work.tell);
  const ways = await access.ways(reference.domain);
  const mirrors = ways.length - 1;
  // What a mirror left half-way may be other bytes: the usual way ends with a mismatch then, once.
  const tries = mirrors === 0 ? ways : [...ways, ...ways.slice(-1)];
  const expected = tagWatch(access, signal);
  try {
    for (const [at, way] of tries.entries()) {
      try {
        const pulled = await pullImage(await way(), store, {
          reference,
          allTags,
          allPlatforms,
          platform,
          ...(at < mirrors && { expected }),
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
        if (!isCoreError(error) || error.code.startsWith("store/")) throw error;
        if (at >= mirrors && (at === tries.length - 1 || error.code !== "digest/mismatch")) throw error;
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
