import { mapAddress, pathInRepository, readAddress, type Said } from "./addresses.ts";
import { FaultError } from "./errors.ts";
import { type Exchange, mappingOf, nowOf } from "./exchange.ts";
import { hopFlaw } from "./hops.ts";
import { clientPath } from "./route.ts";
import { upstreamUrl } from "./upstream.ts";

/** In front of a sealed session: no registry begins its own so, and those that did would be sealed. */
const MARK = "~";

/** Seconds that an upload may take: registries drop sessions after hours to a week. */
const TICKET_SECONDS = 12 * 3600;

/** An upload's address as the proxy keeps it out of the client's sight, bound to who began it and where (U2). */
interface Ticket {
  readonly url: string;
  readonly registry: string;
  readonly repository: string;
  readonly principal: string;
}

/** Where an upload goes on. */
export interface UploadTarget {
  readonly url: string;
  /** Whether it is the registry itself, which alone gets its credentials. */
  readonly home: boolean;
}

/** The client's path to an upload's session: the upstream's own, when it lies in the repository; a sealed ticket for any other place. */
export async function clientSession(
  exchange: Exchange,
  options: { readonly location: string; readonly from: URL; readonly principal: string },
): Promise<string> {
  const said = readAddress(options.location, options.from);
  if (said === undefined) throw badSession(exchange, "is no address");
  const mapping = mappingOf(exchange);
  const path = pathInRepository(said, mapping);
  const session = path === undefined ? undefined : /^\/blobs\/uploads\/([^/]+)$/.exec(path)?.[1];
  const own = session === undefined || session.startsWith(MARK) ? undefined : mapAddress(said, mapping);
  if (own !== undefined) return own;
  const flaw = hopFlaw(said.url, exchange.registry);
  if (flaw !== undefined) throw badSession(exchange, `is not to be used: ${flaw}`);
  const ticket: Ticket = {
    url: rawUrl(said),
    registry: exchange.registry.key,
    repository: mapping.repository,
    principal: options.principal,
  };
  const sealed = await exchange.sealer.seal("upload", ticket, nowOf(exchange) + TICKET_SECONDS);
  return clientPath(mapping.entry, mapping.name, { path: `/blobs/uploads/${MARK}${sealed}`, query: "" });
}

/** Where the client's session is, with the client's query put to it. */
export async function uploadTarget(
  exchange: Exchange,
  session: string,
  principal: string,
): Promise<UploadTarget> {
  const query = mergedQuery(exchange.route.query);
  const { repository = "" } = exchange.route;
  if (!session.startsWith(MARK))
    return { url: upstreamUrl(exchange, `${repository}/blobs/uploads/${session}`, query), home: true };
  const ticket = ticketOf(await exchange.sealer.open("upload", session.slice(MARK.length)));
  const isOurs =
    ticket !== undefined &&
    ticket.registry === exchange.registry.key &&
    ticket.repository === repository &&
    ticket.principal === principal;
  if (!isOurs || hopFlaw(new URL(ticket.url), exchange.registry) !== undefined) {
    const message = "The upload is unknown: it has expired, or another client or repository began it";
    throw new FaultError({ status: 404, code: "BLOB_UPLOAD_UNKNOWN", message });
  }
  const home = new URL(ticket.url).origin === new URL(exchange.registry.base).origin;
  return { url: withQuery(ticket.url, query), home };
}

/** A ticket out of what was sealed, which an older version may have done otherwise. */
function ticketOf(opened: unknown): Ticket | undefined {
  if (typeof opened !== "object" || opened === null) return undefined;
  const { url, registry, repository, principal }: Partial<Record<keyof Ticket, unknown>> = opened;
  if (typeof url !== "string" || typeof registry !== "string") return undefined;
  if (typeof repository !== "string" || typeof principal !== "string") return undefined;
  return { url, registry, repository, principal };
}

/** A client's query that was put behind one that was there already: some put a second question mark. */
function mergedQuery(query: string): string {
  return query.replaceAll("?", "&").replace(/^&/, "");
}

function withQuery(url: string, query: string): string {
  if (query === "") return url;
  return `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

function rawUrl({ url, query }: Said): string {
  return `${url.origin}${url.pathname}${query === "" ? "" : `?${query}`}`;
}

function badSession(exchange: Exchange, how: string): FaultError {
  const message = `The address that ${exchange.registry.key} gives for the upload ${how}`;
  return new FaultError({ status: 502, code: "UNAVAILABLE", message, source: "upstream" });
}
