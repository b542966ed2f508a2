import type { ReadOptions } from "../bytes/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { Fields, JsonValue } from "../oci/mod.ts";
import { DOCKER_HUB } from "./endpoint.ts";
import { readFields } from "./read-answer.ts";
import type { Registry } from "./registry.ts";
import type { Transport } from "./transport.ts";

/** A repository that a search found. */
export interface FoundRepository {
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly official: boolean;
  /** Pulls so far, where that is told. */
  readonly pulls?: number | undefined;
}

/** What {@link searchRepositories} takes. */
export interface SearchOptions extends ReadOptions {
  /** As typed: `nginx`, `library/nginx`, or with a registry before it: `harbor.example/crane`. */
  readonly term: string;
  /** Default, and for 0 and below: 25. At most 100. */
  readonly limit?: number | undefined;
  /** Which of Docker Hub's searches is asked. Default: `v1`, as `docker search` does. */
  readonly api?: "v1" | "v2" | "v4" | undefined;
  /** Whether a registry that has no search is listed instead, and its names looked through. */
  readonly catalog?: boolean | undefined;
}

/** Characters of one text of a result. */
const LONGEST = 4000;

/** What would be an order to a terminal; Docker prints tabs and line breaks. */
const CONTROLS = /[^\P{Cc}\t\n\r]+/gu;

const LIMIT = 25;
const MOST = 100;

/**
 * The repositories that a search finds, in the order of its answer.
 * @throws CoreError `registry/refused` in Docker's words for a term or a limit that cannot be; `registry/unsupported` where there is no search;
 * `registry/*`.
 */
export async function searchRepositories(
  registry: Registry,
  options: SearchOptions,
): Promise<readonly FoundRepository[]> {
  const { domain, term } = searchTerm(options.term);
  const wanted = options.limit ?? 0;
  const limit = wanted <= 0 ? LIMIT : wanted;
  if (limit > MOST) throw refused(`limit ${limit} is outside the range of [1, ${MOST}]`);
  const transport = registry.transport(domain);
  const url = searchUrl(transport, { term, limit, api: options.api ?? "v1" });
  try {
    const headers = { accept: "application/json", "x-docker-token": "true" };
    const { response } = await transport.send({
      method: "GET",
      url,
      headers,
      scopes: [],
      signal: options.signal,
    });
    const fields = await readFields(response, {
      document: `the search of ${domain}`,
      limit: transport.limits.page,
      patience: transport,
      signal: options.signal,
    });
    return readFound(fields).slice(0, limit);
  } catch (error) {
    if (options.catalog !== true || domain === DOCKER_HUB) throw error;
    if (!isCoreError(error) || ["registry/limited", "registry/unreachable"].includes(error.code)) throw error;
    return listed(registry, { domain, term, limit, signal: options.signal });
  }
}

/** Where a term is looked for, and what. @throws CoreError `registry/refused`. */
export function searchTerm(text: string): { readonly domain: string; readonly term: string } {
  if (text.includes("://"))
    throw refused(`invalid repository name: repository name (${text}) should not have a scheme`);
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const own = first.includes(".") || first.includes(":") || first === "localhost";
  const domain = !own || first === "index.docker.io" ? DOCKER_HUB : first;
  const rest = own ? text.slice(slash + 1) : text;
  return {
    domain,
    term: domain === DOCKER_HUB && rest.startsWith("library/") ? rest.slice("library/".length) : rest,
  };
}

/** A proxy is asked at its own address, and told the registry with the term. */
function searchUrl(
  { endpoint }: Transport,
  { term, limit, api }: { readonly term: string; readonly limit: number; readonly api: "v1" | "v2" | "v4" },
): string {
  const hub = endpoint.registry === DOCKER_HUB;
  const direct = endpoint.prefix === "";
  if (hub && direct && api === "v2")
    return `https://hub.docker.com/v2/search/repositories/?${new URLSearchParams({ query: term, page_size: String(limit) }).toString()}`;
  if (hub && direct && api === "v4")
    return `https://hub.docker.com/api/search/v4?${new URLSearchParams({ query: term, size: String(limit), from: "0" }).toString()}`;
  const root = hub && direct ? "https://index.docker.io/" : endpoint.base.slice(0, -"v2/".length);
  const q = hub || direct ? term : `${endpoint.registry}/${term}`;
  return `${root}v1/search?${new URLSearchParams({ q, n: String(limit) }).toString()}`;
}

/** The results in any of the three shapes. What has no name is left out. */
function readFound(fields: Fields): FoundRepository[] {
  const results = fields.value("results") ?? fields.value("summaries");
  return Array.isArray(results) ? results.flatMap((one: JsonValue) => foundIn(one) ?? []) : [];
}

function foundIn(value: JsonValue): FoundRepository | undefined {
  if (!(value instanceof Map)) return undefined;
  const text = (...names: readonly string[]): string => {
    for (const name of names) {
      const found = value.get(name);
      if (typeof found === "string" && found !== "") return found.slice(0, LONGEST).replace(CONTROLS, " ");
    }
    return "";
  };
  const count = (name: string): number | undefined => {
    const found = value.get(name);
    return typeof found === "number" && Number.isFinite(found) ? found : undefined;
  };
  const name = text("repo_name", "name", "slug", "id");
  if (name === "") return undefined;
  const pulls = count("pull_count");
  return {
    name,
    description: text("short_description", "description"),
    stars: count("star_count") ?? 0,
    official: value.get("is_official") === true || text("badge", "filter_type", "source") === "official",
    ...(pulls === undefined ? {} : { pulls }),
  };
}

async function listed(
  registry: Registry,
  {
    domain,
    term,
    limit,
    signal,
  }: ReadOptions & { readonly domain: string; readonly term: string; readonly limit: number },
): Promise<readonly FoundRepository[]> {
  const found: FoundRepository[] = [];
  for await (const page of registry.catalog(domain, { signal })) {
    for (const name of page)
      if (name.includes(term.toLowerCase())) found.push({ name, description: "", stars: 0, official: false });
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

function refused(reason: string): CoreError {
  return new CoreError("registry/refused", reason, { reason });
}
