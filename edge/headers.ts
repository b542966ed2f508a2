/** What of a client's request an upstream is told; everything else, cookies and addresses first of all, stays here. */
const TO_UPSTREAM = [
  "accept",
  "range",
  "if-range",
  "if-none-match",
  "if-match",
  "if-modified-since",
] as const;

/** What a body is described by; added where one is sent. */
const OF_A_BODY = ["content-type", "content-length", "content-range"] as const;

/** What of an upstream's answer reaches the client as it is. `Link`, `Location` and challenges are made anew by whoever understands them. */
const TO_CLIENT = [
  "accept-ranges",
  "age",
  "content-length",
  "content-range",
  "content-type",
  "docker-content-digest",
  "docker-ratelimit-source",
  "docker-upload-uuid",
  "etag",
  "last-modified",
  "oci-chunk-min-length",
  "oci-filters-applied",
  "oci-subject",
  "oci-tag",
  "range",
  "ratelimit-limit",
  "ratelimit-remaining",
  "ratelimit-reset",
  "retry-after",
  "warning",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-total-count",
] as const;

const CONTROL = /[\0\r\n]/;

/**
 * The headers for the upstream: those of the client that it needs and nothing else. `identity` keeps lengths true: a runtime that decodes would
 * send the decoded bytes under the encoded length (measured on Node: the client's next answer breaks).
 */
export function upstreamHeaders(
  from: Headers,
  options: { readonly body: boolean; readonly ranges: number },
): Headers {
  const headers = new Headers({ "accept-encoding": "identity" });
  for (const name of options.body ? [...TO_UPSTREAM, ...OF_A_BODY] : TO_UPSTREAM) {
    const value = from.get(name);
    if (value !== null) headers.set(name, value);
  }
  // A whole answer to a request with too many ranges is legal, and cheaper than what was asked.
  const range = headers.get("range");
  if (range !== null && range.split(",").length > options.ranges) headers.delete("range");
  return headers;
}

/** The headers of an upstream's answer that the client gets. A value that could split an answer is left out, as is what exceeds `limit` bytes. */
export function clientHeaders(from: Headers, limit: number): Headers {
  const headers = new Headers();
  let size = 0;
  for (const name of TO_CLIENT) {
    const value = from.get(name);
    if (value === null || CONTROL.test(value)) continue;
    size += name.length + value.length + 4;
    if (size > limit) break;
    headers.set(name, value);
  }
  return headers;
}

/** Manifests of every kind are JSON and nothing that a browser would render. */
const MANIFEST_TYPE = /^application\/(?:[a-z0-9!#$&^_.+-]*\+)?(?:json|prettyjws)\s*(?:;.*)?$/i;

/** The type that a document of a registry is sent as: its own when it is one of a document, else one that nothing renders. */
export function documentType(type: string | null): string {
  return type !== null && MANIFEST_TYPE.test(type) ? type : "application/octet-stream";
}

/** Makes an answer one that cannot become a page below our name: third parties decide on its bytes (security 7, 8). */
export function neverAPage(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  headers.set("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-robots-tag", "noindex, nofollow");
}
