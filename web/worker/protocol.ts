/** The calls between the page, the hold worker of an archive and the layer workers. */
import type { Digest } from "../../core/digest/mod.ts";
import type { LayerListing, LayerScan } from "../../core/tree/mod.ts";
import type {
  ArchiveEvent,
  DocumentKind,
  FileSlice,
  NodeView,
  Row,
  UsageView,
  ViewSpec,
  ViewState,
} from "../model/engine.ts";
import type { LoadEvent, LoadOutcome } from "../model/images.ts";
import type { DraftCalls, DraftPageCalls } from "./draft-calls.ts";
import type { MoveOrder } from "./jobs.ts";
import type { LentSource } from "./lent-source.ts";
import type { AccessState } from "./registry-access.ts";
import type { RemoteRequest } from "./remote-archive.ts";

/** The use of one layer worker, until it is given back. */
export interface Lease {
  /** Which worker it is: the same number means the same worker. */
  readonly worker: number;
  /** One end of a channel to the worker; only on the first lease of this worker to this archive. */
  readonly port?: MessagePort | undefined;
}

/** A file, or a directory with all below it, as of a layer. */
export interface Place {
  readonly image: number;
  readonly node: number;
  readonly layer: number;
}

/** What the page asks the hold worker of an archive. */
export type HoldCalls = DraftCalls & {
  open(request: { readonly file: Blob; readonly name: string }): void;
  openStored(request: { readonly ref: string; readonly platform?: string | undefined }): void;
  /** Opens an image in a registry; its layers are read from there. */
  openRemote(request: { readonly request: RemoteRequest; readonly access: AccessState }): void;
  /** Brings the archive into the store. */
  keep(request: { readonly only?: string | undefined }): LoadOutcome;
  /** From now on this image is what is looked at. */
  look(image: number): void;
  view(spec: ViewSpec): ViewState;
  change(request: { readonly view: number; readonly spec: ViewSpec }): ViewState;
  fold(request: {
    readonly view: number;
    readonly node: number;
    readonly expanded: boolean;
    readonly deep: boolean;
  }): ViewState;
  reveal(request: { readonly view: number; readonly node: number }): ViewState & { readonly row: number };
  rows(request: { readonly view: number; readonly from: number; readonly to: number }): readonly Row[];
  closeView(view: number): void;
  node(request: { readonly image: number; readonly node: number; readonly upTo: number }): NodeView;
  find(request: { readonly image: number; readonly path: string; readonly upTo: number }): number | undefined;
  read(request: { readonly place: Place; readonly from: number; readonly to: number }): FileSlice;
  /** Opens a feed; its number and its size. */
  save(request: { readonly place: Place; readonly format: "file" | "tar" | "zip" }): {
    readonly feed: number;
    readonly size?: number | undefined;
  };
  next(feed: number): Uint8Array<ArrayBuffer> | undefined;
  cancel(feed: number): void;
  usage(image: number): UsageView;
  document(request: {
    readonly image: number;
    readonly kind: DocumentKind;
    readonly raw: boolean;
  }): string | undefined;
  /** A layer worker on lease has died. */
  lost(worker: number): void;
};

/** What whoever has a crew asks of the page. */
export type LendingCalls = {
  lease(priority: number): Lease;
  release(worker: number): void;
};

/** What the hold worker asks of the page. */
export type PageCalls = LendingCalls &
  DraftPageCalls & {
    tell(event: ArchiveEvent): void;
    loading(event: LoadEvent): void;
  };

/** A layer to work on; `job` names it in reports. */
export interface JobRequest {
  readonly job: number;
  readonly source: Blob | LentSource;
  readonly order?: MoveOrder | undefined;
}

/** What the hold worker asks of a layer worker on lease. */
export type LayerCalls = {
  list(request: JobRequest): LayerListing;
  scan(request: JobRequest): LayerScan;
  hash(request: JobRequest): Digest;
  move(request: JobRequest): LayerScan;
  /** Answered when a move that was called off has kept what had arrived. */
  settle(job: number): void;
};

/** What a layer worker tells the hold worker. */
export type CrewCalls = {
  progress(request: {
    readonly job: number;
    readonly bytes: number;
    readonly resumedFrom?: number | undefined;
  }): void;
};
