import { accessOf } from "./access.ts";
import type { Tokens } from "./broker.ts";
import { CAPABILITY_PATH, capabilityOf } from "./capability.ts";
import { preflight } from "./cors.ts";
import { FaultError, refuse } from "./errors.ts";
import type { Forwarding } from "./exchange.ts";
import type { Metrics } from "./metrics.ts";
import { mirrorPage } from "./mirror-page.ts";
import { ownUrl } from "./own-url.ts";
import { finish, placeOf } from "./registry-app.ts";
import { asV1, type Search, search, splitTerm } from "./search.ts";
import type { FoundPage } from "./search-shapes.ts";
import { answerToken, withToken } from "./token-endpoint.ts";

/** What the proxy's own addresses need beside what forwarding does. */
export interface Services {
  readonly forwarding: Forwarding;
  readonly secrets: Tokens;
  readonly metrics: Metrics;
}

const PATHS: Readonly<
  Record<string, (services: Services, request: Request) => Promise<Response> | Response>
> = {
  "/token": ({ secrets }, request) => answerToken(secrets, request),
  "/v1/_ping": () => pong(),
  "/v1/search": answerV1,
  "/search": answerSearch,
  [CAPABILITY_PATH]: answerCapability,
  "/healthz": () => textOf("ok\n", "text/plain; charset=utf-8"),
  "/metrics": answerMetrics,
  "/mirror": answerMirror,
  "/robots.txt": () => textOf("User-agent: *\nDisallow: /\n", "text/plain; charset=utf-8"),
};

/** Whether a request is for one of the proxy's own addresses, those that are neither a registry's nor the page's. */
export function isForServices({ forwarding }: Services, request: Request): boolean {
  return placeOf(forwarding.policy.publicUrl, request).path in PATHS;
}

/** Answers the proxy's own addresses, under the same rules as a registry's: CORS on everything, refusals in the form of the specification. */
export async function answerService(services: Services, request: Request): Promise<Response> {
  const { forwarding } = services;
  const { path } = placeOf(forwarding.policy.publicUrl, request);
  if (request.method === "OPTIONS") return preflight(request, forwarding.policy);
  const answer = PATHS[path];
  const methods = path === "/token" ? ["GET", "POST"] : ["GET", "HEAD"];
  let response: Response;
  try {
    if (answer === undefined || !methods.includes(request.method))
      throw new FaultError({
        status: 405,
        code: "UNSUPPORTED",
        message: `${request.method} means nothing at this address`,
        headers: { allow: [...methods, "OPTIONS"].join(", ") },
      });
    response = await answer(services, request);
    if (request.method === "HEAD") response = new Response(null, response);
  } catch (error) {
    if (!(error instanceof FaultError) && !request.signal.aborted)
      forwarding.host.log(JSON.stringify({ event: "fault", message: String(error) }));
    response = refuse(
      error instanceof FaultError
        ? error.fault
        : { status: 500, code: "UNKNOWN", message: "Something broke in the proxy itself" },
      request.method,
    );
  }
  return finish(forwarding, { request, response });
}

/** Whether the request may use the proxy; a wrong key is refused in any case. */
function mayEnter({ forwarding }: Services, request: Request): boolean {
  const { by } = accessOf(request, forwarding.policy);
  if (by === "wrong")
    throw new FaultError({ status: 403, code: "DENIED", message: "The access key does not fit" });
  return by !== "none";
}

/** A bearer of ours opens as well as a key does. */
async function enter(services: Services, request: Request): Promise<void> {
  if (mayEnter(services, request)) return;
  const leave = await services.forwarding.tokens.ping(request, undefined);
  if (!leave.ok) throw new FaultError(leave);
}

function textOf(text: string, type: string, headers: Record<string, string> = {}): Response {
  const bytes = new TextEncoder().encode(text);
  return new Response(bytes, {
    headers: {
      "content-type": type,
      "content-length": String(bytes.length),
      "cache-control": "no-cache",
      ...headers,
    },
  });
}

function jsonOf(value: unknown, seconds: number): Response {
  return textOf(JSON.stringify(value), "application/json", {
    "cache-control": seconds === 0 ? "no-cache" : `private, max-age=${seconds}`,
  });
}

/** `docker search` looks for this header before it asks anything (S1). */
function pong(): Response {
  return textOf("true", "application/json", { "x-docker-registry-standalone": "true" });
}

function pageOf(query: URLSearchParams): { readonly page: number; readonly size: number } {
  const within = (text: string | null, usual: number, most: number): number => {
    const number = Number(text ?? usual);
    return Number.isSafeInteger(number) ? Math.min(most, Math.max(1, number)) : usual;
  };
  return { page: within(query.get("page"), 1, 10_000), size: within(query.get("n"), 25, 100) };
}

async function answerV1(services: Services, request: Request): Promise<Response> {
  const { policy } = services.forwarding;
  const query = new URL(request.url).searchParams;
  const asked = { ...splitTerm(policy, query.get("q") ?? "", null), ...pageOf(query) };
  const found = await searchAs(services, request, asked);
  const prefix = asked.registry.key !== policy.default;
  return jsonOf(asV1(found, asked, prefix), 60);
}

/** The page's own search: `?q=`, and `registry=`, `page=`, `n=`. */
async function answerSearch(services: Services, request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const asked = {
    ...splitTerm(services.forwarding.policy, query.get("q") ?? "", query.get("registry")),
    ...pageOf(query),
  };
  const found = await searchAs(services, request, asked);
  return jsonOf({ query: asked.term, registry: asked.registry.key, page: asked.page, ...found }, 60);
}

/** What is found for whoever asks, if it may ask. */
async function searchAs(
  services: Services,
  request: Request,
  asked: Omit<Search, "request">,
): Promise<FoundPage> {
  const named = await withToken(services.secrets, request, asked.registry);
  await enter(services, named);
  return search(services.forwarding, { ...asked, request: named });
}

function answerCapability(services: Services, request: Request): Response {
  const { policy, host } = services.forwarding;
  return jsonOf(capabilityOf(policy, host, { open: mayEnter(services, request) }), 0);
}

function answerMetrics(services: Services, request: Request): Response {
  if (!mayEnter(services, request))
    throw new FaultError({ status: 403, code: "DENIED", message: "Metrics need an access key" });
  const held = services.forwarding.host.cache?.held();
  const text = services.metrics.text(held === undefined ? {} : { breakbulk_cache_bytes: held });
  return textOf(text, "text/plain; version=0.0.4; charset=utf-8");
}

function answerMirror(services: Services, request: Request): Response {
  const { policy } = services.forwarding;
  const page = mirrorPage(policy, ownUrl(request, policy), { open: mayEnter(services, request) });
  return textOf(page, "text/html; charset=utf-8");
}
