/** The store's database without the store's code: to damage it, and to look behind it. */

/** A record, of whatever object store. */
// oxlint-disable-next-line typescript/no-explicit-any -- of any store
type Raw = any;

function request<T>(made: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    made.addEventListener("success", () => resolve(made.result));
    made.addEventListener("error", () => reject(made.error ?? new Error("the request failed")));
  });
}

async function within<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
  const database = await request(indexedDB.open("breakbulk"));
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** Changes every record of an object store. */
export function alter(store: string, change: (record: Raw, key: IDBValidKey) => unknown): Promise<void> {
  return within(async (database) => {
    const reading = database.transaction(store).objectStore(store);
    const [keys, records] = await Promise.all([request(reading.getAllKeys()), request(reading.getAll())]);
    const writing = database.transaction(store, "readwrite").objectStore(store);
    for (const [at, key] of keys.entries()) {
      const record = change(records[at], key);
      await request(writing.keyPath === null ? writing.put(record, key) : writing.put(record));
    }
  });
}

/** All records of an object store. */
export function all(store: string): Promise<readonly Raw[]> {
  return within((database) => request(database.transaction(store).objectStore(store).getAll()));
}

/** How many records of an object store are `wanted`. */
export async function count(store: string, wanted: (record: Raw) => boolean = () => true): Promise<number> {
  return (await all(store)).filter(wanted).length;
}

/** Ends when no record of an object store is `unwanted` any more. */
export async function gone(store: string, unwanted: (record: Raw) => boolean): Promise<void> {
  while ((await count(store, unwanted)) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}
