import { pump, type ReadOptions, type Source } from "../../core/bytes/mod.ts";
import type { Digest, NewHasher, Verifier } from "../../core/digest/mod.ts";
import {
  type BlobRef,
  type BlobStat,
  type BlobWriter,
  blobVerifier,
  type LocalStore,
  type PartialStat,
  verifiedWriter,
} from "../../core/store/mod.ts";
import type { Database } from "./database.ts";
import type { Locks } from "./locks.ts";
import type { News } from "./news.ts";
import { dropPartial, pieceMedium, runRange } from "./pieces.ts";
import type { PartialRecord } from "./schema.ts";

/** What the parts of the store share. */
export interface StoreParts {
  readonly database: Database;
  readonly locks: Locks;
  readonly news: News;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly newHasher: NewHasher | undefined;
  readonly pieceBytes: number;
}

/** How a blob is written. */
export interface WriteOptions extends ReadOptions {
  /**
   * Bytes from which a piece is stored twenty times a second, and not only when it is full: where less than usual may be lost with the tab.
   */
  readonly leastPiece?: number | undefined;
}

/** The half of a local store that is about blobs. */
export type BlobHalf = Pick<
  LocalStore,
  "stat" | "blob" | "list" | "partial" | "partials" | "discard" | "remove"
> & { openWriter(ref: BlobRef, options?: WriteOptions): Promise<BlobWriter | undefined> };

const lockName = (digest: Digest): string => `blob/${digest}`;

/** Blobs in the database. */
export function blobHalf(parts: StoreParts): BlobHalf {
  const { database, locks, news } = parts;
  return {
    async stat({ digest }: BlobRef, options: ReadOptions = {}): Promise<number | undefined> {
      options.signal?.throwIfAborted();
      const what = `look up ${digest}`;
      const record = await database.run("readonly", ["blobs"], { what }, (t) =>
        t.objectStore("blobs").get(digest),
      );
      options.signal?.throwIfAborted();
      return record?.size;
    },

    async blob({ digest }: BlobRef, options: ReadOptions = {}): Promise<Source | undefined> {
      options.signal?.throwIfAborted();
      const pieces = await database.run(
        "readonly",
        ["blobs", "pieces"],
        { what: `open ${digest}` },
        async (t) => {
          const record = await t.objectStore("blobs").get(digest);
          return record && (await t.objectStore("pieces").getAll(runRange(record.run)));
        },
      );
      options.signal?.throwIfAborted();
      return pieces && new Blob(pieces);
    },

    async list(options: ReadOptions = {}): Promise<readonly BlobStat[]> {
      options.signal?.throwIfAborted();
      const records = await database.run("readonly", ["blobs"], { what: "list the blobs" }, (t) =>
        t.objectStore("blobs").getAll(),
      );
      return records.map(({ digest, size }) => ({ digest, size }));
    },

    async openWriter(ref: BlobRef, options: WriteOptions = {}): Promise<BlobWriter | undefined> {
      const { digest } = ref;
      // Refuses what cannot be checked before anything is waited for.
      blobVerifier(ref, parts.newHasher);
      const close = await locks.take(lockName(digest), options.signal);
      try {
        const found = await database.run(
          "readonly",
          ["blobs", "partials"],
          { what: `open ${digest}` },
          async (t) => ({
            there: (await t.objectStore("blobs").getKey(digest)) !== undefined,
            partial: await t.objectStore("partials").get(digest),
          }),
        );
        if (found.there) {
          close();
          return undefined;
        }
        const kept = await keptBytes(parts, ref, found.partial, options);
        const published = (): void => news.tell({ kind: "blobs", added: [digest], removed: [] });
        const medium = pieceMedium({
          ...parts,
          leastPiece: options.leastPiece,
          ref,
          partial: kept.partial,
          run: newRun(),
          published,
          close,
        });
        return verifiedWriter({ verifier: kept.verifier, offset: kept.partial?.offset ?? 0, medium });
      } catch (error) {
        close();
        throw error;
      }
    },

    async partial(digest: Digest): Promise<number> {
      const what = `look up ${digest}`;
      const record = await database.run("readonly", ["partials"], { what }, (t) =>
        t.objectStore("partials").get(digest),
      );
      return record?.offset ?? 0;
    },

    async partials(): Promise<readonly PartialStat[]> {
      const records = await database.run("readonly", ["partials"], { what: "list unfinished blobs" }, (t) =>
        t.objectStore("partials").getAll(),
      );
      return records.map(({ digest, offset, touchedAt }) => ({ digest, offset, touchedAt }));
    },

    async discard(digest: Digest): Promise<boolean> {
      const release = await locks.tryTake(lockName(digest));
      if (release === undefined) return false;
      try {
        const what = `discard ${digest}`;
        return await database.run("readwrite", ["partials", "pieces"], { what }, async (t) => {
          const record = await t.objectStore("partials").get(digest);
          if (record !== undefined) await dropPartial(t, record);
          return record !== undefined;
        });
      } finally {
        release();
      }
    },

    async remove(
      digests: readonly Digest[],
      conditions: { readonly version?: number | undefined; readonly pinned?: boolean | undefined } = {},
    ): Promise<readonly BlobStat[] | undefined> {
      const removed = await removeBlobs(database, new Set(digests), conditions);
      if (removed !== undefined && removed.length > 0)
        news.tell({ kind: "blobs", added: [], removed: removed.map(({ digest }) => digest) });
      return removed;
    },
  };
}

function removeBlobs(
  database: Database,
  digests: ReadonlySet<Digest>,
  conditions: { readonly version?: number | undefined; readonly pinned?: boolean | undefined },
): Promise<readonly BlobStat[] | undefined> {
  return database.run(
    "readwrite",
    ["blobs", "pieces", "claims", "counters", "scans", "layerSizes"],
    { what: "remove blobs" },
    async (t) => {
      const version = (await t.objectStore("counters").get("table")) ?? 0;
      if (conditions.version !== undefined && conditions.version !== version) return undefined;
      const claims = conditions.pinned === true ? [] : await t.objectStore("claims").getAll();
      const pinned = new Set(claims.flatMap(({ pins }) => pins));
      const going = [...digests].filter((digest) => !pinned.has(digest)).sort();
      const records = await Promise.all(going.map((digest) => t.objectStore("blobs").get(digest)));
      const removed: BlobStat[] = [];
      for (const record of records) {
        if (record === undefined) continue;
        const { digest, size, run } = record;
        void t.objectStore("blobs").delete(digest);
        void t.objectStore("pieces").delete(runRange(run));
        void t.objectStore("scans").delete(digest);
        void t.objectStore("layerSizes").delete(digest);
        removed.push({ digest, size });
      }
      return removed;
    },
  );
}

/** What is kept of a blob, hashed again; nothing, when it cannot be part of it or cannot be read. */
async function keptBytes(
  { database, newHasher }: StoreParts,
  ref: BlobRef,
  partial: PartialRecord | undefined,
  options: ReadOptions,
): Promise<{ readonly partial: PartialRecord | undefined; readonly verifier: Verifier }> {
  const verifier = blobVerifier(ref, newHasher);
  if (partial === undefined) return { partial, verifier };
  if (ref.size === undefined || partial.offset <= ref.size) {
    try {
      const what = `read what is kept of ${ref.digest}`;
      const pieces = await database.run("readonly", ["pieces"], { what }, (t) =>
        t.objectStore("pieces").getAll(runRange(partial.run)),
      );
      const blob = new Blob(pieces);
      await pump(blob, (chunk) => verifier.push(chunk), options);
      if (blob.size === partial.offset && pieces.length === partial.pieces) return { partial, verifier };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      // Pieces that the browser has lost are no reason not to fetch them again.
    }
  }
  await database.run("readwrite", ["partials", "pieces"], { what: `discard ${ref.digest}` }, (t) =>
    dropPartial(t, partial),
  );
  return { partial: undefined, verifier: blobVerifier(ref, newHasher) };
}

/** 128 random bits; `crypto.randomUUID` is only there in secure pages. */
export function newRun(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("-");
}
