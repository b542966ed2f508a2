import type { Host } from "./host.ts";
import type { PlatformCache } from "./platform-cache.ts";
import type { platformHost } from "./platform-host.ts";

/** The bindings of a Worker: settings as texts, and the built page as assets. */
export interface WorkersEnvironment {
  readonly ASSETS?: { fetch(request: Request): Promise<Response> } | string | undefined;
  readonly [name: string]: unknown;
}

/** The bindings that are texts: the deployment's settings. */
export function settingsOf(environment: WorkersEnvironment): Record<string, string> {
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === "string";
  return Object.fromEntries(Object.entries(environment).filter(isText));
}

/** The page's files from the assets binding; without one there is no page. */
export function assetsPage({ ASSETS: assets }: WorkersEnvironment): Host["page"] {
  return async (path) => {
    if (assets === undefined || typeof assets === "string") return undefined;
    // `html_handling` is off in wrangler.json, so that names mean files.
    const response = await assets.fetch(new Request(new URL(path, "https://assets.invalid")));
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      return undefined;
    }
    return { body: response.body, type: response.headers.get("content-type") ?? "application/octet-stream" };
  };
}

/** What Workers offer beside `fetch`. */
export function workersPlatform(): Omit<Parameters<typeof platformHost>[1], "page"> {
  return {
    peer: (request) => request.headers.get("cf-connecting-ip") ?? undefined,
    openCache: workersCache(),
    fixedLength,
    isolated: true,
    later: () => undefined,
  };
}

/** The data centre's own cache, or `undefined` where there is none. */
function workersCache(): (() => Promise<PlatformCache>) | undefined {
  const found: unknown = Reflect.get(globalThis.caches ?? {}, "default");
  const isCache = (value: unknown): value is PlatformCache =>
    typeof value === "object" && value !== null && "match" in value && "put" in value;
  return isCache(found) ? () => Promise.resolve(found) : undefined;
}

type NewFixedLength = new (bytes: number) => ReadableWritablePair<Uint8Array, Uint8Array>;

/** Keeps Content-Length on a streamed answer: on Workers every other stream loses it, and with it the notice that a transfer broke off. */
function fixedLength(bytes: number): ReadableWritablePair<Uint8Array, Uint8Array> {
  const found: unknown = Reflect.get(globalThis, "FixedLengthStream");
  const isClass = (value: unknown): value is NewFixedLength => typeof value === "function";
  if (!isClass(found)) throw new TypeError("this is the host for Workers");
  return new found(bytes);
}
