import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { DraftStanding, Drafts, OpenDraft } from "../../model/drafts.ts";
import type { ArchiveEvent } from "../../model/engine.ts";
import { draftKey } from "../../model/kept.ts";
import type { StoredDraft } from "../../model/stored-draft.ts";
import { troubleOf } from "../../model/trouble.ts";
import type { DropPlace } from "../../platform/drop.ts";
import type { DeskHost } from "../desk-host.ts";
import type { Shelf } from "../kept/shelf.ts";
import { type Opened, openWith } from "../opened.ts";

/** The drafts as the page has them in hand. */
export interface DraftShelf {
  readonly calls: Drafts;
  /** Those that are open. */
  readonly opened: ReadonlySignal<readonly Opened[]>;
  /** The draft with an ID. */
  find(id: string): StoredDraft | undefined;
  /** Opens a draft if it is not open. */
  open(id: string): void;
  close(archive: Opened): void;
  /** Makes a draft of an image and goes there. */
  create(image: string): Promise<void>;
  /** Removes drafts; that can be taken back for a while. */
  remove(ids: readonly string[]): Promise<void>;
  /** Hands over what was dropped, where it lies on a draft that takes it. */
  drop(place: DropPlace): boolean;
  /** From now on `take` is given what is dropped; `undefined` when nobody takes it any more. */
  receive(take: ((place: DropPlace) => boolean) | undefined): void;
}

/** What the shelf needs of the desk. */
interface ShelfHost extends DeskHost {
  readonly kept: Shelf;
  readonly arrived: (archive: Opened, events: readonly ArchiveEvent[]) => void;
}

/** Drafts held open at a time: each has a worker of its own. */
const OPEN_LIMIT = 2;

/** The shelf of the drafts that `calls` keeps. */
export function createDraftShelf(calls: Drafts, host: ShelfHost): DraftShelf {
  const { kept } = host;
  const opened = signal<readonly Opened[]>([]);
  let receiver: ((place: DropPlace) => boolean) | undefined;
  const find = (id: string): StoredDraft | undefined =>
    kept.state.value.drafts.find((draft) => draft.id === id);

  function close(archive: Opened): void {
    opened.value = opened.peek().filter((entry) => entry !== archive);
    archive.handle.close();
  }

  function start(id: string): Opened {
    const standing = signal<DraftStanding | undefined>(undefined);
    const named = kept.state.peek().drafts.find((draft) => draft.id === id);
    let handle: OpenDraft | undefined;
    const about = { key: draftKey(id), name: named?.name ?? id.slice(0, 12), size: 0, kept: false };
    const archive = openWith(
      (listen) => {
        handle = calls.open(id, listen, (told) => {
          standing.value = told;
        });
        return handle;
      },
      about,
      host.arrived,
    );
    return handle === undefined ? archive : { ...archive, draft: { id, handle, standing } };
  }

  return {
    calls,
    opened,
    find,
    close,
    open(id) {
      const key = draftKey(id);
      const held = opened.peek();
      const there = held.find((archive) => archive.key === key);
      if (there !== undefined) {
        if (held.at(-1) !== there) opened.value = [...held.filter((entry) => entry !== there), there];
        return;
      }
      const archive = start(id);
      batch(() => {
        opened.value = [...held, archive];
        const [oldest] = opened.peek();
        if (opened.peek().length > OPEN_LIMIT && oldest !== undefined) close(oldest);
      });
    },
    async create(image) {
      const { words } = host.language.peek();
      try {
        const { id, name } = await calls.create({ image });
        host.go({ archive: draftKey(id), image: 0, tab: "files" });
        host.say(words.drafts.created(name));
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble !== undefined) host.fail(words.drafts.failed, trouble);
      }
    },
    async remove(ids) {
      const { words, format } = host.language.peek();
      const going = ids.flatMap((id) => kept.state.peek().drafts.find((draft) => draft.id === id) ?? []);
      const changes = going.reduce((sum, draft) => sum + draft.changes, 0);
      await kept.change(words.drafts.remove, calls.remove(ids), () => ({
        title: words.drafts.removed(going.map(({ name }) => name).join(", ")),
        text: words.drafts.removedText(format, changes),
      }));
      const shown = host.route.peek()?.archive;
      if (ids.some((id) => draftKey(id) === shown)) host.go(undefined, { replace: true });
    },
    drop: (place) => receiver?.(place) ?? false,
    receive(take) {
      receiver = take;
    },
  };
}
