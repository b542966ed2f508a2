import { nextTarget, pathAtHome, pathInRepository, readAddress } from "./addresses.ts";
import type { AccessRequest, Grant } from "./authorize.ts";
import { discard } from "./dial.ts";
import { FaultError, refuse } from "./errors.ts";
import { type Exchange, grantFor, mappingOf } from "./exchange.ts";
import { documentType } from "./headers.ts";
import { keep, markKept, readKept } from "./keep.ts";
import { mayStandIn } from "./manifests.ts";
import { readBody } from "./read-body.ts";
import { answerHeaders, relayFault } from "./relay.ts";
import { clientPath } from "./route.ts";
import { type Answer, ask, upstreamFault } from "./upstream.ts";

/** A list of the registry's: what is asked, and how its document becomes the client's. */
interface List {
  /** Behind `/v2/`. */
  readonly path: string;
  readonly actions: AccessRequest["actions"];
  /** The document as the client has to see it; it is sent as it came when this gives it back unchanged. */
  readonly translate: (document: Record<string, unknown>) => Record<string, unknown>;
  /** What a `Link` of the upstream is to the client. */
  readonly link: (target: string, from: URL) => string | undefined;
  readonly kept: boolean;
}

/** Bytes of the largest list that is translated: that of a registry with some hundred thousand tags in one repository. */
const LONGEST_LIST = 32 * 1024 * 1024;

/** Answers `tags/list`. */
export function answerTags(exchange: Exchange, name: string): Promise<Response> {
  const isEmpty = /(?:^|&)n=0(?:&|$)/.test(exchange.route.query);
  return answerList(exchange, {
    path: `${exchange.route.repository}/tags/list`,
    actions: ["pull"],
    // The reference registry lists all of them for n=0, where the specification wants none.
    translate: (document) => ({
      ...document,
      name: `${exchange.route.entry.prefix}${name}`,
      ...(isEmpty ? { tags: [] } : {}),
    }),
    link: (target, from) => (isEmpty ? undefined : linkInRepository(exchange, target, from)),
    kept: true,
  });
}

/** Answers `_catalog`, of a registry that is named: the default one's would be Docker Hub's, which has none. */
export function answerCatalog(exchange: Exchange): Promise<Response> {
  const { route, registry, request } = exchange;
  if (!route.entry.explicit) {
    const message = "No registry is named: ask for /v2/<registry>/_catalog";
    return Promise.resolve(
      refuse({ status: 405, code: "UNSUPPORTED", message, headers: { allow: "OPTIONS" } }, request.method),
    );
  }
  return answerList(exchange, {
    path: "_catalog",
    actions: ["*"],
    translate: (document) => {
      const { repositories } = document;
      if (!Array.isArray(repositories)) return document;
      const names = repositories.filter(
        (name): name is string =>
          typeof name === "string" && exchange.allows({ registry: registry.key, repository: name }),
      );
      return { ...document, repositories: names.map((name) => route.entry.prefix + name) };
    },
    link: (target, from) => {
      const said = readAddress(target, from);
      if (said === undefined || pathAtHome(said, registry.base) !== "/_catalog") return undefined;
      return clientPath(route.entry, "_catalog", { path: "", query: said.query });
    },
    kept: false,
  });
}

/** Answers `referrers/<digest>`. A registry without this address says 404, and so do we: clients then look for the tag that stands in for it (M9). */
export function answerReferrers(exchange: Exchange, digest: string): Promise<Response> {
  return answerList(exchange, {
    path: `${exchange.route.repository}/referrers/${digest}`,
    actions: ["pull"],
    translate: (document) => document,
    link: (target, from) => linkInRepository(exchange, target, from),
    kept: false,
  });
}

/** Answers `_oci/ext/discover`. */
export function answerDiscover(exchange: Exchange): Promise<Response> {
  const { repository } = exchange.route;
  return answerList(exchange, {
    path: `${repository === undefined ? "" : `${repository}/`}_oci/ext/discover`,
    actions: repository === undefined ? [] : ["pull"],
    translate: (document) => document,
    link: () => undefined,
    kept: false,
  });
}

function linkInRepository(exchange: Exchange, target: string, from: URL): string | undefined {
  const said = readAddress(target, from);
  const mapping = mappingOf(exchange);
  const path = said === undefined ? undefined : pathInRepository(said, mapping);
  if (said === undefined || path === undefined) return undefined;
  return clientPath(mapping.entry, mapping.name, { path, query: said.query });
}

async function answerList(exchange: Exchange, list: List): Promise<Response> {
  const key = `list ${exchange.registry.key}/${list.path}?${exchange.route.query} ${exchange.route.entry.prefix}`;
  let grant: Grant | undefined;
  let failure: FaultError | Answer;
  try {
    grant = await grantFor(exchange, list.actions);
    const kept = grant.shared && list.kept ? await fromCache(exchange, key, "fresh") : undefined;
    if (kept !== undefined) return kept;
    const answer = await ask(exchange, {
      method: exchange.request.method === "HEAD" ? "HEAD" : "GET",
      path: list.path,
      query: exchange.route.query,
      actions: list.actions,
      grant,
      headers: {
        range: undefined,
        "if-range": undefined,
        "if-none-match": undefined,
        "if-modified-since": undefined,
      },
    });
    if (answer.response.status === 200) return await listAnswer(exchange, { list, answer, key });
    failure = answer;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    failure = error;
  }
  const stale =
    list.kept && mayStandIn(exchange, grant, failure) ? await fromCache(exchange, key, "stale") : undefined;
  if (stale !== undefined) {
    if (!(failure instanceof FaultError)) await discard(failure.response);
    return stale;
  }
  if (failure instanceof FaultError) throw failure;
  const { status } = failure.response;
  if (list.path === "_catalog" && (status === 404 || status === 405)) {
    await discard(failure.response);
    const message = `${exchange.registry.key} lists no repositories`;
    return refuse(
      { status: 405, code: "UNSUPPORTED", message, source: "upstream", headers: { allow: "OPTIONS" } },
      exchange.request.method,
    );
  }
  return relayFault(
    exchange,
    failure,
    list.path.includes("/referrers/") ? "MANIFEST_UNKNOWN" : "NAME_UNKNOWN",
  );
}

async function listAnswer(
  exchange: Exchange,
  { list, answer, key }: { readonly list: List; readonly answer: Answer; readonly key: string },
): Promise<Response> {
  const { response, url, grant } = answer;
  const headers = answerHeaders(exchange, response);
  // The entity tag is that of bytes which the client does not get.
  for (const name of ["content-length", "etag", "last-modified", "accept-ranges"]) headers.delete(name);
  headers.set("content-type", documentType(response.headers.get("content-type")));
  headers.set("cache-control", "no-cache");
  const target = nextTarget(response.headers.get("link"));
  const next = target === undefined ? undefined : list.link(target, url);
  if (next !== undefined) headers.set("link", `<${next}>; rel="next"`);
  if (exchange.request.method === "HEAD") {
    await discard(response);
    return new Response(null, { status: 200, headers });
  }
  const body = await readBody(response, LONGEST_LIST);
  if (body === undefined) throw upstreamFault(502, `The list is larger than ${LONGEST_LIST} bytes`);
  const bytes = translated(body, list);
  headers.set("content-length", String(bytes.length));
  if (grant.shared && list.kept) {
    const kept: Record<string, string> = { "content-type": headers.get("content-type") ?? "" };
    if (next !== undefined) kept["link"] = `<${next}>; rel="next"`;
    await keep(exchange, {
      key,
      bytes,
      headers: kept,
      digest: undefined,
      freshSeconds: exchange.policy.cache.listSeconds,
    });
  }
  return new Response(bytes, { status: 200, headers });
}

/** The client's form of a document; its very bytes where nothing in it changes. */
function translated(body: Uint8Array<ArrayBuffer>, list: List): Uint8Array<ArrayBuffer> {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    const message = "The registry's list is not JSON";
    throw new FaultError({ status: 502, code: "UNAVAILABLE", message, source: "upstream" }, { cause });
  }
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw upstreamFault(502, "The registry's list is no JSON object");
  const before: Record<string, unknown> = { ...document };
  const after = list.translate(before);
  const isSame = after === before || JSON.stringify(after) === JSON.stringify(before);
  return isSame ? body : new TextEncoder().encode(JSON.stringify(after));
}

async function fromCache(
  exchange: Exchange,
  key: string,
  age: "fresh" | "stale",
): Promise<Response | undefined> {
  const found = await readKept(exchange, key);
  if (found === undefined || (age === "fresh" && !found.fresh)) return undefined;
  const headers = new Headers({ ...found.kept.headers, "cache-control": "no-cache" });
  headers.set("content-length", String(found.kept.size));
  markKept(exchange, headers, found);
  return new Response(exchange.request.method === "HEAD" ? null : found.kept.body(), {
    status: 200,
    headers,
  });
}
