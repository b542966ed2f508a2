import type { DraftProgress, Drafts, DraftWork, OpenDraft } from "../model/drafts.ts";
import type { ByteFeed } from "../model/engine.ts";
import type { ImagesCalls } from "../worker/images-protocol.ts";
import type { Remote } from "../worker/rpc.ts";
import { holdOf, openHold } from "./hold.ts";
import { blobFeed } from "./making.ts";
import type { Pool } from "./pool.ts";

/** The drafts: their list through the worker that keeps the images, each that is open in a worker of its own. */
export function createDrafts(worker: () => Remote<ImagesCalls>, pool: Pool): Drafts {
  return {
    create: (request) => worker().call("createDraft", request),
    rename: (id, name) => worker().call("renameDraft", { id, name }),
    remove: (ids) => worker().call("removeDrafts", ids),
    open: (id, listen, told) => openDraft(pool, { id, told }, listen),
  };
}

function openDraft(
  pool: Pool,
  { id, told }: { readonly id: string; readonly told: Parameters<Drafts["open"]>[2] },
  listen: Parameters<Drafts["open"]>[1],
): OpenDraft {
  const listeners = new Map<number, (progress: DraftProgress) => void>();
  let tasks = 0;
  const listener = {
    standing: told,
    progress: (task: number, progress: DraftProgress) => listeners.get(task)?.(progress),
  };
  const archive = openHold(pool, { draft: id, listener, name: id.slice(0, 12) }, listen);
  const hold = holdOf(archive);
  /** Numbers a piece of work, and ends the telling of it with it. */
  const during = async <T>({ listen: told }: DraftWork, run: (task: number) => Promise<T>): Promise<T> => {
    const task = tasks++;
    if (told !== undefined) listeners.set(task, told);
    try {
      return await run(task);
    } finally {
      listeners.delete(task);
    }
  };
  return {
    ...archive,
    edit: (edits, work = {}) =>
      during(work, (task) => hold.call("draftEdit", { task, edits }, { signal: work.signal })),
    undo: () => hold.call("draftUndo", undefined),
    redo: () => hold.call("draftRedo", undefined),
    compact: (work = {}) =>
      during(work, (task) => hold.call("draftCompact", { task }, { signal: work.signal })),
    changes: (most) => hold.call("draftChanges", most),
    planCommit: () => hold.call("draftPlan", undefined),
    commit: (request, work = {}) =>
      during(work, (task) => hold.call("draftCommit", { ...request, task }, { signal: work.signal })),
    async exportFiles(signal) {
      const { name, size, blob } = await hold.call("draftExport", undefined, { signal });
      const feed = async (): Promise<ByteFeed> => {
        if (blob !== undefined) return blobFeed(blob);
        const number = await hold.call("draftFeed", undefined, { signal });
        return {
          size,
          next: () => hold.call("next", number),
          cancel: () => void hold.call("cancel", number).catch(() => {}),
        };
      };
      return { name, size, blob, feed, images: [], left: [], problems: [] };
    },
  };
}
