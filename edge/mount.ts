import type { RegistryRow } from "./registries.ts";
import { isRepositoryName, type Route, takeParameter, upstreamName } from "./route.ts";

/**
 * The query of a POST to `uploads/`, with `from` as the upstream knows it. A repository of another registry cannot be mounted from: then
 * both parameters go, and the upload begins as if nobody had asked, which clients expect as an answer anyway (U7).
 */
export function mountQuery(route: Route, registry: RegistryRow): string {
  const { values, rest } = takeParameter(route.query, "from");
  const from = values[0];
  if (from === undefined) return route.query;
  const name = nameInRegistry(from, route, registry);
  if (name === undefined) return takeParameter(rest, "mount").rest;
  return `${rest}${rest === "" ? "" : "&"}from=${upstreamName(registry, name)}`;
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
