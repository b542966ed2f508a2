import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import type { DockerfileWarning } from "../dockerfile/mod.ts";
import type { LayerCompressor, MadeImage, ScanShelf } from "../image/mod.ts";
import type { Descriptor, Platform, Reference } from "../oci/mod.ts";
import type { LocalStore } from "../store/mod.ts";
import type { BuildContext } from "./context.ts";
import type { BuildLimits } from "./limits.ts";

/** What {@link buildImage} takes. */
export interface BuildOptions extends ReadOptions {
  readonly store: LocalStore;
  readonly newHasher: NewHasher;
  /** Where COPY and ADD take files from; default: nothing. */
  readonly context?: BuildContext | undefined;
  /** Text of the Dockerfile; default: the `file` of the context. */
  readonly dockerfile?: string | undefined;
  /** What the Dockerfile is called; default `Dockerfile`, and where that is missing `dockerfile`. */
  readonly file?: string | undefined;
  /** Values for ARG, by name. */
  readonly args?: ReadonlyMap<string, string> | undefined;
  /** Stage to build, by name or number; default: the last. */
  readonly target?: string | undefined;
  /** Labels of the result, which win over those of the Dockerfile. */
  readonly labels?: ReadonlyMap<string, string> | undefined;
  /** Names that the result gets. */
  readonly tags?: readonly string[] | undefined;
  /** What to build for; default `linux/amd64`. */
  readonly platform?: Platform | undefined;
  /** Where the build is said to run; default `linux/amd64`. */
  readonly buildPlatform?: Platform | undefined;
  /** Further contexts by name, for `COPY --from`. */
  readonly contexts?: ReadonlyMap<string, BuildContext> | undefined;
  /** RUN instructions are left out, and the history says so; else they are an error before anything is built. */
  readonly skipRun?: boolean | undefined;
  /** Layers of earlier builds; default: none. What is in the store already is never written again. */
  readonly cache?: BuildCache | undefined;
  readonly noCache?: boolean | undefined;
  /**
   * Seconds since the epoch: nothing that is made is dated later, so that the same input gives the same image. Default: what `args` have as
   * `SOURCE_DATE_EPOCH`, if they have it.
   */
  readonly sourceDateEpoch?: number | undefined;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** For ADD of URLs; default: they are refused. */
  readonly fetch?: ((url: string, init: { readonly signal?: AbortSignal }) => Promise<Response>) | undefined;
  /** Brings an image that is not in the store there. */
  readonly pull?: ((reference: Reference, platform: Platform) => Promise<void>) | undefined;
  /** Scans of layers that are kept. */
  readonly shelf?: ScanShelf | undefined;
  /** Default: layers are stored plain. */
  readonly compressor?: LayerCompressor | undefined;
  readonly limits?: Partial<BuildLimits> | undefined;
  readonly onProgress?: ((event: BuildEvent) => void) | undefined;
  /** Told of everything doubtful, as it is found: also when the build then fails. */
  readonly onWarning?: ((warning: DockerfileWarning) => void) | undefined;
}

/** One step of a build. */
export interface BuildStep {
  /** Counts the steps of a build from 1. */
  readonly number: number;
  /** As `docker build` shows it: `[stage 2/4] COPY a b`. */
  readonly label: string;
}

/** What a build tells while it runs. */
export type BuildEvent =
  | { readonly kind: "begin"; readonly step: BuildStep }
  | {
      readonly kind: "layer";
      readonly step: BuildStep /** Bytes of the layer. */;
      readonly bytes: number;
      readonly total: number;
    }
  | {
      readonly kind: "done";
      readonly step: BuildStep /** The layer was there already. */;
      readonly cached: boolean;
    }
  | { readonly kind: "skipped"; readonly step: BuildStep }
  | { readonly kind: "written"; readonly id: Digest; readonly names: readonly string[] };

/** A layer that a build made. */
export interface CachedLayer {
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
  /** When it was made: RFC 3339. */
  readonly created: string;
}

/** Layers by what they were made of: the layers below, the instruction and all that it copied. */
export interface BuildCache {
  get(key: string): Promise<CachedLayer | undefined>;
  put(key: string, layer: CachedLayer): Promise<void>;
}

/** What a build has made. */
export interface BuiltImage extends MadeImage {
  readonly configBytes: Uint8Array;
  /** From the base up. */
  readonly layers: readonly Descriptor[];
  readonly warnings: readonly DockerfileWarning[];
}

/** A cache that lasts as long as it is referenced; `most` layers, the oldest go first. */
export function createBuildCache(most = 1000): BuildCache {
  const layers = new Map<string, CachedLayer>();
  return {
    get: async (key) => layers.get(key),
    put: async (key, layer) => {
      layers.delete(key);
      layers.set(key, layer);
      for (const oldest of layers.keys()) {
        if (layers.size <= most) break;
        layers.delete(oldest);
      }
    },
  };
}
