/** The page of the engine's tests: the engine alone, within reach of what a test evaluates in it. */
import { createEngine } from "../../../web/effect/engine.ts";
import { createLayerPool } from "../../../web/effect/layer-pool.ts";
import type { ArchiveEvent, LayerView, OpenArchive } from "../../../web/model/engine.ts";

/** An archive opened in the page, and what has been told about it. */
export interface Watched {
  readonly archive: OpenArchive;
  readonly events: readonly ArchiveEvent[];
  /** Ends when an event is `wanted`, also one that has been; rejects when the archive fails before that. */
  until(wanted: (event: ArchiveEvent) => boolean): Promise<ArchiveEvent>;
  /** The layers of image 0 as they are by now. */
  layers(): readonly LayerView[];
  /** Ends when the tree of image 0 is complete and all its digests have been checked. */
  settled(): Promise<readonly LayerView[]>;
}

const engine = createEngine({ pool: createLayerPool(2) });

function watch(file: File): Watched {
  const events: ArchiveEvent[] = [];
  const watchers = new Set<() => void>();
  const archive = engine.open(file, file.name, (event) => {
    events.push(event);
    for (const watcher of watchers) watcher();
  });
  const when = <T>(found: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const value = found();
        const failed = events.find((event) => event.type === "failed");
        if (value === undefined && failed === undefined) return;
        watchers.delete(look);
        if (value === undefined) reject(new Error(failed?.error.message));
        else resolve(value);
      };
      watchers.add(look);
      look();
    });
  const layers = (): readonly LayerView[] => {
    let now: LayerView[] = [];
    for (const event of events) {
      if (event.type === "opened") now = [...(event.archive.images[0]?.layers ?? [])];
      if (event.type === "layer" && event.image === 0) now[event.layer.index] = event.layer;
    }
    return now;
  };
  return {
    archive,
    events,
    layers,
    until: (wanted) => when(() => events.find(wanted)),
    settled: () =>
      when(() => {
        const complete = events.some((event) => event.type === "tree" && event.image === 0 && event.complete);
        const now = layers();
        return complete && now.every(({ verification }) => verification !== "pending") ? now : undefined;
      }),
  };
}

/** What tests reach by `window.hold`. */
export interface Handle {
  demo(): Promise<File>;
  watch(file: File): Watched;
  /** Files given to the page's input. */
  files(): File[];
}

window.hold = {
  demo: () => engine.demo(),
  watch,
  files: () => [...(document.querySelector("input")?.files ?? [])],
};
