import { type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { CoreError } from "../../core/error.ts";
import { type Attempt, storeFailure } from "./failure.ts";
import { LADDER, type StoreName, type StoreSchema, type UpgradeStep } from "./schema.ts";

/** A transaction over some object stores. */
export type Transaction<M extends IDBTransactionMode> = IDBPTransaction<StoreSchema, StoreName[], M>;

/** What {@link openDatabase} takes. */
export interface DatabaseOptions {
  readonly name: string;
  /** The steps to today's version; others in tests of upgrades. */
  readonly ladder?: readonly UpgradeStep[] | undefined;
  /** Another tab wants a newer version: this one has just closed its connection, and the page should be loaded again. */
  readonly onOutdated?: (() => void) | undefined;
  /** Other tabs have an older version open and did not close it yet; opening goes on when they do. */
  readonly onBlocked?: (() => void) | undefined;
}

/** A connection to the database that opens again when the browser ends it. */
export interface Database {
  /**
   * What `work` gives back, once all that it did is in the database; when it throws, none is. `work` may await nothing but the transaction's
   * requests. `strict` waits for the disk.
   * @throws CoreError `store/full`, `store/closed`, `store/unreadable`; and what `work` throws.
   */
  run<M extends "readonly" | "readwrite", T>(
    mode: M,
    stores: readonly StoreName[],
    attempt: Attempt & { readonly strict?: boolean | undefined },
    work: (transaction: Transaction<M>) => Promise<T>,
  ): Promise<T>;
  close(): void;
}

/**
 * Opens the database, bringing it to today's version.
 * @throws CoreError `store/newer` when a later version made it, `store/full`, `store/unavailable` when the browser refuses.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  let closed = false;
  let connection: Promise<IDBPDatabase<StoreSchema>> | undefined;
  const close = (): void => {
    closed = true;
    void connection?.then(
      (database) => database.close(),
      () => {},
    );
    connection = undefined;
  };
  const connect = (): Promise<IDBPDatabase<StoreSchema>> => {
    if (closed) throw new CoreError("store/closed", "Cannot use the store: its database was closed");
    connection ??= connectOnce(options, {
      outdated() {
        close();
        options.onOutdated?.();
      },
      lost() {
        connection = undefined;
      },
    });
    return connection;
  };
  await connect();
  return {
    async run(mode, stores, attempt, work) {
      const database = await connect();
      try {
        return await transact(database, { mode, stores, strict: attempt.strict === true }, work);
      } catch (error) {
        throw await storeFailure(error, attempt);
      }
    },
    close,
  };
}

async function connectOnce(
  { name, ladder = LADDER, onBlocked }: DatabaseOptions,
  on: { readonly outdated: () => void; readonly lost: () => void },
): Promise<IDBPDatabase<StoreSchema>> {
  let broken: { readonly reason: unknown } | undefined;
  try {
    return await openDB<StoreSchema>(name, ladder.length, {
      async upgrade(database, from, _, transaction) {
        try {
          for (const step of ladder.slice(from)) await step(database, transaction);
        } catch (error) {
          // A half-made version must not be left; nobody looks at what comes of this promise.
          broken = { reason: error };
          transaction.abort();
        }
      },
      blocking: on.outdated,
      terminated: on.lost,
      ...(onBlocked === undefined ? {} : { blocked: onBlocked }),
    });
  } catch (error) {
    on.lost();
    throw await openFailure(broken === undefined ? error : broken.reason, name);
  }
}

async function openFailure(error: unknown, name: string): Promise<unknown> {
  const failure = await storeFailure(error, { what: `open the database ${name}` });
  if (failure instanceof CoreError || !(failure instanceof Error)) return failure;
  if (failure.name === "VersionError") {
    return new CoreError(
      "store/newer",
      `Cannot open the database ${name}: a newer version of this page made it; load the page again`,
      { name },
      { cause: error },
    );
  }
  return new CoreError(
    "store/unavailable",
    `Cannot open the database ${name}: ${failure.message}`,
    { name, reason: failure.name },
    { cause: error },
  );
}

async function transact<M extends "readonly" | "readwrite", T>(
  database: IDBPDatabase<StoreSchema>,
  { mode, stores, strict }: { mode: M; stores: readonly StoreName[]; strict: boolean },
  work: (transaction: Transaction<M>) => Promise<T>,
): Promise<T> {
  const durability = strict ? "strict" : "relaxed";
  const transaction = database.transaction([...stores], mode, { durability }) as Transaction<M>;
  // Its failure is looked at below; here it only must not count as unhandled.
  const done = transaction.done.catch(() => {});
  let result: T;
  try {
    result = await work(transaction);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended by itself.
    }
    await done;
    // When the database gave up, its requests fail with an AbortError, and only the transaction knows why.
    throw (
      (error instanceof DOMException && error.name === "AbortError" ? transaction.error : undefined) ?? error
    );
  }
  await transaction.done.catch((error: unknown) => {
    throw transaction.error ?? error;
  });
  return result;
}
