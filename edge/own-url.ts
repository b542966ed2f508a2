/** What of a policy says where the proxy is. */
export interface OwnPlace {
  readonly publicUrl: string | undefined;
  readonly trustedHops: number;
}

const HOST = /^[A-Za-z0-9.-]+(?::[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?$/;

/**
 * Where clients reach the proxy: scheme, host and path without a slash at the end. From the policy's `publicUrl`; else, behind proxies that
 * are trusted, from what the nearest of them says; else from the request, whose scheme is `http` on Node even behind TLS.
 */
export function ownUrl(request: Request, place: OwnPlace): string {
  if (place.publicUrl !== undefined) return place.publicUrl;
  const own = new URL(request.url);
  if (place.trustedHops === 0) return own.origin;
  const proto = hopSays(request, "x-forwarded-proto", place.trustedHops);
  const host = hopSays(request, "x-forwarded-host", place.trustedHops);
  const scheme = proto === "https" || proto === "http" ? `${proto}:` : own.protocol;
  return `${scheme}//${host !== undefined && HOST.test(host) ? host : own.host}`;
}

/** What the outermost trusted proxy wrote: they append, so it stands `hops` from the end; a proxy that overwrites leaves one value only. */
function hopSays(request: Request, name: string, hops: number): string | undefined {
  const values = request.headers
    .get(name)
    ?.split(",")
    .map((value) => value.trim());
  return values?.at(-Math.min(hops, values.length));
}
