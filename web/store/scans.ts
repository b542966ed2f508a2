import type { Digest } from "../../core/digest/mod.ts";
import { layerSize } from "../../core/image/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";
import type { StoreParts } from "./blobs.ts";
import { SCAN_FORMAT, type ScanRecord } from "./schema.ts";

/** What was found out about layers, beside the layers: file tables and random-access indexes, so that no layer is read twice for them. */
export interface ScanShelf {
  /** Keeps the scan of a layer until its blob is removed. */
  put(scan: LayerScan): Promise<void>;
  /** The scan of the layer whose stored bytes have this digest. `undefined` also when another version of this page made it. */
  byBlob(digest: Digest): Promise<LayerScan | undefined>;
  /** The scan of a layer with this diff ID, in whatever compression. */
  byDiffID(diffID: Digest): Promise<LayerScan | undefined>;
  /** The sizes of all layers whose scans are kept, as Docker counts them, by diff ID. Reads no tables. */
  layerSizes(): Promise<ReadonlyMap<Digest, number>>;
}

/** Scans in the database. */
export function scanShelf({ database }: StoreParts): ScanShelf {
  const ours = (record: ScanRecord | undefined): LayerScan | undefined =>
    record?.format === SCAN_FORMAT ? record.scan : undefined;
  return {
    async put(scan) {
      const { blobDigest: blob, diffID } = scan;
      const record = { blob, format: SCAN_FORMAT, scan, ...(diffID === undefined ? {} : { diffID }) };
      const what = `keep the file table of ${blob}`;
      await database.run("readwrite", ["scans", "layerSizes"], { what }, async (t) => {
        const size = layerSize(scan.table);
        if (diffID !== undefined) void t.objectStore("layerSizes").put({ blob, diffID, size });
        await t.objectStore("scans").put(record);
      });
    },

    async byBlob(digest) {
      const what = `read the file table of ${digest}`;
      return ours(
        await database.run("readonly", ["scans"], { what }, (t) => t.objectStore("scans").get(digest)),
      );
    },

    async byDiffID(diffID) {
      const what = `read the file table of ${diffID}`;
      return database.run("readonly", ["scans"], { what }, async (t) => {
        const records = await t.objectStore("scans").index("diffID").getAll(diffID);
        return ours(records.find(({ format }) => format === SCAN_FORMAT));
      });
    },

    async layerSizes() {
      const records = await database.run(
        "readonly",
        ["layerSizes"],
        { what: "read the sizes of layers" },
        (t) => t.objectStore("layerSizes").getAll(),
      );
      return new Map(records.map(({ diffID, size }) => [diffID, size]));
    },
  };
}
