import { isRegistryDomain } from "../oci/mod.ts";
import { isLoopback } from "./host.ts";

/** Where the requests for one registry go: to it, or to a proxy that knows it by name. */
export interface Endpoint {
  /** The registry, as references name it: `docker.io`. */
  readonly registry: string;
  /** URL of the API, with the slash at its end: `https://registry-1.docker.io/v2/`. */
  readonly base: string;
  /** What stands before every repository's name, in paths and scopes: "", or `docker.io/` at a proxy. */
  readonly prefix: string;
  /** Sent with every request to {@link base}'s origin, and to no other: the access key of a proxy. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The registry that images without one come from. */
export const DOCKER_HUB = "docker.io";

/** The host that answers for docker.io. */
const HUB_HOST = "registry-1.docker.io";

/**
 * The registry itself: https, or plain http where the registry is on this machine or `insecure`.
 * @throws TypeError when `registry` is no host with or without a port.
 */
export function directEndpoint(
  registry: string,
  options: { readonly insecure?: boolean | undefined } = {},
): Endpoint {
  mustBeDomain(registry);
  const plain = options.insecure ?? isLoopback(registry);
  const host = registry === DOCKER_HUB ? HUB_HOST : registry;
  return { registry, base: baseOf(`${plain ? "http" : "https"}://${host}`), prefix: "" };
}

/**
 * A registry behind a proxy whose repositories are called `<registry>/<repository>`. The proxy is asked for credentials as any registry would
 * be; what it needs to let anybody in goes into `headers`.
 * @param proxy URL of the proxy: its origin, or with the path that stands before `/v2/`.
 * @throws TypeError when `proxy` is no http or https URL, or carries more than a path; when `registry` is no host.
 */
export function proxyEndpoint(
  registry: string,
  proxy: string,
  options: { readonly headers?: Readonly<Record<string, string>> | undefined } = {},
): Endpoint {
  mustBeDomain(registry);
  return {
    registry,
    base: baseOf(proxy),
    prefix: `${registry}/`,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
  };
}

function mustBeDomain(registry: string): void {
  if (!isRegistryDomain(registry))
    throw new TypeError(`Cannot use ${JSON.stringify(registry)} as a registry: it is no host`);
}

function baseOf(text: string): string {
  const url = new URL(text);
  if ((url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "" || url.password !== "")
    throw new TypeError(`Cannot use ${url.protocol}//${url.host} as the address of a registry`);
  if (url.search !== "" || url.hash !== "")
    throw new TypeError(`Cannot use an address with more than a path: ${url.origin}${url.pathname}`);
  return `${url.origin}${url.pathname.replace(/\/+$/, "").replace(/\/v2$/, "")}/v2/`;
}

/** Name of a repository as its endpoint knows it. */
export function remoteName(endpoint: Endpoint, path: string): string {
  return endpoint.prefix + path;
}
