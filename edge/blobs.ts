import type { Grant } from "./authorize.ts";
import { isFromBrowser } from "./cors.ts";
import { discard } from "./dial.ts";
import { FaultError, refuse } from "./errors.ts";
import { type Exchange, grantFor } from "./exchange.ts";
import { fallbacksOf } from "./fallback.ts";
import { hopFlaw, isRedirect } from "./hops.ts";
import { cacheControl, digestKey, IMMUTABLE_SECONDS, markKept, readKept } from "./keep.ts";
import { mayStandIn } from "./manifests.ts";
import { parseContentRange, parseRange } from "./ranges.ts";
import { answerHeaders, isEncoded, relayFault } from "./relay.ts";
import { type Passage, passOn } from "./resume.ts";
import { type Answer, ask } from "./upstream.ts";

/** Answers GET and HEAD of a blob. */
export async function answerBlob(exchange: Exchange, digest: string): Promise<Response> {
  if (isNavigation(exchange.request)) {
    const message = "Blobs are not shown as pages: fetch them with a client";
    return refuse({ status: 403, code: "DENIED", message }, exchange.request.method);
  }
  let grant: Grant | undefined;
  let failure: FaultError | Answer;
  try {
    grant = await grantFor(exchange, ["pull"]);
    const kept = grant.shared ? await fromCache(exchange, digest) : undefined;
    if (kept !== undefined) return kept;
    const answer = await askBlob(exchange, { digest, grant, handOn: handsOn(exchange) });
    const response = await passable(exchange, digest, answer);
    if (response !== undefined) return response;
    failure = answer;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    failure = error;
  }
  if (mayStandIn(exchange, grant, failure)) {
    const other =
      (grant === undefined ? await fromCache(exchange, digest) : undefined) ??
      (await fromFallback(exchange, digest));
    if (other !== undefined) {
      if (!(failure instanceof FaultError)) await discard(failure.response);
      return other;
    }
  }
  if (failure instanceof FaultError) throw failure;
  return relayFault(exchange, failure, "BLOB_UNKNOWN");
}

/** Whether a browser would show the answer in place of a page, or inside of one. */
export function isNavigation(request: Request): boolean {
  const destination = request.headers.get("sec-fetch-dest") ?? "";
  return (
    ["document", "iframe", "frame", "embed", "object"].includes(destination) ||
    request.headers.get("sec-fetch-mode") === "navigate"
  );
}

/**
 * Whether the client is sent to the storage itself (B4). Never a browser: after such a redirect its Origin is `null`, which storage does not
 * allow. `auto` sends container clients there unless this proxy keeps blobs, which it can only if they pass through it.
 */
function handsOn({ request, registry, host }: Exchange): boolean {
  if (request.method !== "GET" || isFromBrowser(request) || registry.blobs === "stream") return false;
  return registry.blobs === "redirect" || host.cache === undefined;
}

interface BlobQuestion {
  readonly digest: string;
  readonly grant: Grant;
  readonly handOn: boolean;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

function askBlob(exchange: Exchange, { digest, grant, handOn, headers }: BlobQuestion): Promise<Answer> {
  return ask(exchange, {
    method: exchange.request.method === "HEAD" ? "HEAD" : "GET",
    path: `${exchange.route.repository}/blobs/${digest}`,
    query: "",
    actions: ["pull"],
    grant,
    handOn,
    ...(headers === undefined ? {} : { headers }),
  });
}

/** The client's answer out of an upstream's that went well, or `undefined` for one that did not. */
async function passable(exchange: Exchange, digest: string, answer: Answer): Promise<Response | undefined> {
  const { response, grant } = answer;
  const { status } = response;
  if (isRedirect(status)) return handOn(exchange, answer);
  if (status !== 200 && status !== 206 && status !== 304) return undefined;
  const headers = answerHeaders(exchange, response);
  guardBlob(headers, digest);
  const type = response.headers.get("content-type") ?? "";
  // Several ranges come with a type that says where each begins.
  if (status === 206 && /^multipart\/byteranges\s*;/i.test(type)) headers.set("content-type", type);
  headers.set("cache-control", cacheControl(exchange, { shared: grant.shared, immutable: status === 200 }));
  headers.set("x-cache", "BYPASS");
  if (!headers.has("docker-content-digest")) headers.set("docker-content-digest", digest);
  if (exchange.request.method === "HEAD" || status === 304 || response.body === null) {
    await discard(response);
    return new Response(null, { status, headers });
  }
  return new Response(await bodyOf(exchange, { digest, answer, headers }), { status, headers });
}

/** The storage's address for the client itself; it is signed, and passed on as it is. */
async function handOn(exchange: Exchange, { response, url }: Answer): Promise<Response> {
  await discard(response);
  const location = response.headers.get("location");
  const target = location === null || !URL.canParse(location, url) ? undefined : new URL(location, url);
  const flaw = target === undefined ? "it is none" : hopFlaw(target, exchange.registry);
  if (location === null || target === undefined || flaw !== undefined) {
    const message = `${exchange.registry.key} redirects to an address that is not passed on: ${flaw}`;
    throw new FaultError({ status: 502, code: "UNAVAILABLE", message, source: "upstream" });
  }
  const said = /^[a-z]+:\/\//i.test(location) ? location : target.href;
  return new Response(null, {
    status: 307,
    headers: { location: said, "cache-control": "no-store", "content-length": "0" },
  });
}

/** Whatever a blob is, it is bytes to be saved, and nothing that a browser opens. */
function guardBlob(headers: Headers, digest: string): void {
  headers.set("content-type", "application/octet-stream");
  headers.set("content-disposition", `attachment; filename="${digest.replace(/[^a-z0-9]/gi, "-")}"`);
  if (!headers.has("accept-ranges")) headers.set("accept-ranges", "bytes");
}

/** The body for the client: one that goes on where the upstream breaks off, and that fills the cache on its way if it may. */
async function bodyOf(
  exchange: Exchange,
  { digest, answer, headers }: { digest: string; answer: Answer; headers: Headers },
): Promise<ReadableStream<Uint8Array> | null> {
  const { response, grant } = answer;
  const body = response.body as ReadableStream<Uint8Array> | null;
  const span = parseContentRange(response.headers.get("content-range"));
  const said = response.headers.get("content-length");
  const length = span === undefined ? Number(said ?? Number.NaN) : span.to - span.from;
  const isMultipart = response.status === 206 && span === undefined;
  if (body === null || isEncoded(response) || isMultipart || !Number.isSafeInteger(length)) return body;
  headers.set("content-length", String(length));
  const from = span?.from ?? 0;
  const tag = response.headers.get("etag");
  const whole = response.status === 200;
  const tap = whole && grant.shared ? await tapFor(exchange, { digest, length, headers }) : undefined;
  const stream = passOn({
    body,
    length,
    tap,
    idleMs: exchange.policy.limits.idleMs,
    reopen: async (offset) => {
      const again = await askBlob(exchange, {
        digest,
        grant: await grantFor(exchange, ["pull"]),
        handOn: false,
        headers: {
          range: `bytes=${from + offset}-${from + length - 1}`,
          // A weak tag does not speak of bytes.
          "if-range": tag === null || tag.startsWith("W/") ? undefined : tag,
          "if-none-match": undefined,
        },
      });
      const rest = parseContentRange(again.response.headers.get("content-range"));
      if (again.response.status === 206 && rest?.from === from + offset && rest.to === from + length)
        return (again.response.body as ReadableStream<Uint8Array> | null) ?? undefined;
      await discard(again.response);
      return undefined;
    },
  });
  const fixed = exchange.host.fixedLength?.(length);
  return fixed === undefined ? stream : stream.pipeThrough(fixed);
}

/** What fills the cache with a blob that passes. */
async function tapFor(
  exchange: Exchange,
  { digest, length, headers }: { digest: string; length: number; headers: Headers },
): Promise<Passage["tap"]> {
  if (!digest.startsWith("sha256:") || length > exchange.policy.cache.objectBytes) return undefined;
  const key = digestKey(exchange, "blob", digest);
  const keeping = {
    headers: { "docker-content-digest": digest },
    digest,
    size: length,
    freshSeconds: IMMUTABLE_SECONDS,
  };
  const writer = await exchange.host.cache?.write(key, keeping).catch(() => undefined);
  if (writer === undefined) return undefined;
  headers.set("x-cache", "MISS");
  return {
    write: (bytes) => writer.write(bytes),
    end: () => writer.commit(),
    abort: () => writer.abort(),
  };
}

/** The blob, or the part of it that is asked for, out of the cache. */
async function fromCache(exchange: Exchange, digest: string): Promise<Response | undefined> {
  const found = await readKept(exchange, digestKey(exchange, "blob", digest));
  if (found === undefined) return undefined;
  const { request } = exchange;
  const { kept } = found;
  const tag = `"${digest}"`;
  const headers = new Headers({ "docker-content-digest": digest, etag: tag });
  guardBlob(headers, digest);
  markKept(exchange, headers, { ...found, fresh: true });
  const condition = request.headers.get("if-range");
  const isWhole = request.method === "HEAD" || (condition !== null && condition !== tag);
  const asked = isWhole ? null : request.headers.get("range");
  const span = parseRange(asked, kept.size);
  headers.set("cache-control", cacheControl(exchange, { shared: true, immutable: span === undefined }));
  if (span === "none") {
    const message = `The blob has ${kept.size} bytes`;
    const range = { "content-range": `bytes */${kept.size}` };
    return refuse({ status: 416, code: "SIZE_INVALID", message, headers: range }, request.method);
  }
  const { from, to } = span ?? { from: 0, to: kept.size };
  if (span !== undefined) headers.set("content-range", `bytes ${from}-${to - 1}/${kept.size}`);
  headers.set("content-length", String(to - from));
  const fixed = exchange.host.fixedLength?.(to - from);
  const body = request.method === "HEAD" ? null : kept.body(from, to);
  return new Response(body === null || fixed === undefined ? body : body.pipeThrough(fixed), {
    status: span === undefined ? 200 : 206,
    headers,
  });
}

/** The blob from one of the row's other registries: its digest makes it the same. */
async function fromFallback(exchange: Exchange, digest: string): Promise<Response | undefined> {
  for (const { exchange: other, grant } of fallbacksOf(exchange)) {
    try {
      const answer = await askBlob(other, { digest, grant, handOn: false });
      const response = await passable(other, digest, answer);
      if (response !== undefined) {
        response.headers.append(
          "warning",
          `299 - "${exchange.registry.key} cannot answer now: this is from ${other.registry.key}"`,
        );
        return response;
      }
      await discard(answer.response);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
    }
  }
  return undefined;
}
