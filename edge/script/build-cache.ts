import { existsSync, readFileSync } from "node:fs";
import type { BuildCache, CachedLayer } from "../../core/build/mod.ts";
import { replaceFile } from "./replace.ts";

/** Layers that are remembered; the oldest go first. */
const MOST = 1000;

/** Layers of earlier builds in a file, by what they were made of. The layers themselves lie in the store, for as long as something needs them. */
export function buildCacheFile(path: string): BuildCache {
  const read = (): Record<string, CachedLayer> =>
    existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  return {
    get: async (key) => read()[key],
    async put(key, layer) {
      const { [key]: _, ...rest } = read();
      const entries = [...Object.entries(rest), [key, layer] as const].slice(-MOST);
      replaceFile(path, JSON.stringify(Object.fromEntries(entries), undefined, 1));
    },
  };
}
