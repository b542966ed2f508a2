import type { Digest } from "../digest/mod.ts";
import type { Reference } from "../oci/mod.ts";

/** What Docker says of a layer on its way out, by state. */
export const PUSH_STATES = {
  preparing: "Preparing",
  waiting: "Waiting",
  pushing: "Pushing",
  pushed: "Pushed",
  exists: "Layer already exists",
  mounted: "Mounted from",
} as const;

/** Where a layer is. */
export type PushState = keyof typeof PUSH_STATES;

/** What happens in a push, in the order in which Docker tells it. */
export type PushEvent =
  /** `The push refers to repository [docker.io/x/y]`. */
  | { readonly kind: "repository"; readonly reference: Reference }
  | {
      readonly kind: "layer";
      /** What Docker calls it by: the digest of the uncompressed layer. */
      readonly diffID: Digest;
      /** Of the bytes that are pushed; `undefined` while they are being compressed. */
      readonly digest: Digest | undefined;
      /** From 0 at the base; told from the top. */
      readonly layer: number;
      readonly state: PushState;
      /** Bytes that the registry has. */
      readonly bytes: number;
      readonly total: number;
      /** Repository that it was mounted from. */
      readonly from?: string | undefined;
    }
  /** Only the platform that is here was pushed, not the index that it is one of. */
  | { readonly kind: "single"; readonly platform: string; readonly index: Digest }
  /** `<tag>: digest: sha256:… size: <bytes of the manifest>`. */
  | { readonly kind: "done"; readonly reference: Reference; readonly digest: Digest; readonly size: number };
