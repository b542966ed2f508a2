import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { Digest } from "../../core/digest/mod.ts";
import type { ContainerRecord, ImageRecord, NameRecord } from "../../core/store/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";

/** A visible blob. Its bytes are the pieces of its run, in order. */
export interface BlobRecord {
  readonly digest: Digest;
  readonly size: number;
  /** First part of the keys of its pieces; unique to the writer that began it. */
  readonly run: string;
}

/** A blob that is not complete. */
export interface PartialRecord {
  readonly digest: Digest;
  readonly run: string;
  /** Bytes in its pieces. */
  readonly offset: number;
  /** Number of its pieces, which are numbered from 0. */
  readonly pieces: number;
  /** Seconds since the epoch. */
  readonly touchedAt: number;
}

/** A claim. Its owner holds the lock of the same ID as long as he lives. */
export interface ClaimRecord {
  readonly id: string;
  readonly root: Digest;
  readonly pins: readonly Digest[];
  readonly touchedAt: number;
}

/** What was found out about the layer that lies under the digest `blob`. */
export interface ScanRecord {
  readonly blob: Digest;
  readonly diffID?: Digest | undefined;
  /** {@link SCAN_FORMAT} of the version that made it. */
  readonly format: number;
  readonly scan: LayerScan;
}

/** What lists show of a layer: apart from its scan, so that nobody reads tables for a number. */
export interface LayerSizeRecord {
  readonly blob: Digest;
  readonly diffID: Digest;
  /** As Docker counts it. */
  readonly size: number;
}

/** Changes when the columns of a layer scan do. Scans of another format are made again: they can be, from the layer. */
export const SCAN_FORMAT = 1;

/** The database, as of the last step of {@link LADDER}. */
export interface StoreSchema extends DBSchema {
  blobs: { key: Digest; value: BlobRecord };
  /** By run and number. Small ones are plain bytes: a file of its own for a manifest is slower to read and larger on disk. */
  pieces: { key: [run: string, number: number]; value: Blob | Uint8Array<ArrayBuffer> };
  partials: { key: Digest; value: PartialRecord };
  names: { key: string; value: NameRecord };
  images: { key: Digest; value: ImageRecord };
  /** Since version 2. */
  containers: { key: string; value: ContainerRecord };
  claims: { key: string; value: ClaimRecord };
  /** `table`: the version of names, images and containers. */
  counters: { key: string; value: number };
  scans: { key: Digest; value: ScanRecord; indexes: { diffID: Digest } };
  layerSizes: { key: Digest; value: LayerSizeRecord };
}

/** Names of the object stores. */
export type StoreName = StoreNames<StoreSchema>;

/** One step of the ladder: makes of version n the version n + 1, n being its place. May only await requests of the transaction. */
export type UpgradeStep = (
  database: IDBPDatabase<StoreSchema>,
  transaction: IDBPTransaction<StoreSchema, StoreName[], "versionchange">,
) => void | Promise<void>;

/**
 * All steps that were ever released, in order; the version of the database is their number. A released step is never changed: a database made by
 * it is out there. The next version is one more function at the end, and one more database in the upgrade tests.
 */
export const LADDER: readonly UpgradeStep[] = [
  (database) => {
    database.createObjectStore("blobs", { keyPath: "digest" });
    database.createObjectStore("pieces");
    database.createObjectStore("partials", { keyPath: "digest" });
    database.createObjectStore("names", { keyPath: "name" });
    database.createObjectStore("images", { keyPath: "id" });
    database.createObjectStore("claims", { keyPath: "id" });
    database.createObjectStore("counters");
    database.createObjectStore("scans", { keyPath: "blob" }).createIndex("diffID", "diffID");
    database.createObjectStore("layerSizes", { keyPath: "blob" });
  },
  (database) => {
    database.createObjectStore("containers", { keyPath: "id" });
  },
];
