import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import type { Platform } from "../oci/mod.ts";
import type { CopyProgress, LayerScans, MoveLayer } from "../store/mod.ts";

/** How far loading is: one image after the other, and of each its blobs. */
export interface LoadProgress {
  readonly kind: CopyProgress["kind"];
  /** As of a copy; `reading` while a compressed layer is read of which the archive does not say the digest. */
  readonly state: CopyProgress["state"] | "reading";
  /** Of the stored bytes; `undefined` while it is not known. */
  readonly digest: Digest | undefined;
  /** Of a layer, what it decompresses to: what `docker load` calls it by. */
  readonly diffID: Digest | undefined;
  /** Bytes that are there, or read. */
  readonly bytes: number;
  readonly total: number;
  /** Bytes that were there before: a rate counts from here. */
  readonly resumedFrom: number;
  /** Which of `images` it is, from 0. */
  readonly image: number;
  readonly images: number;
}

/** What {@link loadArchive} takes. */
export interface LoadOptions extends ReadOptions {
  readonly newHasher: NewHasher;
  /** Where scans go, so that no layer is ever read twice. Without, they are dropped. */
  readonly scans?: LayerScans | undefined;
  /** Brings one layer over and scans it; the page has its workers do it. Default: {@link moveLayer}. */
  readonly moveLayer?: MoveLayer | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Which of its images a name of several platforms means. Default: linux/amd64, else the first. */
  readonly platform?: Platform | undefined;
  /** `--platform`: only images of this platform are loaded. */
  readonly only?: Platform | undefined;
  /** Layers under way at once. */
  readonly concurrency?: number | undefined;
}
