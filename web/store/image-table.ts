import {
  changedTable,
  EMPTY_TABLE,
  type ImageTable,
  type TableChange,
  type TableSnapshot,
} from "../../core/store/mod.ts";
import type { StoreParts } from "./blobs.ts";
import type { Transaction } from "./database.ts";
import type { StoreName } from "./schema.ts";

const STORES: readonly StoreName[] = ["names", "images", "containers", "counters"];

/**
 * Names, images and containers in the database. Keeps the last snapshot: reading the table again costs one number, as long as nobody has changed it.
 */
export function imageTable({ database, news }: StoreParts): ImageTable {
  let last: TableSnapshot = EMPTY_TABLE;

  const current = async (t: Transaction<"readonly" | "readwrite">): Promise<TableSnapshot> => {
    const version = (await t.objectStore("counters").get("table")) ?? 0;
    if (version === last.version) return last;
    const [names, images, containers] = await Promise.all([
      t.objectStore("names").getAll(),
      t.objectStore("images").getAll(),
      t.objectStore("containers").getAll(),
    ]);
    last = {
      version,
      names: new Map(names.map((record) => [record.name, record])),
      images: new Map(images.map((record) => [record.id, record])),
      containers: new Map(containers.map((record) => [record.id, record])),
    };
    return last;
  };

  return {
    snapshot: () => database.run("readonly", STORES, { what: "read the names" }, current),

    async change(changes, conditions = {}) {
      const own: readonly TableChange[] = structuredClone(changes);
      const next = await database.run(
        "readwrite",
        STORES,
        { what: "change the names", strict: true },
        async (t) => {
          const before = await current(t);
          if (conditions.version !== undefined && conditions.version !== before.version) return undefined;
          const after = changedTable(before, own);
          await Promise.all([
            ...own.map((change) => put(t, change)),
            t.objectStore("counters").put(after.version, "table"),
          ]);
          return after;
        },
      );
      if (next === undefined) return false;
      // Another change of this realm may have come through in the meantime.
      if (next.version > last.version) last = next;
      news.tell({ kind: "table" });
      return true;
    },
  };
}

function put(t: Transaction<"readwrite">, change: TableChange): Promise<unknown> {
  if (change.kind === "name") {
    const names = t.objectStore("names");
    return change.record === undefined ? names.delete(change.name) : names.put(change.record);
  }
  if (change.kind === "container") {
    const containers = t.objectStore("containers");
    return change.record === undefined ? containers.delete(change.id) : containers.put(change.record);
  }
  const images = t.objectStore("images");
  return change.record === undefined ? images.delete(change.id) : images.put(change.record);
}
