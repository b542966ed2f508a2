import { discard } from "./dial.ts";
import { codeOfStatus, type FaultCode, refuse } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { clientHeaders } from "./headers.ts";
import { readBody } from "./read-body.ts";
import type { Answer } from "./upstream.ts";

/** The headers of an answer to the client, from what the upstream said; an encoding that came unasked takes the length with it (B5). */
export function answerHeaders(exchange: Exchange, response: Response): Headers {
  const headers = clientHeaders(response.headers, exchange.policy.limits.headers);
  if (isEncoded(response)) headers.delete("content-length");
  warnOfQuota(headers, exchange.registry.key);
  return headers;
}

/** Says it in words when little is left of a quota, before nothing is (E5): Docker Hub's headers are seen by nobody. */
function warnOfQuota(headers: Headers, registry: string): void {
  const count = (name: string): number => Number(/^\d+/.exec(headers.get(name) ?? "")?.[0] ?? Number.NaN);
  const [limit, left] = [count("ratelimit-limit"), count("ratelimit-remaining")];
  if (left * 10 > limit || !(left <= limit)) return;
  headers.append("warning", `299 - "${registry}: ${left} of ${limit} pulls are left"`);
}

/** Whether a body was sent encoded although `identity` was asked for: the runtime may have decoded it, under the old length. */
export function isEncoded(response: Response): boolean {
  const encoding = response.headers.get("content-encoding");
  return encoding !== null && encoding !== "" && encoding.toLowerCase() !== "identity";
}

/**
 * A refusal of the upstream, for the client: its own words when they are in the form of the specification, ours when they are a page or nothing
 * (E2). A failure on its side stays one (E3), and what storage says about our address is not about the client's rights.
 */
export async function relayFault(exchange: Exchange, answer: Answer, missing: FaultCode): Promise<Response> {
  const { response, elsewhere, url } = answer;
  const { method } = exchange.request;
  // A name may be redirected to another registry as a whole: what that one says is about the image, and not about an address.
  const isRegistry = elsewhere && url.pathname.startsWith("/v2/");
  const status =
    isRegistry && response.status === 401 ? 403 : statusFor(response.status, elsewhere && !isRegistry);
  const headers = clientHeaders(response.headers, exchange.policy.limits.headers);
  for (const name of ["content-length", "content-type", "accept-ranges", "etag", "last-modified", "age"])
    headers.delete(name);
  headers.set("cache-control", "no-store");
  headers.set("x-error-source", "upstream");
  const words = method === "HEAD" || elsewhere ? await nothing(response) : await wordsOf(exchange, response);
  if (words !== undefined) {
    headers.set("content-type", "application/json");
    headers.set("content-length", String(words.length));
    return new Response(words, { status, headers });
  }
  const code = status === 404 ? missing : codeOfStatus(status);
  const host = elsewhere && !isRegistry ? "The storage" : exchange.registry.key;
  const message =
    status === response.status || status === 403
      ? `${host} answered ${response.status}`
      : `${host} answered ${response.status}, which is a failure on its side`;
  const refusal = refuse(
    { status, code, message, source: "upstream", detail: { status: response.status } },
    method,
  );
  for (const [name, value] of headers) if (!refusal.headers.has(name)) refusal.headers.set(name, value);
  return refusal;
}

function statusFor(status: number, elsewhere: boolean): number {
  if (status >= 500) return status === 503 || status === 504 ? status : 502;
  // Storage has no accounts of the client's, so that its 400, 401 and 403 are between it and the registry.
  if (elsewhere && status !== 404 && status !== 416 && status !== 429) return 502;
  // What is no refusal and yet ended up here was not understood.
  return status < 400 ? 502 : status;
}

/** A body of the form `{"errors": […]}`, exactly as it came. */
async function wordsOf(exchange: Exchange, response: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const body = await readBody(response, exchange.policy.limits.errorBody).catch(() => undefined);
  if (body === undefined) return undefined;
  try {
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    const isOne = typeof document === "object" && document !== null && "errors" in document;
    return isOne && Array.isArray(document.errors) ? body : undefined;
  } catch {
    return undefined;
  }
}

async function nothing(response: Response): Promise<undefined> {
  await discard(response);
}
