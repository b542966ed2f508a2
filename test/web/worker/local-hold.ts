import { newSha256 } from "../../../core/digest/mod.ts";
import type { ArchiveEvent, ArchiveView, LayerView } from "../../../web/model/engine.ts";
import { holdAnswers } from "../../../web/worker/answers.ts";
import type { Crew, Job } from "../../../web/worker/crew.ts";
import { Hold } from "../../../web/worker/hold.ts";
import { type Found, JOBS, type JobName } from "../../../web/worker/jobs.ts";
import type { HoldCalls } from "../../../web/worker/protocol.ts";
import { type Answers, answer, connect, type Remote, wireOf } from "../../../web/worker/rpc.ts";

/** An archive held open in this thread, its calls going over a real channel. */
export interface LocalHold {
  readonly call: Remote<HoldCalls>["call"];
  readonly events: readonly ArchiveEvent[];
  /** Ends when an event fulfils `wanted`, also one that has been. */
  until<E extends ArchiveEvent>(wanted: (event: ArchiveEvent) => event is E): Promise<E>;
  /** Ends when image `image` has all its files and no digest is pending; gives its layers. */
  settled(image?: number): Promise<readonly LayerView[]>;
  /** Names of the jobs done, with their priorities, in order. */
  readonly jobs: readonly string[];
  close(): void;
}

/** Does each job at once, where it stands. */
function localCrew(jobs: string[]): Crew {
  return {
    async run<N extends JobName>(job: Job<N>): Promise<Found<N>> {
      jobs.push(`${job.name} ${job.priority()}`);
      job.onStart?.();
      return JOBS[job.name](job.source, {
        newHasher: newSha256,
        onProgress: (bytes) => job.onProgress?.(bytes),
      });
    },
    hurry() {},
  };
}

/** Opens `file` as the page would. */
export function openLocally(file: Blob, name = "test.tar"): LocalHold {
  const events: ArchiveEvent[] = [];
  const watchers = new Set<() => void>();
  const jobs: string[] = [];
  const crew = localCrew(jobs);
  const tell = (event: ArchiveEvent): void => {
    events.push(event);
    for (const watcher of watchers) watcher();
  };
  const hold = new Hold({ crew, newHasher: newSha256, tell });
  const { port1, port2 } = new MessageChannel();
  const answers: Answers<HoldCalls> = holdAnswers(hold, {
    crew,
    lost: () => {},
    loading: () => {},
    tell,
    drafts: connect(port2),
    now: () => 0,
    openStore: () => Promise.reject(new Error("there is no store here")),
  });
  answer<HoldCalls>(port2, answers);
  const remote = connect<HoldCalls>(port1);
  remote.call("open", { file, name }).catch((error) => tell({ type: "failed", error: wireOf(error) }));

  const when = <T>(found: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const watcher = (): void => {
        const value = found();
        if (value === undefined) return;
        watchers.delete(watcher);
        resolve(value);
      };
      watchers.add(watcher);
      watcher();
    });

  return {
    call: (name, request, options) => remote.call(name, request, options),
    events,
    jobs,
    until: (wanted) => when(() => events.find(wanted)),
    settled: (image = 0) =>
      when(() => {
        const layers = layersOf(events, image);
        const complete = events.some(
          (event) => event.type === "tree" && event.image === image && event.complete,
        );
        const told = layers?.every((layer) => layer.verification !== "pending" && (layer.added ?? -1) >= 0);
        return complete && told ? layers : undefined;
      }),
    close() {
      port1.close();
      port2.close();
    },
  };
}

/** The layers of an image as the events so far tell. */
function layersOf(events: readonly ArchiveEvent[], image: number): readonly LayerView[] | undefined {
  let layers: LayerView[] | undefined;
  for (const event of events) {
    if (event.type === "opened") layers = [...(event.archive.images[image]?.layers ?? [])];
    if (event.type === "layer" && event.image === image) layers![event.layer.index] = event.layer;
  }
  return layers;
}

/** The opened archive. */
export async function openedView(hold: LocalHold): Promise<ArchiveView> {
  return (await hold.until((event) => event.type === "opened")).archive;
}
