import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ArchiveEvent } from "../../model/engine.ts";
import type { Images, StoredImage, Undoable } from "../../model/images.ts";
import { type KeptState, nextKept, OPENING_KEPT } from "../../model/kept.ts";
import { troubleOf } from "../../model/trouble.ts";
import { recall, remember } from "../../platform/memory.ts";
import type { DeskHost } from "../desk-host.ts";
import { type Opened, openWith } from "../opened.ts";

/** The kept images as the page has them in hand. */
export interface Shelf {
  readonly images: Images;
  readonly state: ReadonlySignal<KeptState>;
  /** Whether there are any, as far as is known: until the store has answered, whether there were some last time. */
  readonly any: ReadonlySignal<boolean>;
  /** Those that are open. */
  readonly opened: ReadonlySignal<readonly Opened[]>;
  /** Keys of the rows selected in the list. */
  readonly selected: Signal<ReadonlySet<string>>;
  /** The kept image with an ID. */
  find(id: string): StoredImage | undefined;
  /** Opens a kept image if it is not open. */
  open(id: string): void;
  close(archive: Opened): void;
  /** Waits for a change of names and offers to take it back; failures are shown under `title`. */
  change<T extends Undoable>(
    title: string,
    work: Promise<T>,
    done: (result: T) => ChangeNotice,
  ): Promise<T | undefined>;
}

/** What a change came to, in words. */
export interface ChangeNotice {
  readonly title: string;
  readonly text?: string | undefined;
}

/** What a shelf needs of the desk it belongs to. */
export type ShelfHost = Pick<DeskHost, "language" | "route" | "say" | "fail" | "tell">;

/** Kept images held open at a time: each has a worker of its own. */
const OPEN_LIMIT = 3;

/** The shelf over `images`; `arrived` is told of events of those that are open. */
export function createShelf(
  images: Images,
  host: ShelfHost,
  arrived: (archive: Opened, events: readonly ArchiveEvent[]) => void,
): Shelf {
  const state = signal<KeptState>(OPENING_KEPT);
  const opened = signal<readonly Opened[]>([]);
  const before = Number(recall("kept") ?? "0") > 0;
  images.watch((event) => {
    state.value = nextKept(state.peek(), event);
    if (event.type === "state") remember("kept", String(event.images.length));
  });

  function close(archive: Opened): void {
    opened.value = opened.peek().filter((entry) => entry !== archive);
    archive.handle.close();
  }

  return {
    images,
    state,
    opened,
    selected: signal<ReadonlySet<string>>(new Set()),
    any: computed(() => {
      const { phase, images: kept } = state.value;
      return phase === "opening" ? before : kept.length > 0;
    }),
    find: (id) => state.value.images.find((image) => image.id === id),
    open(id) {
      const held = opened.peek();
      const there = held.find((archive) => archive.key === id);
      if (there !== undefined) {
        // The one used last stands last.
        if (held.at(-1) !== there) opened.value = [...held.filter((entry) => entry !== there), there];
        return;
      }
      const image = state.peek().images.find((entry) => entry.id === id);
      const about = { key: id, name: image?.tags[0] ?? id, size: image?.storedSize ?? 0, kept: true };
      const archive = openWith((listen) => images.open(id, {}, listen), about, arrived);
      batch(() => {
        opened.value = [...held, archive];
        const [oldest] = opened.peek();
        if (opened.peek().length > OPEN_LIMIT && oldest !== undefined) close(oldest);
      });
    },
    close,
    async change(title, work, done) {
      try {
        const result = await work;
        const { undo, undoMs } = result;
        const { words } = host.language.peek();
        const takeBack = async () => {
          if (undo === undefined) return;
          try {
            const back = await images.undo(undo);
            host.tell({ title: back ? words.kept.remove.undone : words.kept.remove.late });
          } catch (error) {
            const trouble = troubleOf(error);
            if (trouble !== undefined) host.fail(words.kept.remove.undo, trouble);
          }
        };
        host.tell({
          ...done(result),
          forMs: undoMs,
          ...(undo !== undefined && {
            action: { label: words.kept.remove.undo, run: () => void takeBack(), undo: true },
          }),
        });
        return result;
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble !== undefined) host.fail(title, trouble);
        return undefined;
      }
    },
  };
}
