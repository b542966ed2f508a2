import { splitKey } from "./access.ts";
import { addCors, preflight } from "./cors.ts";
import { FaultError, refuse } from "./errors.ts";
import type { Forwarding } from "./exchange.ts";
import { forward } from "./forward.ts";
import { neverAPage } from "./headers.ts";
import { loopFault } from "./loop.ts";
import { isRegistryPath, parseRoute, type Route, rawAddress } from "./route.ts";

/** Whether a request is for the registry half of the app. */
export function isForRegistry({ policy }: Forwarding, request: Request): boolean {
  return isRegistryPath(placeOf(policy.publicUrl, request).path);
}

/**
 * Answers everything below `/v2`, in whichever of the four ways the registry is named. Whatever happens, the answer has the form of the
 * specification, can be read by the pages that may, and can never be a page itself.
 */
export async function answerRegistry(forwarding: Forwarding, request: Request): Promise<Response> {
  const { policy } = forwarding;
  if (request.method === "OPTIONS") return preflight(request, policy);
  let route: Route | undefined;
  let response: Response;
  try {
    const { path, query, mount } = placeOf(policy.publicUrl, request);
    const { host } = new URL(request.url);
    const found = parseRoute(
      { path, query, mount, host: request.headers.get("host") ?? host },
      {
        registries: policy.registries,
        default: policy.default,
        host: policy.publicUrl === undefined ? undefined : new URL(policy.publicUrl).host,
        longestPath: policy.limits.path,
      },
    );
    if ("status" in found) throw new FaultError(found);
    route = found;
    const loop = loopFault(forwarding, request, route);
    if (loop !== undefined) throw new FaultError(loop);
    response = await forward(forwarding, request, route);
  } catch (error) {
    if (!(error instanceof FaultError) && !request.signal.aborted)
      forwarding.host.log(JSON.stringify({ event: "fault", message: String(error) }));
    const fault = error instanceof FaultError ? error.fault : undefined;
    response = refuse(
      fault ?? { status: 500, code: "UNKNOWN", message: "Something broke in the proxy itself" },
      request.method,
    );
  }
  return finish(forwarding, { request, response, route });
}

/** The headers that every answer has. */
export function finish(
  { policy }: Forwarding,
  done: { readonly request: Request; readonly response: Response; readonly route?: Route | undefined },
): Response {
  const { headers } = done.response;
  headers.set("docker-distribution-api-version", "registry/2.0");
  const registry = done.route?.registry;
  if (registry !== undefined) headers.set("oci-namespace", registry.key);
  // Without one, some platforms keep an answer for hours of their own accord (C2).
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  neverAPage(headers);
  addCors(headers, done.request, policy);
  return done.response;
}

/** A request's path without what is in front of the registry's own: the path of the public address, and the access key. */
export function placeOf(
  publicUrl: string | undefined,
  request: Request,
): { readonly path: string; readonly query: string; readonly mount: string } {
  const { path, query } = rawAddress(request.url);
  const front = publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/$/, "");
  // A server in front may have taken its own part off already; clients know the proxy with it in either case.
  const own = front !== "" && path.startsWith(`${front}/`) ? path.slice(front.length) : path;
  const split = splitKey(own);
  return { path: split.path, query, mount: front + split.mount };
}
