import { newSha256 } from "../core/digest/mod.ts";
import type { Host } from "./host.ts";
import { createPlatformCache, type PlatformCache } from "./platform-cache.ts";
import type { Policy } from "./policy.ts";

/** Bytes of an object that is gathered in an isolate's memory to be verified before it is kept. */
const MOST_OBJECT = 16 * 1024 * 1024;

/** What Deno and Workers have in common: the platform's fetch, its Cache API and our own SHA-256. */
export function platformHost(
  policy: Policy,
  own: Pick<Host, "page" | "peer" | "fixedLength" | "isolated" | "later"> & {
    readonly openCache: (() => Promise<PlatformCache>) | undefined;
  },
): Host {
  const { openCache, ...rest } = own;
  const { bytes, objectBytes, staleSeconds } = policy.cache;
  const setting = {
    bytes,
    objectBytes: Math.min(objectBytes, MOST_OBJECT),
    staleSeconds,
    newHasher: newSha256,
    nowMs: Date.now,
  };
  return {
    ...rest,
    fetch: (input, init) => fetch(input, init),
    cache: bytes === 0 || openCache === undefined ? undefined : createPlatformCache(openCache, setting),
    newHasher: newSha256,
    nowMs: Date.now,
    // oxlint-disable-next-line no-console -- the platforms' only log
    log: (line) => console.log(line),
  };
}
