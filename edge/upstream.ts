import type { AccessRequest, Grant } from "./authorize.ts";
import { dial, discard } from "./dial.ts";
import { FaultError } from "./errors.ts";
import { accessOf, type Exchange } from "./exchange.ts";
import { upstreamHeaders } from "./headers.ts";
import { hopFlaw, isRedirect } from "./hops.ts";

/** A question to the exchange's registry that sends no body. */
export interface Question {
  readonly method: "GET" | "HEAD";
  /** What stands behind `/v2/`, raw. */
  readonly path: string;
  readonly query: string;
  readonly actions: AccessRequest["actions"];
  readonly grant: Grant;
  /** Headers that differ from the client's; `undefined` takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Whether redirects are handed back in place of being followed. */
  readonly handOn?: boolean;
}

/** What an upstream said in the end. */
export interface Answer {
  readonly response: Response;
  /** Where it came from, after redirects. Storage signs such addresses: they are never logged, kept or told. */
  readonly url: URL;
  /** Whether it comes from another host than the registry's own. */
  readonly elsewhere: boolean;
  /** Under which grant; another one than asked with, when the upstream wanted to be asked twice. */
  readonly grant: Grant;
}

/** Asks the registry, proves who asks once more if it wants that, and follows its redirects with nothing that is not the hop's business. */
export async function ask(exchange: Exchange, question: Question): Promise<Answer> {
  const url = new URL(upstreamUrl(exchange, question.path, question.query));
  let { grant } = question;
  let response = await knock(exchange, { url, question, authorization: grant.authorization });
  // The second time only brings the refusal to hand on: without it, a client that may log in would see a 401 that does not say where.
  for (let tries = 0; response.status === 401 && tries < 2; tries++) {
    if (!response.headers.has("www-authenticate")) {
      await discard(response);
      throw deniedWithoutChallenge(exchange);
    }
    const asked = accessOf(exchange, question.actions);
    const leave = await exchange.tokens.reauthorize(asked, grant, response);
    await discard(response);
    if (!leave.ok) throw new FaultError(leave);
    grant = leave;
    response = await knock(exchange, { url, question, authorization: grant.authorization });
  }
  if (question.handOn === true && isRedirect(response.status))
    return { response, url, elsewhere: false, grant };
  const end = await follow(exchange, { response, url, question, authorization: grant.authorization });
  return { ...end, grant };
}

/** The address behind `/v2/` at the exchange's registry. The query is joined as text, since it is the upstream's own. */
export function upstreamUrl(exchange: Exchange, path: string, query: string): string {
  return `${exchange.registry.base.replace(/\/$/, "")}/v2/${path}${query === "" ? "" : `?${query}`}`;
}

/** The headers of a request to an upstream: what the client may say, what differs, and where it has been. */
export function headersFor(
  exchange: Exchange,
  options: {
    readonly body: boolean;
    readonly authorization: string | undefined;
    readonly changes?: Readonly<Record<string, string | undefined>> | undefined;
  },
): Headers {
  const headers = upstreamHeaders(exchange.request.headers, {
    body: options.body,
    ranges: exchange.policy.limits.ranges,
  });
  for (const [name, value] of Object.entries(options.changes ?? {})) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  if (options.authorization !== undefined) headers.set("authorization", options.authorization);
  const before = exchange.request.headers.get("via");
  headers.set("via", before === null ? exchange.via : `${before}, ${exchange.via}`);
  headers.set("user-agent", "breakbulk-edge");
  return headers;
}

interface Knock {
  readonly url: URL;
  readonly question: Question;
  readonly authorization: string | undefined;
  readonly changes?: Readonly<Record<string, string>>;
  readonly method?: "GET";
}

function knock(
  exchange: Exchange,
  { url, question, authorization, changes, method }: Knock,
): Promise<Response> {
  const headers = headersFor(exchange, {
    body: false,
    authorization,
    changes: { ...question.headers, ...changes },
  });
  return dial(
    exchange.host,
    { url, method: method ?? question.method, headers, signal: exchange.request.signal },
    exchange.policy.limits.headerWaitMs,
  );
}

/**
 * The end of a chain of redirects (B1 to B3). Credentials are the first origin's, and gone for good once a hop leaves it; a hop that is a
 * registry and asks for a token gets an anonymous one of its own (A14).
 */
async function follow(
  exchange: Exchange,
  start: Knock & { readonly response: Response },
): Promise<{ readonly response: Response; readonly url: URL; readonly elsewhere: boolean }> {
  const { question } = start;
  const home = start.url.origin;
  let { url, response, authorization } = start;
  for (let hops = 0; isRedirect(response.status); hops++) {
    const next = nextHop(exchange, response, url);
    await discard(response);
    if (hops === exchange.policy.limits.redirects)
      throw upstreamFault(
        502,
        `${new URL(exchange.registry.base).hostname} redirects more than ${hops} times`,
      );
    if (next.origin !== url.origin) authorization = undefined;
    url = next;
    response = await knock(exchange, { url, question, authorization });
    const challenged = response.status === 401 && url.origin !== home && authorization === undefined;
    if (challenged && response.headers.has("www-authenticate")) {
      authorization = await exchange.tokens.authorizeHop({ url, response, signal: exchange.request.signal });
      if (authorization !== undefined) {
        await discard(response);
        response = await knock(exchange, { url, question, authorization });
      }
    }
  }
  const elsewhere = url.origin !== home;
  if (elsewhere && question.method === "HEAD" && [400, 403, 405, 501].includes(response.status)) {
    await discard(response);
    response = await headByRange(exchange, { url, question, authorization });
  }
  return { response, url, elsewhere };
}

/** Where a redirect leads, if it may lead there. */
function nextHop(exchange: Exchange, response: Response, from: URL): URL {
  const location = response.headers.get("location");
  const next = location === null || !URL.canParse(location, from) ? undefined : new URL(location, from);
  if (next === undefined) throw upstreamFault(502, `${from.hostname} redirects to nowhere`);
  const flaw = hopFlaw(next, exchange.registry);
  if (flaw !== undefined)
    throw upstreamFault(502, `${from.hostname} redirects to an address that is not followed: ${flaw}`);
  return next;
}

/** What a HEAD would have said, from storage whose addresses are signed for GET only: one byte is asked for, and the size read off its range. */
async function headByRange(exchange: Exchange, asked: Knock): Promise<Response> {
  const response = await knock(exchange, { ...asked, method: "GET", changes: { range: "bytes=0-0" } });
  await discard(response);
  const headers = new Headers(response.headers);
  if (response.status === 206) {
    const size = /^bytes 0-0\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
    if (size === undefined) headers.delete("content-length");
    else headers.set("content-length", size);
    headers.delete("content-range");
    return new Response(null, { status: 200, headers });
  }
  // An empty object has no byte 0.
  if (response.status === 416 && headers.get("content-range") === "bytes */0") {
    headers.set("content-length", "0");
    headers.delete("content-range");
    return new Response(null, { status: 200, headers });
  }
  return new Response(null, { status: response.status, headers });
}

/** A 401 that does not say how to log in would send clients round in a circle; it means no (M7). */
export function deniedWithoutChallenge({ registry }: Exchange): FaultError {
  const message = `${registry.key} refuses, and does not say how to log in`;
  return new FaultError({ status: 403, code: "DENIED", message, source: "upstream" });
}

/** A fault that lies with the upstream. */
export function upstreamFault(status: number, message: string): FaultError {
  return new FaultError({ status, code: "UNAVAILABLE", message, source: "upstream" });
}
