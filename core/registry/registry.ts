import type { ReadOptions } from "../bytes/mod.ts";
import type { NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { isRegistryDomain, type Reference } from "../oci/mod.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { CredentialSource, RegistryCredentials } from "./credentials.ts";
import { directEndpoint, type Endpoint, remoteName } from "./endpoint.ts";
import type { Fetch } from "./fetch.ts";
import { type RegistryLimits, registryLimits } from "./limits.ts";
import { readCatalog } from "./list.ts";
import { openRepository, type Repository } from "./repository.ts";
import { Transport } from "./transport.ts";

/** What {@link openRegistry} takes. */
export interface RegistryOptions {
  readonly fetch: Fetch;
  /** Where the requests for a registry go. Default: to itself. */
  readonly endpoint?: ((registry: string) => Endpoint) | undefined;
  /** Default: none for any. */
  readonly credentials?: CredentialSource | undefined;
  readonly clock?: Clock | undefined;
  readonly newHasher?: NewHasher | undefined;
  readonly limits?: RegistryLimits | undefined;
  /** Most bytes of one upload request: what the proxy in between advertises. */
  readonly chunk?: number | undefined;
}

/** All registries, by their names. Holds tokens, broken-off uploads and what each registry wants to see; nothing is written down. */
export interface Registry {
  readonly clock: Clock;
  repository(name: Pick<Reference, "domain" | "path">): Repository;
  /** Repositories of a registry, page by page. @throws CoreError `registry/unsupported`, `registry/missing` where it lists none. */
  catalog(
    registry: string,
    options?: ReadOptions & { readonly pageSize?: number | undefined },
  ): AsyncGenerator<readonly string[], void, void>;
  /** The way to a registry. */
  transport(registry: string): Transport;
  /** The same way for somebody else, of which nothing is kept: to see whether a registry takes their credentials. */
  visitor(registry: string, credentials: RegistryCredentials): Transport;
}

/** Repositories whose last manifests are remembered; a catalog that is looked through names thousands. */
const MOST_REPOSITORIES = 64;

/** The registries of the world through one `fetch`. Asks nobody anything until something is asked of it. */
export function openRegistry(options: RegistryOptions): Registry {
  const transports = new Map<string, Transport>();
  const repositories = new Map<string, Repository>();
  const clock = options.clock ?? systemClock;
  const limits = registryLimits(options.limits);
  const { newHasher, chunk } = options;
  const endpointOf = (registry: string): Endpoint => {
    if (isRegistryDomain(registry)) return (options.endpoint ?? directEndpoint)(registry);
    const reason = `invalid registry ${JSON.stringify(registry.slice(0, 300))}: it is no host`;
    throw new CoreError("oci/reference", `Cannot reach a registry: ${reason}`, { reason });
  };
  const transport = (registry: string): Transport => {
    const known = transports.get(registry);
    if (known !== undefined) return known;
    const endpoint = endpointOf(registry);
    const credentials = accountsAt(endpoint, options.credentials ?? (() => undefined));
    const made = new Transport({ fetch: options.fetch, endpoint, credentials, clock, limits });
    transports.set(registry, made);
    return made;
  };
  return {
    clock,
    transport,
    visitor(registry, credentials) {
      const endpoint = endpointOf(registry);
      return new Transport({
        fetch: options.fetch,
        endpoint,
        credentials: accountsAt(endpoint, () => credentials),
        clock,
        limits,
        offline: true,
      });
    },
    repository({ domain, path }) {
      const key = `${domain}/${path}`;
      const known = repositories.get(key);
      if (known !== undefined) return known;
      const way = transport(domain);
      const remote = { transport: way, name: remoteName(way.endpoint, path), newHasher };
      const made = openRepository(remote, { registry: domain, path, chunk });
      for (const oldest of repositories.keys()) {
        if (repositories.size < MOST_REPOSITORIES) break;
        repositories.delete(oldest);
      }
      repositories.set(key, made);
      return made;
    },
    async *catalog(registry, listing = {}) {
      yield* readCatalog(transport(registry), listing);
    },
  };
}

/**
 * The credentials as an endpoint takes them. A proxy of many registries gives a login to the one that it names and to no other: there it is that of
 * `<registry>/<user>`.
 */
function accountsAt({ prefix }: Endpoint, source: CredentialSource): CredentialSource {
  if (prefix === "") return source;
  return async (registry) => {
    const found = await source(registry);
    return found !== undefined && "password" in found
      ? { ...found, username: `${prefix}${found.username}` }
      : found;
  };
}
