/** The database as it lies there, read past the store: for tests that look whether it is whole. */

/** What lies in a database, and what is wrong with it. */
export interface RawStore {
  readonly version: number;
  readonly counts: { readonly [store: string]: number };
  readonly flaws: readonly string[];
}

interface Run {
  readonly digest: string;
  readonly run: string;
  readonly size?: number;
  readonly offset?: number;
  readonly pieces?: number;
}

/** Reads all of the database `name`, which is there. */
export async function readRaw(name: string): Promise<RawStore> {
  const database = await request(indexedDB.open(name));
  try {
    const names = [...database.objectStoreNames];
    const t = database.transaction(names, "readonly");
    const rows = <T>(store: string): Promise<T[]> => request(t.objectStore(store).getAll());
    const [blobs, partials, pieces, keys] = await Promise.all([
      rows<Run>("blobs"),
      rows<Run>("partials"),
      rows<Blob | Uint8Array>("pieces"),
      rowKeys(t.objectStore("pieces")),
    ]);
    const counts = await Promise.all(
      names.map(async (s) => [s, await request(t.objectStore(s).count())] as const),
    );
    const owners = new Map<string, { digest: string; bytes: number; pieces: number }>();
    const flaws: string[] = [];
    for (const { run, digest } of [...blobs, ...partials]) {
      if (owners.has(run)) flaws.push(`run ${run} has two owners`);
      owners.set(run, { digest, bytes: 0, pieces: 0 });
    }
    keys.forEach(([run, number], at) => {
      const owner = owners.get(run);
      if (owner === undefined) return flaws.push(`piece ${run} ${number} belongs to nothing`);
      if (number !== owner.pieces)
        flaws.push(`piece ${number} of ${owner.digest} comes after ${owner.pieces} pieces`);
      owner.pieces++;
      const piece = pieces[at];
      owner.bytes += piece instanceof Blob ? piece.size : piece.length;
      return 0;
    });
    for (const { digest, run, size, offset, pieces: count } of [...blobs, ...partials]) {
      const { bytes, pieces: found } = owners.get(run)!;
      if (bytes !== (size ?? offset)) flaws.push(`${digest} has ${bytes} bytes, expected ${size ?? offset}`);
      if (count !== undefined && found !== count)
        flaws.push(`${digest} has ${found} pieces, expected ${count}`);
    }
    return { version: database.version, counts: Object.fromEntries(counts), flaws };
  } finally {
    database.close();
  }
}

async function rowKeys(store: IDBObjectStore): Promise<[run: string, number: number][]> {
  const keys = await request(store.getAllKeys());
  return keys.map((key) => {
    const [run, number] = Array.isArray(key) ? key : [];
    return [typeof run === "string" ? run : "?", Number(number)];
  });
}

/** The result of a request. */
export function request<T>(made: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    made.addEventListener("success", () => resolve(made.result));
    made.addEventListener("error", () => reject(made.error ?? new Error("failed")));
  });
}
