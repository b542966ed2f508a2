/** The calls between the page and the worker that looks after the kept images. */
import type {
  ConsoleFacts,
  ConsoleOutcome,
  ConsoleQuestion,
  PageFile,
  WantedFile,
} from "../model/console.ts";
import type {
  CheckOutcome,
  LoadEvent,
  LoadOutcome,
  PruneRequest,
  RemovalView,
  RemoveRequest,
  StoreEvent,
  Undoable,
} from "../model/images.ts";
import type { ComposedView, ComposeRequest } from "./composing.ts";
import type { DraftTableCalls } from "./draft-calls.ts";
import type { MakingCalls, MakingPageCalls } from "./making-calls.ts";
import type { LendingCalls } from "./protocol.ts";
import type { RegistryCalls, RegistryPageCalls } from "./registry-calls.ts";

/** What the page asks of the worker; `task` names a piece of work in what is told about it. */
export type ImagesCalls = RegistryCalls &
  MakingCalls &
  DraftTableCalls & {
    /** Begins to tell what is kept. */
    watch(request: undefined): void;
    load(request: {
      readonly task: number;
      readonly file: Blob;
      readonly only?: string | undefined;
    }): LoadOutcome;
    compose(request: ComposeRequest & { readonly task: number }): ComposedView;
    /** Opens a feed of the archive that `compose` gives for the same request. */
    feed(request: ComposeRequest): number;
    next(feed: number): Uint8Array<ArrayBuffer> | undefined;
    cancel(feed: number): void;
    tag(request: { readonly source: string; readonly target: string }): Undoable;
    untag(name: string): Undoable;
    remove(request: RemoveRequest & { readonly preview: boolean }): RemovalView & Undoable;
    prune(request: PruneRequest & { readonly preview: boolean }): RemovalView & Undoable;
    undo(undo: number): boolean;
    check(request: { readonly task: number }): CheckOutcome;
    dropDamaged(digests: readonly string[]): number;
    dropUnfinished(request: undefined): number;
    /** Something that the store does not tell has changed: its persistence. */
    refresh(request: undefined): void;
    /** Runs a command line of the console. */
    console(request: {
      readonly task: number;
      readonly line: string;
      readonly columns: number;
    }): ConsoleOutcome;
    consoleFacts(request: undefined): ConsoleFacts;
    /** A layer worker on lease has died. */
    lost(worker: number): void;
  };

/** What the worker asks of and tells the page. */
export type ImagesPageCalls = LendingCalls &
  RegistryPageCalls &
  MakingPageCalls & {
    state(event: StoreEvent): void;
    loading(request: { readonly task: number; readonly event: LoadEvent }): void;
    progress(request: { readonly task: number; readonly done: number; readonly total: number }): void;
    /** What a command line prints; answered when it has been drawn. */
    consolePrint(request: { readonly task: number; readonly text: string }): void;
    consoleAsk(request: ConsoleQuestion & { readonly task: number }): string | undefined;
    consoleFiles(request: { readonly task: number }): readonly PageFile[];
    consolePick(request: {
      readonly task: number;
      readonly wanted: WantedFile;
    }): readonly PageFile[] | undefined;
    consoleOwn(request: { readonly task: number; readonly words: readonly string[] }): {
      readonly text: string;
      readonly code: number;
    };
  };
