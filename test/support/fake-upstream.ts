import { createApp } from "../../edge/app.ts";
import type { ResponseCache } from "../../edge/cache.ts";
import type { Host } from "../../edge/host.ts";
import { DEFAULT_POLICY, type Policy } from "../../edge/policy.ts";
import { PLAIN_ROW, type RegistryRow } from "../../edge/registries.ts";
import { nativeHasher } from "./native-hash.ts";

/** One request that reached an upstream, as it was sent. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What a host of the fake network does with a request. */
export type Server = (request: Request) => Response | Promise<Response>;

/** A network of servers by host name (`registry.fake.dev`, with its port if it has one). What is not in it cannot be reached. */
export function fakeNetwork(servers: Readonly<Record<string, Server>>): {
  readonly fetch: Host["fetch"];
  readonly seen: Seen[];
} {
  const seen: Seen[] = [];
  return {
    seen,
    fetch: async (input, init) => {
      if (init?.redirect !== "manual") throw new TypeError("redirects have to be manual");
      const request = new Request(input, init);
      const server = servers[new URL(request.url).host];
      const one: Seen = {
        method: request.method,
        url: String(input),
        headers: new Headers(init.headers),
        body: new Uint8Array(await request.clone().arrayBuffer()),
      };
      seen.push(one);
      if (server === undefined) throw new TypeError("fetch failed");
      const response = await server(request);
      return request.method === "HEAD" ? new Response(null, response) : response;
    },
  };
}

/** A row of the table for a registry of the fake network. */
export function fakeRow(key: string, own: Partial<RegistryRow> = {}): RegistryRow {
  return { ...PLAIN_ROW, key, base: `https://${key}`, token: "none", blobs: "stream", write: true, ...own };
}

/** The app over a fake network, with what reached the network. */
export function fakeEdge(options: {
  readonly servers: Readonly<Record<string, Server>>;
  readonly registries?: readonly RegistryRow[];
  readonly policy?: Partial<Policy>;
  readonly cache?: ResponseCache;
  readonly nowMs?: () => number;
  readonly host?: Partial<Host>;
}): {
  readonly ask: (
    path: string,
    init?: RequestInit & { readonly base?: string; readonly duplex?: "half" },
  ) => Promise<Response>;
  readonly seen: Seen[];
} {
  const network = fakeNetwork(options.servers);
  const policy: Policy = {
    ...DEFAULT_POLICY,
    mode: "anonymous",
    registries: options.registries ?? Object.keys(options.servers).map((key) => fakeRow(key)),
    default: undefined,
    ...options.policy,
  };
  const app = createApp(policy, {
    fetch: network.fetch,
    page: () => Promise.resolve(undefined),
    peer: () => "192.0.2.1",
    cache: options.cache,
    fixedLength: undefined,
    isolated: false,
    newHasher: nativeHasher,
    nowMs: options.nowMs ?? (() => 1_700_000_000_000),
    log: () => undefined,
    later: () => undefined,
    ...options.host,
  });
  return {
    seen: network.seen,
    ask: async (path, { base = "http://proxy.fake.dev", ...init } = {}) =>
      app.fetch(new Request(base + path, init)),
  };
}

/** `sha256:…` of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  const hash = nativeHasher();
  hash.update(bytes);
  return `sha256:${hash.hex()}`;
}

/** A body in pieces, that fails at `breakAt` if it is given. */
export function piecesOf(bytes: Uint8Array, piece: number, breakAt?: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (breakAt !== undefined && at >= breakAt) return controller.error(new TypeError("terminated"));
      if (at >= bytes.length) return controller.close();
      const to = Math.min(at + piece, bytes.length, breakAt ?? bytes.length);
      controller.enqueue(bytes.slice(at, to));
      at = to;
    },
  });
}
