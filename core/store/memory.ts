import type { ReadOptions, Source } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import type { BlobRef, BlobStat, BlobWriter, Lease, LeaseRecord, PartialStat } from "./blob.ts";
import type { LocalStore } from "./store.ts";
import { changedTable, EMPTY_TABLE, type ImageTable, type TableChange, type TableSnapshot } from "./table.ts";
import { Turns } from "./turns.ts";
import { blobVerifier, byDigest, verifiedWriter } from "./writer.ts";

/** What {@link createMemoryStore} takes. */
export interface MemoryStoreOptions {
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly newHasher?: NewHasher | undefined;
}

/** A store that lasts as long as it is referenced. Holds all bytes in memory, as Blobs, which a browser may move to its disk. */
export function createMemoryStore(options: MemoryStoreOptions): LocalStore {
  return new MemoryStore(options);
}

interface Unfinished {
  chunks: Uint8Array<ArrayBuffer>[];
  offset: number;
  touchedAt: number;
}

class MemoryStore implements LocalStore {
  readonly table: ImageTable = {
    snapshot: async () => this.#table,
    change: async (c, w) => this.#change(c, w),
  };
  readonly #options: MemoryStoreOptions;
  readonly #blobs = new Map<Digest, Blob>();
  readonly #partials = new Map<Digest, Unfinished>();
  readonly #leases = new Map<string, { root: Digest; pins: Set<Digest>; touchedAt: number; live: boolean }>();
  readonly #turns = new Turns();
  #table: TableSnapshot = EMPTY_TABLE;
  #leaseCount = 0;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
  }

  async stat(ref: BlobRef, options: ReadOptions = {}): Promise<number | undefined> {
    options.signal?.throwIfAborted();
    return this.#blobs.get(ref.digest)?.size;
  }

  async blob(ref: BlobRef, options: ReadOptions = {}): Promise<Source | undefined> {
    options.signal?.throwIfAborted();
    return this.#blobs.get(ref.digest);
  }

  async list(options: ReadOptions = {}): Promise<readonly BlobStat[]> {
    options.signal?.throwIfAborted();
    return [...this.#blobs].map(([digest, { size }]) => ({ digest, size })).sort(byDigest);
  }

  async openWriter(ref: BlobRef, options: ReadOptions = {}): Promise<BlobWriter | undefined> {
    const { digest, size } = ref;
    const verifier = blobVerifier(ref, this.#options.newHasher);
    const giveBack = await this.#turns.take(digest, options.signal);
    if (this.#blobs.has(digest)) {
      giveBack();
      return undefined;
    }
    const kept = this.#partials.get(digest);
    const partial: Unfinished =
      kept !== undefined && kept.offset <= (size ?? kept.offset)
        ? kept
        : { chunks: [], offset: 0, touchedAt: 0 };
    for (const chunk of partial.chunks) verifier.push(chunk);
    const medium = {
      keep: async (chunk: Uint8Array) => {
        partial.chunks.push(chunk.slice());
        partial.offset += chunk.length;
        partial.touchedAt = this.#options.now();
        this.#partials.set(digest, partial);
      },
      settle: async () => {},
      publish: async () => {
        this.#partials.delete(digest);
        this.#blobs.set(digest, new Blob(partial.chunks));
      },
      drop: async () => void this.#partials.delete(digest),
      close: giveBack,
    };
    return verifiedWriter({ verifier, offset: partial.offset, medium });
  }

  async partial(digest: Digest): Promise<number> {
    return this.#partials.get(digest)?.offset ?? 0;
  }

  async partials(): Promise<readonly PartialStat[]> {
    return [...this.#partials]
      .map(([digest, { offset, touchedAt }]) => ({ digest, offset, touchedAt }))
      .sort(byDigest);
  }

  async discard(digest: Digest): Promise<boolean> {
    return this.#turns.free(digest) && this.#partials.delete(digest);
  }

  async remove(
    digests: readonly Digest[],
    conditions: { readonly version?: number | undefined; readonly pinned?: boolean | undefined } = {},
  ): Promise<readonly BlobStat[] | undefined> {
    if (conditions.version !== undefined && conditions.version !== this.#table.version) return undefined;
    const pinned = new Set([...this.#leases.values()].flatMap(({ pins }) => [...pins]));
    const removed: BlobStat[] = [];
    for (const digest of new Set(digests)) {
      const blob = this.#blobs.get(digest);
      if (blob === undefined || (pinned.has(digest) && conditions.pinned !== true)) continue;
      this.#blobs.delete(digest);
      removed.push({ digest, size: blob.size });
    }
    return removed.sort(byDigest);
  }

  async lease(root: Digest): Promise<Lease> {
    const id = String(++this.#leaseCount);
    const record = { root, pins: new Set([root]), touchedAt: this.#options.now(), live: true };
    this.#leases.set(id, record);
    return {
      pin: async (digests) => {
        if (!record.live) throw new TypeError("Cannot pin on a lease that has ended");
        for (const digest of digests) record.pins.add(digest);
        record.touchedAt = this.#options.now();
      },
      release: async () => {
        record.live = false;
        this.#leases.delete(id);
        for (const [other, { root: same, live }] of this.#leases)
          if (same === root && !live) this.#leases.delete(other);
      },
      suspend: async () => {
        record.live = false;
      },
    };
  }

  async leases(): Promise<readonly LeaseRecord[]> {
    return [...this.#leases].map(([id, record]) => ({ id, ...record, pins: [...record.pins].sort() }));
  }

  async expire(before: number): Promise<number> {
    let freed = 0;
    for (const [digest, { offset, touchedAt }] of this.#partials)
      if (touchedAt < before && (await this.discard(digest))) freed += offset;
    for (const [id, { live, touchedAt }] of this.#leases)
      if (!live && touchedAt < before) this.#leases.delete(id);
    return freed;
  }

  #change(
    changes: readonly TableChange[],
    conditions: { readonly version?: number | undefined } = {},
  ): boolean {
    if (conditions.version !== undefined && conditions.version !== this.#table.version) return false;
    this.#table = changedTable(this.#table, structuredClone(changes));
    return true;
  }
}
