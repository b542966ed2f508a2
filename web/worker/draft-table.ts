import { createContainer, removeContainers, renameContainer } from "../../core/container/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import type { ContainerRecord, LocalStore } from "../../core/store/mod.ts";
import type { Undoable } from "../model/images.ts";
import type { StoredDraft } from "../model/stored-draft.ts";
import type { BrowserStore } from "../store/mod.ts";
import type { DraftTableCalls } from "./draft-calls.ts";
import type { Edit } from "./edits.ts";
import type { Answers } from "./rpc.ts";

/** What {@link draftTableAnswers} works with. */
export interface DraftTableOptions {
  readonly openStore: () => Promise<BrowserStore>;
  /** Changes the table in a way that can be taken back. */
  readonly edit: <T>(work: (store: LocalStore) => Promise<T>) => Promise<Edit<T>>;
  readonly undoable: (edit: Edit<unknown>) => Undoable;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** What answers the page's calls about the list of drafts. */
export function draftTableAnswers(options: DraftTableOptions): Answers<DraftTableCalls> {
  const { openStore, edit, undoable, now } = options;
  const context = (store: LocalStore) => ({ store, newHasher: newSha256, now });
  return {
    async createDraft({ image, name }) {
      const store = await openStore();
      const record = await createContainer(
        { ...context(store), shelf: store.scans },
        { image, name, random: (bytes) => void crypto.getRandomValues(bytes), idle: true },
      );
      return { id: record.id, name: record.name };
    },
    async renameDraft({ id, name }) {
      await renameContainer(context(await openStore()), { from: id, to: name });
    },
    async removeDrafts(ids) {
      return undoable(await edit((store) => removeContainers(context(store), ids)));
    },
  };
}

/** A container as the page lists it. */
export function draftView(record: ContainerRecord): StoredDraft {
  const { id, name, image, imageName, created, drafts, undone } = record;
  return {
    id,
    name,
    image,
    imageName,
    created,
    changes: drafts.length,
    bytes: [...drafts, ...undone].reduce((sum, { layer }) => sum + layer.size, 0),
  };
}
