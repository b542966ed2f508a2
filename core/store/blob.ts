import type { ReadOptions, Source } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";

/** What a blob is asked for by. A descriptor is one as it stands; a local store looks at nothing but the digest. */
export interface BlobRef {
  readonly digest: Digest;
  /** Bytes, where they are known beforehand. */
  readonly size?: number | undefined;
  /** Tells a registry's endpoints apart. */
  readonly mediaType?: string | undefined;
}

/** Where blobs come from: a local store, an archive, a repository. */
export interface BlobReader {
  /** Size in bytes of a blob, `undefined` when it is not there. Moves no bytes of it. */
  stat(ref: BlobRef, options?: ReadOptions): Promise<number | undefined>;
  /** The blob, `undefined` when it is not there. Reads nothing until the source is read. */
  blob(ref: BlobRef, options?: ReadOptions): Promise<Source | undefined>;
}

/** Where blobs go. */
export interface BlobSink {
  /**
   * A writer that goes on where an earlier one of the same digest stopped, or `undefined` when the blob is there already. While another
   * writer of this digest is open, in whatever tab, it waits for that one's end: so do not hold one writer while asking for another.
   * @throws CoreError `store/unverifiable` when the digest's algorithm is not one that can be checked; `store/full`.
   */
  openWriter(ref: BlobRef, options?: ReadOptions): Promise<BlobWriter | undefined>;
  /** Keeps what is pinned on it from {@link sweep} until it is released. For one piece of work that ends in `root` being named. */
  lease(root: Digest): Promise<Lease>;
}

/** One blob on its way in. Must be ended by `commit` or `abort`. */
export interface BlobWriter {
  /** Bytes taken so far, those of earlier writers included: where the next chunk belongs. */
  readonly offset: number;
  /**
   * Takes the next bytes; they may be reused once it settles.
   * @throws CoreError `digest/mismatch` when there are more bytes than the size that was announced: the writer has ended and nothing is
   * kept; `store/full` when there is no room: what had arrived before is kept.
   */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Checks size and digest, then makes the blob visible, in one step. Safe to call once.
   * @throws CoreError `digest/mismatch`: the writer has ended and nothing is kept; `store/full`: what had arrived is kept.
   */
  commit(): Promise<void>;
  /** Gives up for now: nothing becomes visible, what has arrived is kept. Does nothing after the end. */
  abort(): Promise<void>;
}

/** A claim on blobs that no name reaches yet. */
export interface Lease {
  /** Adds blobs, there or not. Pin first, then look whether a blob is there: a sweep in between cannot take it. */
  pin(digests: readonly Digest[]): Promise<void>;
  /** The work is done, its names are set: the pins are gone, and those of earlier broken-off work on the same root as well. */
  release(): Promise<void>;
  /** The work broke off and may be taken up again: the pins stay until {@link LocalStore.expire} finds them too old. */
  suspend(): Promise<void>;
}

/** A blob of a local store. */
export interface BlobStat {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** What has arrived of a blob. */
export interface PartialStat {
  readonly digest: Digest;
  /** Bytes kept. */
  readonly offset: number;
  /** Last time anything arrived, in seconds since the epoch. */
  readonly touchedAt: number;
}

/** A claim as it lies in the store. */
export interface LeaseRecord {
  readonly id: string;
  readonly root: Digest;
  readonly pins: readonly Digest[];
  /** Seconds since the epoch. */
  readonly touchedAt: number;
  /** Somebody works under it right now. */
  readonly live: boolean;
}
