import { existsSync, readFileSync } from "node:fs";
import type { LayerFacts } from "../../core/command/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import { layerSize } from "../../core/image/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";
import { replaceFile } from "./replace.ts";

/** Sizes of layers in a file, by diff ID; scans as long as the process lives. A size never changes, so whoever writes last loses nothing but a scan. */
export function layerFacts(path: string): LayerFacts {
  const scans = new Map<Digest, LayerScan>();
  const read = (): Record<string, number> => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});
  let known: Record<string, number> | undefined;
  return {
    async put(scan) {
      scans.set(scan.blobDigest, scan);
      if (scan.diffID === undefined || known?.[scan.diffID] !== undefined) return;
      known = { ...read(), [scan.diffID]: layerSize(scan.table) };
      replaceFile(path, JSON.stringify(known, undefined, 1));
    },
    byBlob: async (digest) => scans.get(digest),
    async sizeOf(diffID) {
      known ??= read();
      return known[diffID];
    },
  };
}
