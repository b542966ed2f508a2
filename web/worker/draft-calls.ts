/** The calls about drafts: those that the hold worker of an open draft answers, and those of the worker that keeps the images. */
import type {
  CommitPlan,
  CommitRequest,
  DraftChange,
  DraftEdit,
  DraftProgress,
  DraftStanding,
} from "../model/drafts.ts";
import type { Undoable } from "../model/images.ts";

/** What the page asks the hold worker of a draft; `task` names a piece of work in what is told about it. */
export type DraftCalls = {
  openDraft(id: string): void;
  draftEdit(request: { readonly task: number; readonly edits: readonly DraftEdit[] }): DraftStanding;
  draftUndo(request: undefined): DraftStanding;
  draftRedo(request: undefined): DraftStanding;
  draftCompact(request: { readonly task: number }): DraftStanding;
  draftChanges(most: number): readonly DraftChange[];
  draftPlan(request: undefined): CommitPlan;
  draftCommit(request: CommitRequest & { readonly task: number }): string;
  /** The tar as a Blob, or a feed of it where layers have to be inflated on the way. */
  draftExport(request: undefined): {
    readonly name: string;
    readonly size: number;
    readonly blob?: Blob | undefined;
  };
  draftFeed(request: undefined): number;
};

/** What the hold worker of a draft tells the page. */
export type DraftPageCalls = {
  draft(standing: DraftStanding): void;
  drafting(request: { readonly task: number; readonly progress: DraftProgress }): void;
};

/** What the page asks the worker that keeps the images. */
export type DraftTableCalls = {
  createDraft(request: { readonly image: string; readonly name?: string | undefined }): {
    readonly id: string;
    readonly name: string;
  };
  renameDraft(request: { readonly id: string; readonly name: string }): void;
  removeDrafts(ids: readonly string[]): Undoable;
};
