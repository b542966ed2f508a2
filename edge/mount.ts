import type { RegistryRow } from "./registries.ts";
import type { RepositoryFilter } from "./repository-policy.ts";
import { isRepositoryName, type Route, takeParameter, upstreamName } from "./route.ts";

/** What decides on a mount. */
export interface Mounting {
  readonly route: Route;
  readonly registry: RegistryRow;
  readonly allows: RepositoryFilter;
}

/** The upstream's name of the repository that a POST to `uploads/` mounts from; `undefined` when it mounts nothing, or from where it may not. */
export function mountSource({ route, registry, allows }: Mounting): string | undefined {
  const from = takeParameter(route.query, "from").values[0];
  const name = from === undefined ? undefined : nameInRegistry(from, route, registry);
  if (name === undefined) return undefined;
  const repository = upstreamName(registry, name);
  return allows({ registry: registry.key, repository }) ? repository : undefined;
}

/**
 * The query of a POST to `uploads/`, with `from` as the upstream knows it. A repository of another registry cannot be mounted from, nor one that
 * the operator denies: then both parameters go, and the upload begins as if nobody had asked, which clients expect as an answer anyway (U7).
 */
export function mountQuery(mounting: Mounting): string {
  const { values, rest } = takeParameter(mounting.route.query, "from");
  if (values.length === 0) return mounting.route.query;
  const source = mountSource(mounting);
  if (source === undefined) return takeParameter(rest, "mount").rest;
  return `${rest}${rest === "" ? "" : "&"}from=${source}`;
}

/** The client's name of a repository without the registry, or `undefined` when it is one of another registry. */
function nameInRegistry(from: string, { entry }: Route, registry: RegistryRow): string | undefined {
  const slash = from.indexOf("/");
  const first = slash < 0 ? "" : from.slice(0, slash).toLowerCase();
  const isNamed = /[.:]/.test(first) || first === "localhost";
  const names = [registry.key, ...registry.aliases];
  if (isNamed && names.includes(first)) {
    const name = from.slice(slash + 1);
    return isRepositoryName(name) ? name : undefined;
  }
  // Where the client puts registries before names, a name without one is not of this registry.
  if (entry.prefix !== "" || isNamed || !isRepositoryName(from)) return undefined;
  return from;
}
