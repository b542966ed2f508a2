/**
 * Making images in the page: edits of one image, builds, imports. What the page asks of the worker that keeps the images, and what it is told.
 * Everything here is plain, structured-cloneable data, but for the functions of {@link Making} themselves.
 */
import type { SettingsChange } from "../../core/edit/mod.ts";
import type { SavedImages } from "./images.ts";

/** Names that get a value, and names that go. */
export interface NamedChange {
  readonly set?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly unset?: readonly string[] | undefined;
}

/** What to change about how an image is run: the core's own, but for what the page writes as text or lists. */
export interface SettingsEdit extends Omit<SettingsChange, "env" | "labels" | "platform"> {
  readonly env?: NamedChange | undefined;
  readonly labels?: NamedChange | undefined;
  /** `linux/arm64/v8`. */
  readonly platform?: string | undefined;
}

/** One edit; layers count from 0 at the base, as they are after the edits before. */
export type ImageEdit =
  | { readonly kind: "settings"; readonly change: SettingsEdit }
  | { readonly kind: "annotations"; readonly change: NamedChange }
  /** One more layer, of a tar. */
  | { readonly kind: "append"; readonly tar: Blob; readonly createdBy?: string | undefined }
  /** One more layer, of files: absolute paths in the image. */
  | {
      readonly kind: "append-files";
      readonly files: readonly NewFile[];
      readonly createdBy?: string | undefined;
    }
  | { readonly kind: "remove-layer"; readonly layer: number }
  /** Back to what the image was with this layer as its last. */
  | { readonly kind: "roll-back"; readonly layer: number }
  /** Paths (`*`, `?`, `**`) go from every layer, as if they had never been there. */
  | { readonly kind: "strip"; readonly paths: readonly string[] }
  /** Several layers become one; without ends all of them. */
  | { readonly kind: "squash"; readonly from?: number | undefined; readonly to?: number | undefined }
  /** From one base to another, both by name or ID. */
  | { readonly kind: "rebase"; readonly from: string; readonly to: string }
  /** All layers are stored as the request says. */
  | { readonly kind: "recompress"; readonly again?: boolean | undefined }
  | { readonly kind: "media-types"; readonly family: "oci" | "docker" };

/** A file to put into a layer or a build context. */
export interface NewFile {
  readonly path: string;
  /** Permission bits. */
  readonly mode?: number | undefined;
  /** Seconds since the epoch. Default: that of the content where it is a File, else now. */
  readonly mtime?: number | undefined;
  readonly content: Blob;
}

/** What to do to an image. */
export interface EditRequest {
  /** Name or ID of a kept image. */
  readonly ref: string;
  readonly edits: readonly ImageEdit[];
  /** How layers are stored that are made. Default: `gzip`. */
  readonly compression?: "gzip" | "none" | undefined;
}

/** A layer before or after. */
export interface EditedLayer {
  /** Digest of the bytes as stored. */
  readonly digest: string;
  readonly diffID: string;
  readonly mediaType: string;
  readonly size: number;
}

/** An image before or after. */
export interface EditedFacts {
  readonly id: string;
  /** Of the manifest. */
  readonly digest: string;
  readonly layers: readonly EditedLayer[];
  /** Bytes of the layers as stored. */
  readonly layerBytes: number;
}

/** One layer of an image that is to be edited. */
export interface SubjectLayer extends EditedLayer {
  /** The instruction that made it, as the history has it. */
  readonly createdBy?: string | undefined;
}

/** How an image is run and what it says of itself. Absent is not said. */
export interface SubjectSettings {
  /** `K=V`. */
  readonly env: readonly string[];
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly cmd?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly shell?: readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly workingDir?: string | undefined;
  readonly stopSignal?: string | undefined;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly platform: string;
  readonly author?: string | undefined;
}

/** An image as its editing begins. */
export interface EditSubject {
  readonly id: string;
  /** Of the manifest. */
  readonly digest: string;
  readonly tags: readonly string[];
  readonly family: "oci" | "docker";
  readonly settings: SubjectSettings;
  readonly annotations: readonly (readonly [name: string, value: string])[];
  readonly layers: readonly SubjectLayer[];
  /** Platforms under the same name; more than one and the edit is of one of them. */
  readonly platforms: readonly string[];
}

/** What a strip would find. */
export interface StripFound {
  readonly entries: number;
  readonly bytes: number;
  readonly layers: readonly number[];
  /** Absolute paths that would go, the first of them. */
  readonly paths: readonly string[];
  /** Absolute paths that would keep the content of a file that goes, being hard links to it. */
  readonly remaining: readonly string[];
}

/** What an edit has made: it can be looked at, and is nobody's until it is kept. */
export interface EditPlan {
  /** What to give to {@link Making.keepEdit} or {@link Making.discardEdit}. */
  readonly plan: number;
  readonly before: EditedFacts;
  readonly after: EditedFacts;
  /** Layers that the image did not have before. */
  readonly fresh: readonly EditedLayer[];
  /** Bytes that a registry would be sent that has the image as it was. */
  readonly freshBytes: number;
  readonly strippedEntries: number;
  readonly strippedBytes: number;
  /** Absolute paths that still have the content of a stripped file, being other names of it. */
  readonly remaining: readonly string[];
}

/** How far an edit is. */
export interface EditProgress {
  readonly stage: "reading" | "writing";
  readonly layer: number;
  readonly bytes: number;
  readonly total: number;
}

/** An image that was made. */
export interface MadeImage {
  readonly id: string;
  /** Familiar names. */
  readonly tags: readonly string[];
}

/** One platform of an image. */
export interface PlatformChoice {
  readonly platform: string;
  /** Of its manifest. */
  readonly digest: string;
  readonly id: string;
  /** Name or ID that it was found under. */
  readonly ref: string;
}

/** What to build. */
export interface BuildRequest {
  /** Text of the Dockerfile; default: the one of the context. */
  readonly dockerfile?: string | undefined;
  /** What it is called in the context. */
  readonly file?: string | undefined;
  /** Where COPY and ADD take files from: files by their paths, or a tar of them. */
  readonly context: { readonly files: readonly NewFile[] } | { readonly tar: Blob };
  readonly args?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly labels?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly target?: string | undefined;
  readonly tags: readonly string[];
  readonly platform?: string | undefined;
  /** RUN is left out, and the history says so. */
  readonly skipRun?: boolean | undefined;
  readonly noCache?: boolean | undefined;
  /** Seconds since the epoch: nothing is dated later. */
  readonly sourceDateEpoch?: number | undefined;
  readonly compression?: "gzip" | "none" | undefined;
}

/** What is told of a build, in order. */
export type BuildTelling =
  | {
      readonly type: "step";
      /** From 1. */
      readonly number: number;
      readonly label: string;
      readonly state: "running" | "done" | "cached" | "skipped";
      readonly bytes?: number | undefined;
      readonly total?: number | undefined;
    }
  | {
      readonly type: "warning";
      readonly rule: string;
      readonly message: string;
      /** Line of the Dockerfile, from 1. */
      readonly line?: number | undefined;
    }
  /** An image that the Dockerfile begins with is not here and is being pulled. */
  | { readonly type: "pulling"; readonly name: string };

/** What came of a build. */
export interface BuildOutcome extends MadeImage {
  readonly layers: number;
  readonly warnings: number;
}

/** What to import. */
export interface ImportRequest {
  /** A tar of a file system, in whatever compression. */
  readonly tar: Blob;
  readonly tags: readonly string[];
  readonly message?: string | undefined;
  /** Dockerfile instructions for the config. */
  readonly changes?: readonly string[] | undefined;
  readonly platform?: string | undefined;
}

/**
 * What makes images; one per page. All calls reject with a CoreError (`edit/*`, `build/*` and `dockerfile/*` with the lines in their detail, `store/full`),
 * or with the signal's reason.
 */
export interface Making {
  /** What there is to be edited of a kept image. */
  subject(ref: string, signal?: AbortSignal): Promise<EditSubject>;
  /** What a strip of these paths would find, by the file tables that are kept: no layer is read that was read before. */
  lookForStrip(ref: string, paths: readonly string[], signal?: AbortSignal): Promise<StripFound>;
  /** Makes edits and shows what they come to. Nothing has changed until it is kept; a plan that is neither kept nor discarded goes with the page. */
  planEdit(
    request: EditRequest,
    options?: {
      readonly listen?: ((progress: EditProgress) => void) | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<EditPlan>;
  keepEdit(plan: number, names: readonly string[]): Promise<MadeImage>;
  discardEdit(plan: number): Promise<void>;
  /** Kept images that this one is built on, the nearest first. */
  bases(
    ref: string,
  ): Promise<readonly { readonly id: string; readonly tags: readonly string[]; readonly layers: number }[]>;
  /** The images under these names, each of one platform. */
  platforms(refs: readonly string[]): Promise<readonly PlatformChoice[]>;
  /** Makes one image for several platforms of these, by the digests of their manifests. */
  makeIndex(request: {
    readonly refs: readonly string[];
    readonly digests: readonly string[];
    readonly names: readonly string[];
  }): Promise<MadeImage>;
  build(
    request: BuildRequest,
    options?: {
      readonly listen?: ((telling: BuildTelling) => void) | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<BuildOutcome>;
  import(request: ImportRequest, signal?: AbortSignal): Promise<MadeImage>;
  /** The flattened file system of an image as a tar. */
  exportFiles(ref: string, signal?: AbortSignal): Promise<SavedImages>;
}
