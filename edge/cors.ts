import { ACCESS_HEADER } from "./access.ts";

const ALLOWED = [
  "Authorization",
  "Accept",
  "Content-Type",
  "Content-Range",
  "Range",
  "If-None-Match",
  "If-Range",
  "X-Requested-With",
  ACCESS_HEADER,
].join(", ");

/** By name: `*` would leave out Authorization's answers in some browsers, and says nothing to a reviewer. */
const EXPOSED = [
  "Docker-Content-Digest",
  "Docker-Distribution-Api-Version",
  "Docker-Upload-UUID",
  "WWW-Authenticate",
  "Location",
  "Link",
  "Range",
  "Content-Range",
  "Accept-Ranges",
  "Content-Length",
  "Content-Type",
  "ETag",
  "Age",
  "Retry-After",
  "Warning",
  "RateLimit-Limit",
  "RateLimit-Remaining",
  "Docker-RateLimit-Source",
  "OCI-Subject",
  "OCI-Tag",
  "OCI-Filters-Applied",
  "OCI-Namespace",
  "OCI-Chunk-Min-Length",
  "OCI-Chunk-Max-Length",
  "X-Total-Count",
  "X-Cache",
  "X-Error-Code",
  "X-Error-Message",
  "X-Error-Source",
].join(", ");

/** What of a policy decides on CORS. */
export interface CorsPolicy {
  readonly origins: readonly string[];
  readonly write: boolean;
}

/** Whether a browser's page sent `request`: fetch there always says where from, or in which mode. */
export function isFromBrowser(request: Request): boolean {
  return request.headers.has("origin") || request.headers.has("sec-fetch-mode");
}

/** The answer to a preflight: before keys, limits and routes, since a browser sends none of what those need (X1). */
export function preflight(request: Request, policy: CorsPolicy): Response {
  const headers = new Headers({
    "access-control-allow-methods": policy.write
      ? "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
      : "GET, HEAD, OPTIONS",
    "access-control-allow-headers": ALLOWED,
    "access-control-max-age": "7200",
  });
  allowOrigin(headers, request, policy);
  return new Response(null, { status: 204, headers });
}

/** Lets pages of the allowed origins read an answer, whatever it is (X2, X3, X5, X7). */
export function addCors(headers: Headers, request: Request, policy: CorsPolicy): void {
  allowOrigin(headers, request, policy);
  headers.set("access-control-expose-headers", EXPOSED);
  headers.set("cross-origin-resource-policy", "cross-origin");
  const reader = headers.get("access-control-allow-origin");
  if (reader !== null) headers.set("timing-allow-origin", reader);
}

function allowOrigin(headers: Headers, request: Request, { origins }: CorsPolicy): void {
  // No answer of ours depends on cookies, so `*` gives nothing away; credentials are never allowed beside it.
  if (origins.includes("*")) {
    headers.set("access-control-allow-origin", "*");
    return;
  }
  headers.append("vary", "Origin");
  const origin = request.headers.get("origin");
  if (origin !== null && origins.includes(origin)) headers.set("access-control-allow-origin", origin);
}
