import type { DraftEdit, DraftStanding, DraftStep } from "../../model/drafts.ts";
import type { NodeView } from "../../model/engine.ts";
import { troubleOf } from "../../model/trouble.ts";
import type { Words } from "../../model/words-en.ts";
import type { Desk } from "../desk.ts";
import type { DraftPlace } from "./draft-place.ts";
import type { DraftProps } from "./draft-props.ts";

/** What changes one draft, with words for what came of it. */
export interface DraftWorker {
  /** Makes edits as one change; whether that was done. */
  edit(edits: readonly DraftEdit[], about: EditAbout): Promise<boolean>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  compact(): Promise<void>;
  /** The paths that are selected, or the one under the cursor; those that were deleted are left out. */
  targets(): Promise<readonly NodeView[]>;
  /** Puts the cursor on a path. */
  reveal(path: string): Promise<void>;
  /** Runs something that takes a while, with a way to stop it. */
  during<T>(title: string, work: (signal: AbortSignal, listen: Listen) => Promise<T>): Promise<T | undefined>;
}

type Listen = (progress: { readonly done: number; readonly total: number }) => void;

/** What is said of an edit. */
export interface EditAbout {
  readonly done: string;
  readonly failed: string;
  /** Where the cursor goes. */
  readonly reveal?: string | undefined;
}

/** Paths that are asked about at a time at most: more are hardly selected by hand. */
const MOST_TARGETS = 2000;

/** What was done, in words. */
export function stepText(words: Words["drafts"], { verb, path, from = "" }: DraftStep): string {
  return words.steps[verb](path, from);
}

/** The worker of a draft at its place. */
export function draftWorker(desk: Desk, { draft }: DraftProps, place: DraftPlace): DraftWorker {
  const { handle } = draft;
  const { list } = place;
  const words = () => desk.language.peek().words.drafts;
  const layer = (): number => (draft.standing.peek()?.layers ?? 1) - 1;

  async function during<T>(
    title: string,
    work: (signal: AbortSignal, listen: Listen) => Promise<T>,
  ): Promise<T | undefined> {
    const end = new AbortController();
    const stop = () => end.abort();
    place.busy.value = { done: 0, total: 0, stop };
    try {
      return await work(end.signal, (progress) => {
        place.busy.value = { ...progress, stop };
      });
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === undefined) desk.tell({ title: words().busy.stopped });
      else desk.fail(title, trouble);
      return undefined;
    } finally {
      place.busy.value = undefined;
    }
  }

  async function reveal(path: string): Promise<void> {
    const node = await handle.find(0, path, layer()).catch(() => undefined);
    if (node !== undefined) await list.reveal(node);
  }

  const step = async (
    title: string,
    work: () => Promise<DraftStanding>,
    said: (step: DraftStep) => string,
    of: "last" | "next",
  ): Promise<void> => {
    const which = draft.standing.peek()?.[of];
    if (which === undefined || place.busy.peek() !== undefined) return;
    const done = await during(title, work);
    if (done !== undefined) desk.say(said(which));
  };

  return {
    during,
    reveal,
    async edit(edits, { done, failed, reveal: to }) {
      if (edits.length === 0 || place.busy.peek() !== undefined) return false;
      const made = await during(failed, (signal, listen) => handle.edit(edits, { signal, listen }));
      if (made === undefined) return false;
      place.marked.value = new Set();
      desk.say(done);
      if (to !== undefined) await reveal(to);
      return true;
    },
    undo: () =>
      step(
        words().failedTo.undo,
        () => handle.undo(),
        (what) => words().undone(stepText(words(), what)),
        "last",
      ),
    redo: () =>
      step(
        words().failedTo.redo,
        () => handle.redo(),
        (what) => words().redone(stepText(words(), what)),
        "next",
      ),
    async compact() {
      const done = await during(words().failedTo.compact, (signal, listen) =>
        handle.compact({ signal, listen }),
      );
      if (done !== undefined) desk.tell({ title: words().compacted });
    },
    async targets() {
      const marked = [...place.marked.peek()];
      const selected = list.selected.peek();
      const nodes =
        marked.length > 0 ? marked.slice(0, MOST_TARGETS) : selected === undefined ? [] : [selected];
      const found = await Promise.all(nodes.map((node) => handle.node(0, node, layer())));
      return found.filter(({ row, node }) => !row.removed && node !== 0);
    },
  };
}
