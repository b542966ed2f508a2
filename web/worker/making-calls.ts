/** The calls about making images between the page and the images worker. */
import type {
  BuildOutcome,
  BuildRequest,
  BuildTelling,
  EditPlan,
  EditProgress,
  EditRequest,
  EditSubject,
  ImportRequest,
  MadeImage,
  Making,
  PlatformChoice,
  StripFound,
} from "../model/making.ts";

/** What the page asks of the worker. */
export type MakingCalls = {
  subject(ref: string): EditSubject;
  lookForStrip(request: { readonly ref: string; readonly paths: readonly string[] }): StripFound;
  planEdit(request: EditRequest & { readonly task: number }): EditPlan;
  keepEdit(request: { readonly plan: number; readonly names: readonly string[] }): MadeImage;
  discardEdit(plan: number): void;
  bases(ref: string): Awaited<ReturnType<Making["bases"]>>;
  platforms(refs: readonly string[]): readonly PlatformChoice[];
  makeIndex(request: Parameters<Making["makeIndex"]>[0]): MadeImage;
  build(request: BuildRequest & { readonly task: number }): BuildOutcome;
  importTar(request: ImportRequest): MadeImage;
  /** The tar, composed over the stored blobs, and how large it is; or a feed of it, where layers have to be inflated on the way. */
  exportFiles(ref: string): {
    readonly name: string;
    readonly size: number;
    readonly blob?: Blob | undefined;
  };
  /** Opens a feed of the same. */
  exportFeed(ref: string): number;
};

/** What the worker tells the page. */
export type MakingPageCalls = {
  editing(request: { readonly task: number; readonly progress: EditProgress }): void;
  building(request: { readonly task: number; readonly telling: BuildTelling }): void;
};
