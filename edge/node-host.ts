import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { ResponseCache } from "./cache.ts";
import { createDiskCache } from "./disk-cache.ts";
import type { Host } from "./host.ts";
import { createMemoryCache } from "./memory-cache.ts";
import { pageFiles } from "./page-files.ts";
import type { Policy } from "./policy.ts";
import { createPublicFetch } from "./public-fetch.ts";

/** What Node hands to the app: its connections, the page's files in `folder`, a cache on disk or in memory, and the log on stderr. */
export function nodeHost(policy: Policy, folder: string): Host {
  return {
    fetch: createPublicFetch(policy),
    page: pageFiles(folder),
    peer: (_, environment) => incomingOf(environment)?.socket.remoteAddress,
    cache: cacheOf(policy),
    fixedLength: undefined,
    newHasher: nativeSha256,
    isolated: false,
    nowMs: Date.now,
    log: (line) => void process.stderr.write(`${line}\n`),
    later: () => undefined,
  };
}

function cacheOf({ cache }: Policy): ResponseCache | undefined {
  if (cache.bytes === 0) return undefined;
  const setting = { ...cache, newHasher: nativeSha256, nowMs: Date.now };
  return cache.folder === undefined ? createMemoryCache(setting) : createDiskCache(cache.folder, setting);
}

/** The host's own SHA-256, faster than ours in TypeScript. */
function nativeSha256(): ReturnType<Host["newHasher"]> {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}

/** Node's request, which the server hands to the app beside the platform's. */
function incomingOf(environment: unknown): IncomingMessage | undefined {
  const isIt = (value: unknown): value is { incoming: IncomingMessage } =>
    typeof value === "object" && value !== null && "incoming" in value;
  return isIt(environment) ? environment.incoming : undefined;
}
