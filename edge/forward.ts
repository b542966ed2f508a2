import { answerBlob } from "./blobs.ts";
import { type Fault, FaultError, refuse } from "./errors.ts";
import type { Exchange, Forwarding } from "./exchange.ts";
import { answerCatalog, answerDiscover, answerReferrers, answerTags } from "./lists.ts";
import { answerManifest } from "./manifests.ts";
import type { Endpoint, Route } from "./route.ts";
import { beginUpload, continueUpload, putManifest, remove } from "./uploads.ts";

/** Answers one request below `/v2` whose address is understood; refusals of the proxy are thrown or answered in the form of the specification. */
export async function forward(forwarding: Forwarding, request: Request, route: Route): Promise<Response> {
  const { method } = request;
  const methods = methodsOf(route.endpoint);
  if (!methods.reading.includes(method) && !methods.writing.includes(method))
    return refuse(
      unsupported(`${method} means nothing at this address`, [...methods.reading, ...methods.writing]),
      method,
    );
  if (route.endpoint.kind === "ping") return answerPing(forwarding, request, route);
  const { registry, endpoint } = route;
  if (registry === undefined) throw new TypeError("only a ping comes without a registry");
  const mayWrite = forwarding.policy.write && registry.write;
  const isWriting = methods.writing.includes(method);
  if (isWriting && !mayWrite)
    return refuse(unsupported("This proxy does not take pushes or deletions", methods.reading), method);
  const exchange: Exchange = { ...forwarding, request, route, registry };
  return isWriting ? write(exchange, endpoint) : read(exchange, endpoint);
}

function read(exchange: Exchange, endpoint: Endpoint): Promise<Response> {
  switch (endpoint.kind) {
    case "manifest":
      return answerManifest(exchange, endpoint.reference);
    case "blob":
      return answerBlob(exchange, endpoint.digest);
    case "tags":
      return answerTags(exchange, endpoint.name);
    case "catalog":
      return answerCatalog(exchange);
    case "referrers":
      return answerReferrers(exchange, endpoint.digest);
    default:
      throw new TypeError(`${endpoint.kind} is not read`);
  }
}

function write(exchange: Exchange, endpoint: Endpoint): Promise<Response> {
  const isDeletion = exchange.request.method === "DELETE";
  switch (endpoint.kind) {
    case "manifest":
      return isDeletion
        ? remove(exchange, `manifests/${endpoint.reference}`)
        : putManifest(exchange, endpoint.reference);
    case "blob":
      return remove(exchange, `blobs/${endpoint.digest}`);
    case "uploads":
      return beginUpload(exchange);
    case "upload":
      return continueUpload(exchange, endpoint.session);
    case "discover":
      return answerDiscover(exchange);
    default:
      throw new TypeError(`${endpoint.kind} is not written`);
  }
}

/** The methods of each kind of address; what is `writing` needs the write role. */
function methodsOf({ kind }: Endpoint): {
  readonly reading: readonly string[];
  readonly writing: readonly string[];
} {
  switch (kind) {
    case "manifest":
      return { reading: ["GET", "HEAD"], writing: ["PUT", "DELETE"] };
    case "blob":
      return { reading: ["GET", "HEAD"], writing: ["DELETE"] };
    case "uploads":
      return { reading: [], writing: ["POST"] };
    case "upload":
      return { reading: [], writing: ["GET", "PATCH", "PUT", "DELETE"] };
    case "discover":
      return { reading: [], writing: ["GET", "HEAD"] };
    default:
      return { reading: ["GET", "HEAD"], writing: [] };
  }
}

function unsupported(message: string, allowed: readonly string[]): Fault {
  return {
    status: 405,
    code: "UNSUPPORTED",
    message,
    headers: { allow: [...new Set([...allowed, "OPTIONS"])].join(", ") },
  };
}

/** A ping says that this is a registry, and whether it wants to know who asks. */
async function answerPing({ tokens }: Forwarding, request: Request, route: Route): Promise<Response> {
  const leave = await tokens.ping(request, route.registry);
  if (!leave.ok) throw new FaultError(leave);
  const headers = { "content-type": "application/json", "content-length": "2", "cache-control": "no-store" };
  return new Response(request.method === "HEAD" ? null : "{}", { status: 200, headers });
}
