import {
  type Archive,
  type ArchiveLayer,
  type LoadProgress,
  loadArchive,
  openArchive,
} from "../../core/archive/mod.ts";
import { type NewHasher, newSha256 } from "../../core/digest/mod.ts";
import { CoreError, isCoreError } from "../../core/error.ts";
import { formatFamiliar, parsePlatform, parseReference } from "../../core/oci/mod.ts";
import type { LoadEvent, LoadOutcome, LoadPart } from "../model/images.ts";
import type { BrowserStore } from "../store/mod.ts";
import type { Crew } from "./crew.ts";
import { digestedArchive } from "./digested-archive.ts";

/** What a load works with. */
export interface LoadWork {
  readonly store: BrowserStore;
  readonly crew: Crew;
  readonly tell: (event: LoadEvent) => void;
  readonly signal: AbortSignal;
  readonly only?: string | undefined;
  readonly newHasher?: NewHasher | undefined;
}

/** Behind all that is asked about archives that are looked at. */
const PRIORITY = 9;

/** Layers that are asked for at once: as many as a pool can have workers, which are what keeps them apart. */
const CONCURRENCY = 6;

/** Milliseconds in which changes are gathered before they are told. */
const TELL_EVERY_MS = 100;

/** Opens an archive and brings it into the store. @throws CoreError what `openArchive` and `loadArchive` throw. */
export async function loadFile(file: Blob, work: LoadWork): Promise<LoadOutcome> {
  const { signal, tell, newHasher = newSha256 } = work;
  tell({ type: "opening", done: 0, total: file.size });
  let told = performance.now();
  const archive = await openArchive(file, {
    newHasher,
    signal,
    onProgress({ stage, done, total }) {
      if (stage !== "reading" || performance.now() - told < TELL_EVERY_MS) return;
      told = performance.now();
      tell({ type: "opening", done, total });
    },
  });
  return loadOpened(archive, work);
}

/**
 * Brings an opened archive into the store, layers in the crew's workers, which write what they read.
 * @throws CoreError what `loadArchive` throws; `store/full` says in its detail what the whole load still needs, and what is kept of it.
 */
export async function loadOpened(archive: Archive, work: LoadWork): Promise<LoadOutcome> {
  const { store, crew, signal, newHasher = newSha256 } = work;
  const parts = new PartsWatch(work.tell);
  try {
    const digested = await digestedArchive(archive, {
      crew,
      signal,
      priority: () => PRIORITY,
      onProgress: (layer, bytes) => parts.reading(layer, bytes),
    });
    const result = await loadArchive(digested, store, {
      newHasher,
      signal,
      scans: store.scans,
      concurrency: CONCURRENCY,
      ...(work.only === undefined ? {} : { only: parsePlatform(work.only) }),
      onProgress: (progress) => parts.note(progress),
      moveLayer: ({ descriptor, diffID, source, onBytes, signal: stop }) =>
        crew.run({
          name: "move",
          source,
          order: { descriptor, diffID },
          signal: stop,
          priority: () => PRIORITY,
          onProgress: (bytes, resumedFrom = 0) => onBytes?.(bytes, resumedFrom),
        }),
    });
    return {
      lines: result.lines,
      images: result.images.map(({ id, names }) => ({
        id,
        tags: names.map((name) => formatFamiliar(parseReference(name))),
      })),
      moved: result.moved,
      present: result.present,
      left: result.left.map(({ digest }) => digest),
      problems: archive.problems,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (isCoreError(error, "store/full")) throw parts.full(error);
    throw error;
  } finally {
    parts.end();
  }
}

/** Gathers what changes and tells it now and then. */
class PartsWatch {
  readonly #tell: (event: LoadEvent) => void;
  readonly #parts = new Map<string, LoadPart>();
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #image = 0;
  #images = 0;

  constructor(tell: (event: LoadEvent) => void) {
    this.#tell = tell;
  }

  note(progress: LoadProgress): void {
    const { image, images, kind, digest, diffID, bytes, total, resumedFrom } = progress;
    if (image !== this.#image) this.#flush();
    this.#image = image;
    this.#images = images;
    const key = `${image}/${kind === "layer" ? (diffID ?? digest ?? "") : (digest ?? "")}`;
    const state = STATES[progress.state];
    this.#parts.set(key, { key, kind, state, digest, diffID, bytes, total, resumedFrom });
    this.#changed.add(key);
    this.#timer ??= setTimeout(() => this.#flush(), TELL_EVERY_MS);
  }

  /** A layer is read for its digest, before it is known which image comes first. */
  reading({ diffID, digest, size: total }: ArchiveLayer, bytes: number): void {
    const [image, images] = [0, Math.max(1, this.#images)];
    this.note({
      kind: "layer",
      state: "reading",
      digest,
      diffID,
      bytes,
      total,
      resumedFrom: 0,
      image,
      images,
    });
  }

  /** `error`, with the bytes of this image that are still to come and those that are there. */
  full(error: CoreError): CoreError {
    let [needed, kept] = [0, 0];
    for (const { bytes, total, state } of this.#parts.values()) {
      if (state === "left") continue;
      const there = state === "reading" || state === "waiting" ? 0 : bytes;
      needed += Math.max(0, total - there);
      kept += there;
    }
    const { free } = error.detail;
    const missing = Math.max(0, needed - (typeof free === "number" ? free : 0));
    return new CoreError(
      "store/full",
      error.message,
      { ...error.detail, needed, missing, kept },
      {
        cause: error.cause,
      },
    );
  }

  end(): void {
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#changed.size === 0) return;
    const parts = [...this.#changed].flatMap((key) => this.#parts.get(key) ?? []);
    this.#changed.clear();
    this.#tell({ type: "parts", image: this.#image, images: this.#images, parts });
  }
}

const STATES: { readonly [S in LoadProgress["state"]]: LoadPart["state"] } = {
  waiting: "waiting",
  reading: "reading",
  copying: "storing",
  done: "stored",
  present: "present",
  left: "left",
};
