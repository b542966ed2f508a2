import type { TokenBroker } from "./authorize.ts";
import { dial } from "./dial.ts";
import { codeOfStatus, FaultError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Policy } from "./policy.ts";
import { readBody } from "./read-body.ts";
import { findRegistry, type RegistryRow } from "./registries.ts";
import {
  type Found,
  type FoundPage,
  readCatalog,
  readEcrPublic,
  readHub,
  readQuay,
} from "./search-shapes.ts";

/** What searches are made with. */
export interface Searching {
  readonly policy: Policy;
  readonly host: Host;
  readonly tokens: TokenBroker;
}

/** One search. */
export interface Search {
  readonly term: string;
  readonly registry: RegistryRow;
  readonly page: number;
  /** Rows a page, 1 to 100. */
  readonly size: number;
  readonly request: Request;
}

/** Seconds that what was found is believed. */
const FRESH_SECONDS = 60;

/**
 * What the registry finds. Every registry is asked at one fixed address (S3), and what it says is read into one schema; none of its bytes go on.
 * @throws FaultError 404 for a registry that cannot be searched, and its own failures
 */
export async function search(searching: Searching, asked: Search): Promise<FoundPage> {
  const { registry, term, page, size } = asked;
  switch (registry.search) {
    case "hub": {
      const query = new URLSearchParams({ query: term, page: String(page), page_size: String(size) });
      const url = `https://hub.docker.com/v2/search/repositories/?${query}`;
      return remembered(searching, asked, async () =>
        readHub(registry.key, await askJson(searching, asked, { url })),
      );
    }
    case "quay": {
      const url = `https://quay.io/api/v1/find/repositories?${new URLSearchParams({ query: term, page: String(page) })}`;
      return remembered(searching, asked, async () =>
        readQuay(registry.key, await askJson(searching, asked, { url })),
      );
    }
    case "ecr-public": {
      const url = "https://api.us-east-1.gallery.ecr.aws/searchRepositoryCatalogData";
      const body = JSON.stringify({ searchTerm: term, sortConfiguration: { sortKey: "POPULARITY" } });
      if (page > 1) return { results: [], more: false };
      return remembered(searching, asked, async () =>
        readEcrPublic(registry.key, await askJson(searching, asked, { url, body })),
      );
    }
    case "catalog": {
      const { request } = asked;
      const grant = await searching.tokens.authorize({
        registry,
        repository: undefined,
        actions: ["*"],
        request,
      });
      if (!grant.ok) throw new FaultError(grant);
      const url = `${registry.base}/v2/_catalog?n=1000`;
      const value = await askJson(searching, asked, { url, authorization: grant.authorization });
      const all = readCatalog(registry.key, value, term);
      const results = all.results.slice((page - 1) * size, page * size);
      return { ...all, results, more: page * size < all.results.length };
    }
    default:
      throw new FaultError({
        status: 404,
        code: "UNSUPPORTED",
        message: `${registry.key} has no search`,
        source: "upstream",
      });
  }
}

/** The registry and term of `ghcr.io/term`, or of a term alone, which is looked for at the default registry. */
export function splitTerm(
  policy: Policy,
  text: string,
  named: string | null,
): { registry: RegistryRow; term: string } {
  const slash = text.indexOf("/");
  const inTerm = slash < 0 ? undefined : findRegistry(policy.registries, text.slice(0, slash));
  const name = named ?? policy.default;
  const registry = inTerm ?? (name === undefined ? undefined : findRegistry(policy.registries, name));
  if (registry === undefined)
    throw new FaultError({
      status: 404,
      code: "NAME_UNKNOWN",
      message: "This proxy does not serve that registry",
    });
  return { registry, term: (inTerm === undefined ? text : text.slice(slash + 1)).trim().slice(0, 200) };
}

/** What was found, in the shape of `/v1/search`, by which `docker search` and `podman search` read it. */
export function asV1(page: FoundPage, asked: Omit<Search, "request">, prefix: boolean): object {
  const results = page.results.map((row: Found) => ({
    name: prefix ? `${row.registry}/${row.name}` : row.name,
    description: row.description,
    star_count: row.stars,
    is_official: row.official,
    is_automated: row.automated,
    is_trusted: row.automated,
  }));
  const total = page.total ?? results.length;
  return {
    query: asked.term,
    page: asked.page,
    page_size: asked.size,
    num_pages: Math.max(1, Math.ceil(total / asked.size)),
    num_results: total,
    results,
  };
}

interface Address {
  readonly url: string;
  readonly body?: string;
  readonly authorization?: string | undefined;
}

/** The JSON at a fixed address; past its last page Docker Hub answers 403 or 404, which is an end and no failure (S2). */
async function askJson({ host, policy }: Searching, asked: Search, address: Address): Promise<unknown> {
  const headers = new Headers({
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": "breakbulk-edge",
  });
  if (address.authorization !== undefined) headers.set("authorization", address.authorization);
  if (address.body !== undefined) headers.set("content-type", "application/json");
  const response = await dial(
    host,
    {
      url: address.url,
      method: address.body === undefined ? "GET" : "POST",
      headers,
      body: address.body === undefined ? undefined : new TextEncoder().encode(address.body),
      signal: asked.request.signal,
    },
    policy.limits.headerWaitMs,
  );
  const { status } = response;
  const body = await readBody(response, policy.limits.searchAnswer);
  if (asked.page > 1 && (status === 403 || status === 404)) return {};
  if (status !== 200)
    throw new FaultError({
      status: status === 429 || status === 401 || status === 403 ? status : 502,
      code: status === 429 ? "TOOMANYREQUESTS" : codeOfStatus(status),
      message: `The search of ${asked.registry.key} answered ${status}`,
      source: "upstream",
    });
  try {
    if (body !== undefined) return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // Told below.
  }
  throw new FaultError({
    status: 502,
    code: "UNAVAILABLE",
    message: `The search of ${asked.registry.key} answered with something else than JSON`,
    source: "upstream",
  });
}

/** What `ask` brings, or what it brought less than a minute ago: bots repeat themselves, and registries block those. */
async function remembered(
  { host }: Searching,
  { registry, term, page, size }: Search,
  ask: () => Promise<FoundPage>,
): Promise<FoundPage> {
  const key = `search ${registry.key} ${page} ${size} ${term}`;
  const kept = await host.cache?.read(key).catch(() => undefined);
  if (kept !== undefined && host.nowMs() / 1000 < kept.staleFrom)
    return await new Response(kept.body()).json();
  const found = await ask();
  const bytes = new TextEncoder().encode(JSON.stringify(found));
  const keeping = { headers: {}, digest: undefined, size: bytes.length, freshSeconds: FRESH_SECONDS };
  const writer = await host.cache?.write(key, keeping).catch(() => undefined);
  await writer?.write(bytes);
  await writer?.commit();
  return found;
}
