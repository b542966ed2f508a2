import type { Grant } from "./authorize.ts";
import { discard } from "./dial.ts";
import { FaultError } from "./errors.ts";
import { type Exchange, grantFor } from "./exchange.ts";
import { fallbacksOf } from "./fallback.ts";
import { documentType } from "./headers.ts";
import { cacheControl, digestKey, keep, markKept, readKept, tagKey, tagSeconds } from "./keep.ts";
import { acceptOf, askManifest, digestOfHead, keptHeaders, readManifest } from "./manifest-source.ts";
import { answerHeaders, relayFault } from "./relay.ts";
import type { Answer } from "./upstream.ts";

/** Answers GET and HEAD of a manifest: from what is kept, from the registry, from another one, or from what was kept too long ago, in this order. */
export async function answerManifest(exchange: Exchange, reference: string): Promise<Response> {
  let grant: Grant | undefined;
  let failure: FaultError | Answer;
  try {
    grant = await grantFor(exchange, ["pull"]);
    const kept = grant.shared ? await fromCache(exchange, reference, "fresh") : undefined;
    if (kept !== undefined) return kept;
    const answer =
      exchange.request.method === "HEAD"
        ? await head(exchange, reference, grant)
        : await get(exchange, reference, grant);
    if (answer instanceof Response) return answer;
    failure = answer;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    failure = error;
  }
  if (mayStandIn(exchange, grant, failure)) {
    const other =
      (await fromFallback(exchange, reference)) ?? (await fromCache(exchange, reference, "stale"));
    if (other !== undefined) {
      if (!(failure instanceof FaultError)) await discard(failure.response);
      return other;
    }
  }
  if (failure instanceof FaultError) throw failure;
  return relayFault(exchange, failure, "MANIFEST_UNKNOWN");
}

/** Whether the failure is one of means (quota, outage), and what is asked for is for everyone: then another answer may stand in. */
export function mayStandIn(
  exchange: Exchange,
  grant: Grant | undefined,
  failure: FaultError | Answer,
): boolean {
  const status = failure instanceof FaultError ? failure.fault.status : failure.response.status;
  const open = grant === undefined ? !exchange.request.headers.has("authorization") : grant.shared;
  return open && (status === 429 || status >= 500);
}

/** The registry's answer to a HEAD, its failures handed back. */
async function head(exchange: Exchange, reference: string, grant: Grant): Promise<Response | Answer> {
  const answer = await askManifest(exchange, { method: "HEAD", reference, grant, conditional: true });
  const { response } = answer;
  if (response.status !== 200 && response.status !== 304) return answer;
  await discard(response);
  const headers = answerHeaders(exchange, response);
  if (response.status === 200)
    headers.set("content-type", documentType(response.headers.get("content-type")));
  if (reference.includes(":") && !headers.has("docker-content-digest"))
    headers.set("docker-content-digest", reference);
  if (response.status === 200) await rememberTag(exchange, { reference, headers, grant: answer.grant });
  return manifestAnswer(exchange, { reference, headers, grant: answer.grant, status: response.status });
}

/**
 * The registry's answer to a GET, its failures handed back. Where answers are kept, a tag is first looked up by HEAD, which costs no pull at Docker
 * Hub, and only a manifest that is not here is fetched (C3).
 */
async function get(exchange: Exchange, reference: string, grant: Grant): Promise<Response | Answer> {
  let wanted = reference;
  if (!reference.includes(":") && grant.shared && exchange.host.cache !== undefined) {
    const answer = await askManifest(exchange, { method: "HEAD", reference, grant, conditional: false });
    if (answer.response.status === 429) return answer;
    const digest = await digestOfHead(answer);
    if (answer.response.status === 200 && digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) {
      const headers = answerHeaders(exchange, answer.response);
      await rememberTag(exchange, { reference, headers, grant: answer.grant });
      const kept = await fromCache(exchange, reference, "fresh");
      if (kept !== undefined) return kept;
      wanted = digest;
    }
  }
  const answer = await askManifest(exchange, { method: "GET", reference: wanted, grant, conditional: true });
  if (answer.response.status === 304) {
    await discard(answer.response);
    const headers = answerHeaders(exchange, answer.response);
    return manifestAnswer(exchange, { reference, headers, grant: answer.grant, status: 304 });
  }
  if (answer.response.status !== 200) return answer;
  const document = await readManifest(exchange, answer, wanted);
  await rememberTag(exchange, { reference, headers: document.headers, grant: answer.grant });
  document.headers.set(
    "x-cache",
    exchange.host.cache === undefined || !answer.grant.shared ? "BYPASS" : "MISS",
  );
  return manifestAnswer(exchange, { reference, ...document, grant: answer.grant, status: 200 });
}

interface Said {
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
  readonly reference: string;
  readonly headers: Headers;
  readonly grant: Pick<Grant, "shared">;
  readonly status: number;
}

function manifestAnswer(exchange: Exchange, { reference, headers, grant, status, bytes }: Said): Response {
  const immutable = reference.includes(":") && status !== 304;
  headers.set("cache-control", cacheControl(exchange, { shared: grant.shared, immutable }));
  return new Response(exchange.request.method === "HEAD" ? null : bytes, { status, headers });
}

/** Remembers which manifest a tag meant, and what a HEAD of it says. */
async function rememberTag(
  exchange: Exchange,
  { reference, headers, grant }: { reference: string; headers: Headers; grant: Grant },
): Promise<void> {
  const digest = headers.get("docker-content-digest");
  if (reference.includes(":") || !grant.shared || exchange.host.cache === undefined) return;
  if (digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest)) return;
  const length = headers.get("content-length");
  await keep(exchange, {
    key: tagKey(exchange, reference, acceptOf(exchange.request)),
    bytes: new TextEncoder().encode(digest),
    headers: { ...keptHeaders(headers), ...(length === null ? {} : { "x-length": length }) },
    digest: undefined,
    freshSeconds: tagSeconds(exchange, reference),
  });
}

/** The answer out of what is kept: of a tag what it was last known to mean, if that is still fresh or a stale one will do. */
async function fromCache(
  exchange: Exchange,
  reference: string,
  age: "fresh" | "stale",
): Promise<Response | undefined> {
  if (exchange.host.cache === undefined) return undefined;
  const { request } = exchange;
  const byTag = !reference.includes(":");
  const tag = byTag ? await readKept(exchange, tagKey(exchange, reference, acceptOf(request))) : undefined;
  if (byTag && (tag === undefined || (age === "fresh" && !tag.fresh))) return undefined;
  const digest = byTag ? tag?.kept.headers["docker-content-digest"] : reference;
  if (digest === undefined) return undefined;
  const manifest = await readKept(exchange, digestKey(exchange, "manifest", digest));
  const length = manifest?.kept.size ?? tag?.kept.headers["x-length"];
  const about = tag ?? manifest;
  if (about === undefined || (manifest === undefined && request.method !== "HEAD") || length === undefined)
    return undefined;
  const { "x-length": _, ...said } = (manifest ?? about).kept.headers;
  const headers = new Headers({ etag: `"${digest}"`, ...said, "content-length": String(length) });
  markKept(exchange, headers, about);
  const known = request.headers.get("if-none-match");
  const unchanged = known !== null && known.split(",").some((tag) => sameTag(tag, headers.get("etag")));
  if (unchanged) headers.delete("content-length");
  headers.set("cache-control", cacheControl(exchange, { shared: true, immutable: !byTag && !unchanged }));
  const body = unchanged || request.method === "HEAD" ? null : (manifest?.kept.body() ?? null);
  return new Response(body, { status: unchanged ? 304 : 200, headers });
}

/** Whether an entity tag of If-None-Match is the answer's, weakness aside. */
function sameTag(said: string, own: string | null): boolean {
  const bare = (tag: string): string => tag.trim().replace(/^W\//, "");
  return bare(said) === "*" || (own !== null && bare(said) === bare(own));
}

/** The answer of one of the row's other registries. A tag is believed to mean there what it meant here last, or else what it says, with a warning. */
async function fromFallback(exchange: Exchange, reference: string): Promise<Response | undefined> {
  const known = reference.includes(":")
    ? undefined
    : await readKept(exchange, tagKey(exchange, reference, acceptOf(exchange.request)));
  const digest = known?.fresh === true ? known.kept.headers["docker-content-digest"] : undefined;
  const wanted = digest ?? reference;
  for (const { exchange: other, grant } of fallbacksOf(exchange)) {
    try {
      const method = exchange.request.method === "HEAD" ? "HEAD" : "GET";
      const answer = await askManifest(other, { method, reference: wanted, grant, conditional: false });
      if (answer.response.status !== 200) {
        await discard(answer.response);
        continue;
      }
      const document = method === "GET" ? await readManifest(other, answer, wanted) : undefined;
      const headers = document?.headers ?? answerHeaders(other, answer.response);
      const certain = wanted.includes(":") ? "" : ", whose tags may lag behind";
      headers.append(
        "warning",
        `299 - "${exchange.registry.key} cannot answer now: this is from ${other.registry.key}${certain}"`,
      );
      headers.set("x-cache", "FALLBACK");
      return manifestAnswer(exchange, { reference, headers, grant, status: 200, bytes: document?.bytes });
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
    }
  }
  return undefined;
}
