import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import type { BlobReader, BlobSink, BlobStat, LeaseRecord, PartialStat } from "./blob.ts";
import type { ImageTable } from "./table.ts";

/** Everything that a place for images on this machine can do. Its rules are in RULES.md; `test/contract/store.ts` holds it to them. */
export interface LocalStore extends BlobReader, BlobSink {
  readonly table: ImageTable;
  /** The visible blobs, sorted by digest. */
  list(options?: ReadOptions): Promise<readonly BlobStat[]>;
  /** Bytes kept of a blob that is not complete; 0 when there are none. */
  partial(digest: Digest): Promise<number>;
  /** The unfinished blobs, sorted by digest. */
  partials(): Promise<readonly PartialStat[]>;
  /** Drops what is kept of an unfinished blob; `false` when a writer is open on it right now, or there is nothing. */
  discard(digest: Digest): Promise<boolean>;
  /**
   * Removes blobs in one step; those that are pinned stay. With `version`, only if the table is still of that version; `undefined`
   * when it is not. `pinned: true` takes pinned ones too: for damaged blobs, which are of use to nobody.
   */
  remove(
    digests: readonly Digest[],
    conditions?: { readonly version?: number | undefined; readonly pinned?: boolean | undefined },
  ): Promise<readonly BlobStat[] | undefined>;
  /** Claims, live and broken off. */
  leases(): Promise<readonly LeaseRecord[]>;
  /** Drops unfinished blobs and broken-off claims that nobody touched since `before` (seconds since the epoch); gives the bytes freed. */
  expire(before: number): Promise<number>;
}
