import type { MiddlewareHandler } from "hono";
import { requestId } from "hono/request-id";
import { accessOf, keyInQuery } from "./access.ts";
import { clientAddress, clientGroup } from "./client.ts";
import { type Fault, refuse } from "./errors.ts";
import type { Forwarding } from "./exchange.ts";
import type { Metrics } from "./metrics.ts";
import { createRateLimiter, type RateKind, rateHeaders } from "./rates.ts";
import { finish, placeOf } from "./registry-app.ts";

/** What kind of request a path is, for logs, metrics and limits. None of them holds a name that a client chose. */
export function kindOf(path: string): string {
  if (/\/manifests\/[^/]+$/.test(path)) return "manifest";
  if (/\/blobs\/uploads(\/[^/]*)?$/.test(path)) return "upload";
  if (/\/blobs\/[^/]+$/.test(path)) return "blob";
  if (path.endsWith("/tags/list")) return "tags";
  if (/\/referrers\/[^/]+$/.test(path)) return "referrers";
  if (path.endsWith("/_catalog")) return "catalog";
  if (/^(\/[^/]+)?\/v2\/?$/.test(path)) return "ping";
  if (/^\/(token|search|v1|mirror|metrics|healthz|\.well-known)(\/|$)/.test(path))
    return path.split("/")[1] ?? "";
  return "page";
}

/** Numbers every request and hands the number back, so that an answer and a line of the log can be put together. */
export const numbered: MiddlewareHandler = requestId({ limitLength: 64 });

/**
 * Limits, counts and logs every request. A line of the log has no header, no query and no address that an upstream signed (security 19):
 * who asked is the group that is counted, what for is kind, registry and repository.
 */
export function watch(forwarding: Forwarding, metrics: Metrics): MiddlewareHandler {
  const { policy, host } = forwarding;
  const limiter = createRateLimiter(policy.rates, host.nowMs);
  return async (context, next) => {
    const request = context.req.raw;
    const began = host.nowMs();
    const { path, query } = placeOf(policy.publicUrl, request);
    const kind = kindOf(path);
    const { key } = accessOf(request, policy);
    const address = clientAddress(request, host.peer(request, context.env), policy.trustedHops);
    const client = key === undefined ? clientGroup(address) : `key ${key}`;

    const limited = request.method === "OPTIONS" ? undefined : limitOf(kind, request.method);
    const state =
      limited === undefined ? undefined : limiter.take(limited, client, limited === "blobBytes" ? 0 : 1);
    const fault: Fault | undefined = keyInQuery(query, policy.accessKeys)
      ? {
          status: 400,
          code: "DENIED",
          message: "An access key in a query ends up in logs; put it into the path or a header",
        }
      : state !== undefined && state.retryAfter > 0
        ? {
            status: 429,
            code: "TOOMANYREQUESTS",
            message: `Too many requests of one client; try again in ${state.retryAfter} seconds`,
            headers: rateHeaders(state),
          }
        : undefined;
    if (fault === undefined) await next();
    else context.res = finish(forwarding, { request, response: refuse(fault, request.method) });

    const { status, headers } = context.res;
    headers.set("x-request-id", context.get("requestId"));
    const bytes = Number(headers.get("content-length") ?? 0);
    if (limited === "blobBytes" && fault === undefined && status < 300)
      limiter.take("blobBytes", client, bytes);
    const cache = headers.get("x-cache");
    metrics.add("breakbulk_requests_total", { kind, status: String(status) });
    if (cache !== null) metrics.add("breakbulk_cache_total", { kind, result: cache.toLowerCase() });
    if (kind === "blob" && status < 300) metrics.add("breakbulk_blob_bytes_total", {}, bytes);
    if (kind === "page" || kind === "healthz") return;
    const registry = headers.get("oci-namespace") ?? undefined;
    host.log(
      JSON.stringify({
        time: new Date(began).toISOString(),
        id: context.get("requestId"),
        method: request.method,
        kind,
        registry,
        repository: registry === undefined ? undefined : repositoryIn(path),
        status,
        ms: Math.round(host.nowMs() - began),
        cache: cache ?? undefined,
        client,
        source: headers.get("x-error-source") ?? undefined,
        code: headers.get("x-error-code") ?? undefined,
      }),
    );
  };
}

function limitOf(kind: string, method: string): RateKind | undefined {
  if (kind === "token") return "tokens";
  if (method !== "GET") return undefined;
  if (kind === "manifest") return "manifests";
  return kind === "blob" ? "blobBytes" : undefined;
}

function repositoryIn(path: string): string | undefined {
  return /\/v2\/(.+?)\/(?:manifests|blobs|tags|referrers)\//.exec(path)?.[1]?.slice(0, 255);
}
