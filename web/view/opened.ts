import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { type ArchiveState, nextState, openingState } from "../model/archive.ts";
import type { DraftStanding, OpenDraft } from "../model/drafts.ts";
import type { ArchiveEvent, OpenArchive } from "../model/engine.ts";
import type { RemoteKey } from "../model/remote-key.ts";

/** An archive, or a kept image, that is open. */
export interface Opened {
  /** Unique among what is open; stands in the address. Of a kept image its ID. */
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** Whether it is a kept image and not a file. */
  readonly kept: boolean;
  /** Of a draft: its ID, what changes it, and how it stands once it is open. */
  readonly draft?:
    | {
        readonly id: string;
        readonly handle: OpenDraft;
        readonly standing: ReadonlySignal<DraftStanding | undefined>;
      }
    | undefined;
  /** Of an image in a registry: which. */
  readonly remote?: RemoteKey | undefined;
  readonly handle: OpenArchive;
  readonly state: ReadonlySignal<ArchiveState>;
}

/** Between two drawings of how far a reading has come. */
const PROGRESS_MS = 100;

/** Opens by `start` what `about` says, and keeps its state; `arrived` is told what was taken into the state, within the same batch. */
export function openWith(
  start: (listen: (event: ArchiveEvent) => void) => OpenArchive,
  about: Pick<Opened, "key" | "name" | "size" | "kept" | "remote">,
  arrived: (archive: Opened, events: readonly ArchiveEvent[]) => void,
): Opened {
  const state = signal(openingState(about.size));
  let waiting: ArchiveEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let prompt = false;
  const flush = () => {
    timer = undefined;
    prompt = false;
    const events = waiting;
    waiting = [];
    batch(() => {
      state.value = events.reduce(nextState, state.value);
      arrived(archive, events);
    });
  };
  const handle = start((event) => {
    waiting.push(event);
    const progress = event.type === "opening" || event.type === "layer";
    // Progress comes in bursts from several workers; ten times a second is as often as it is worth drawing.
    if (progress) timer ??= setTimeout(flush, PROGRESS_MS);
    else if (timer === undefined || !prompt) {
      clearTimeout(timer);
      prompt = true;
      timer = setTimeout(flush, 0);
    }
  });
  const archive: Opened = { ...about, handle, state };
  return archive;
}
