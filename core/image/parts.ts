import type { Digest } from "../digest/mod.ts";
import type { ImageConfig, Platform } from "../oci/mod.ts";

/** What looking at an image takes: an image of an archive is one, as is one of a store. */
export interface ImageParts {
  /** Digest of the config's bytes; `undefined` when the config is missing. */
  readonly id: Digest | undefined;
  /** Names, as written where the image comes from. */
  readonly tags: readonly string[];
  readonly parent?: Digest | undefined;
  readonly platform: Platform | undefined;
  readonly config: ImageConfig | undefined;
  /** From the base up. */
  readonly layers: readonly LayerPart[];
}

/** What is known of a layer without reading it. */
export interface LayerPart {
  readonly diffID: Digest | undefined;
}
