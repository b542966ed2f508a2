/**
 * Drafts: containers that are edited in the page. What the page asks of the workers, and what it is told. Everything here is plain,
 * structured-cloneable data, but for the functions of {@link Drafts} and {@link OpenDraft} themselves. Docker's commands in the console work on
 * the same containers, and so do all tabs of the origin.
 */
import type { ContainerEdit } from "../../core/container/mod.ts";
import type { ArchiveEvent, NodeType, OpenArchive } from "./engine.ts";
import type { SavedImages, Undoable } from "./images.ts";

/** One thing to do to the files of a draft: an edit of a container, its content a blob. */
export type DraftEdit =
  | Exclude<ContainerEdit, { readonly kind: "file" }>
  | (Omit<Extract<ContainerEdit, { readonly kind: "file" }>, "content"> & { readonly content: Blob });

/** A finished change. */
export interface DraftStep {
  readonly verb: "put" | "copy" | "remove" | "move" | "mode" | "owner" | "squash";
  readonly path: string;
  /** Where a move came from. */
  readonly from?: string | undefined;
  /** Bytes that it takes. */
  readonly bytes: number;
}

/** How a draft stands. */
export interface DraftStanding {
  /** Grows whenever its files have changed. */
  readonly revision: number;
  readonly name: string;
  readonly imageName: string;
  /** Layers of its tree; the changes are those from `since` on. */
  readonly layers: number;
  readonly since: number;
  readonly steps: number;
  /** What undo takes back, and what redo makes again. */
  readonly last?: DraftStep | undefined;
  readonly next?: DraftStep | undefined;
  /** Paths added, changed, deleted, as `docker diff` counts them. */
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Bytes of the files that were added or changed. */
  readonly bytes: number;
  /** It was removed, here or elsewhere. */
  readonly gone: boolean;
}

/** One line of `docker diff`. */
export interface DraftChange {
  readonly kind: "A" | "C" | "D";
  readonly path: string;
  readonly node: number;
  readonly type: NodeType;
  /** Bytes of the file, or of the one that was deleted. */
  readonly size: number;
  /** A directory that is told because something below it changed. */
  readonly above: boolean;
}

/** How far a change is, in bytes of the files that it stores. */
export interface DraftProgress {
  readonly done: number;
  readonly total: number;
}

/** What a change takes beside itself. */
export interface DraftWork {
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((progress: DraftProgress) => void) | undefined;
}

/** What a commit would make. */
export interface CommitPlan {
  /** Entries of the new layer, whiteouts among them; 0: there will be none. */
  readonly entries: number;
  /** Bytes of its tar. */
  readonly bytes: number;
  /** How the container would be started: what a commit takes over. */
  readonly settings: DraftSettings;
}

/** What {@link CommitPlan.settings} says. */
export interface DraftSettings {
  readonly cmd: readonly string[];
  readonly entrypoint: readonly string[];
  readonly env: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: readonly (readonly [name: string, value: string])[];
}

/** What to commit. */
export interface CommitRequest {
  /** Familiar names; none for an image without one. */
  readonly names: readonly string[];
  readonly message?: string | undefined;
  readonly author?: string | undefined;
  /** Dockerfile instructions. */
  readonly changes: readonly string[];
}

/** An open draft: its files as an archive of one image, the draft as it stands. All calls reject with a CoreError, or with the signal's reason. */
export interface OpenDraft extends OpenArchive {
  /** Makes edits as one change: all or none. Stopped, or ended with the tab, nothing of it is there. */
  edit(edits: readonly DraftEdit[], work?: DraftWork): Promise<DraftStanding>;
  undo(): Promise<DraftStanding>;
  redo(): Promise<DraftStanding>;
  /** Makes one change of all: what was changed twice takes room once, and can no longer be taken back in steps. */
  compact(work?: DraftWork): Promise<DraftStanding>;
  /** The first `most` lines of `docker diff`. */
  changes(most: number): Promise<readonly DraftChange[]>;
  planCommit(): Promise<CommitPlan>;
  /** `docker commit`; gives the ID of the image. */
  commit(request: CommitRequest, work?: DraftWork): Promise<string>;
  /** `docker export`. */
  exportFiles(signal?: AbortSignal): Promise<SavedImages>;
}

/** The drafts of the page. They are listed with the images: `StoredImages.drafts`. */
export interface Drafts {
  /** `docker create`. */
  create(request: {
    readonly image: string;
    readonly name?: string | undefined;
  }): Promise<{ readonly id: string; readonly name: string }>;
  /** `docker rename`. */
  rename(id: string, name: string): Promise<void>;
  /** `docker rm`; `images.undo` takes it back. */
  remove(ids: readonly string[]): Promise<Undoable>;
  /** Opens a draft; `told` is told how it stands, now and after every change by whoever. */
  open(id: string, listen: (event: ArchiveEvent) => void, told: (standing: DraftStanding) => void): OpenDraft;
}
