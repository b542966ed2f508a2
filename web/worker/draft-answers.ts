import { compositionSource } from "../../core/tar/mod.ts";
import type { ArchiveEvent } from "../model/engine.ts";
import type { BrowserStore } from "../store/mod.ts";
import { composedBlob } from "./composed-blob.ts";
import type { DraftCalls, DraftPageCalls } from "./draft-calls.ts";
import type { DraftHold } from "./draft-hold.ts";
import { chunksOf, Feed } from "./feed.ts";
import type { Hold } from "./hold.ts";
import type { Answers, Remote } from "./rpc.ts";

/** What {@link draftAnswers} works with. */
export interface DraftAnswersOptions {
  readonly hold: Hold;
  readonly page: Remote<DraftPageCalls>;
  readonly openStore: () => Promise<BrowserStore>;
  readonly tell: (event: ArchiveEvent) => void;
  /** Takes a feed and gives its number. */
  readonly feeds: (feed: Feed) => number;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** What answers the page's calls about the draft that a hold worker has open. */
export function draftAnswers(options: DraftAnswersOptions): Answers<DraftCalls> {
  const { hold, page, openStore, tell, feeds, now } = options;
  let opening: Promise<DraftHold> | undefined;
  const open = (): Promise<DraftHold> => {
    if (opening === undefined) throw new RangeError("no draft is open");
    return opening;
  };
  const work = (task: number, signal: AbortSignal) => ({
    signal,
    tell: (progress: { readonly done: number; readonly total: number }): void =>
      void page.call("drafting", { task, progress }).catch(() => {}),
  });
  return {
    async openDraft(id, signal) {
      const start = async (): Promise<DraftHold> => {
        // Whoever only looks does not wait for what edits.
        const [{ DraftHold }, store] = await Promise.all([import("./draft-hold.ts"), openStore()]);
        const told = (standing: Parameters<DraftPageCalls["draft"]>[0]): void =>
          void page.call("draft", standing).catch(() => {});
        return DraftHold.open(id, { store, hold, now, tell, told }, signal);
      };
      opening = start();
      await opening;
    },
    draftEdit: async ({ task, edits }, signal) => (await open()).edit(edits, work(task, signal)),
    draftUndo: async (_, signal) => (await open()).undo(signal),
    draftRedo: async (_, signal) => (await open()).redo(signal),
    draftCompact: async ({ task }, signal) => (await open()).compact(work(task, signal)),
    draftChanges: async (most) => (await open()).changes(most),
    draftPlan: async () => (await open()).plan(),
    draftCommit: async ({ task, ...request }, signal) => (await open()).commit(request, work(task, signal)),
    async draftExport() {
      const { name, composition } = await (await open()).export();
      return { name: `${name}.tar`, size: composition.size, blob: await composedBlob(composition) };
    },
    async draftFeed() {
      const { composition } = await (await open()).export();
      return feeds(new Feed(chunksOf(compositionSource(composition).stream())));
    },
  };
}
