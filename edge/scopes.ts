import { mergeScopes, parseScope, type Scope } from "../core/registry/mod.ts";
import { findRegistry, type RegistryRow } from "./registries.ts";
import type { RepositoryFilter } from "./repository-policy.ts";
import { upstreamName } from "./route.ts";

/** A client's scopes, sorted out. */
export interface Wanted {
  /** The registry that they are about. */
  readonly registry: RegistryRow | undefined;
  /** What to ask that registry for, in its own names, reduced to what may be done. */
  readonly scopes: readonly Scope[];
  /** The client's own texts of the scopes that are left, for the answer. */
  readonly said: readonly string[];
}

/** What scopes are sorted out by. */
export interface ScopeRules {
  readonly registries: readonly RegistryRow[];
  /** The registry of a scope whose name has no prefix: that of the host, of the login name, or the default. */
  readonly unnamed: RegistryRow | undefined;
  /** The registry that the password or refresh token is for. */
  readonly login?: RegistryRow | undefined;
  readonly write: boolean;
  readonly filter: RepositoryFilter;
  /** How many scopes are looked at. */
  readonly most: number;
}

/**
 * Takes the registry's prefix off the scopes (A5), and off their actions what this deployment does not do (A6). One token is for one
 * registry (A11): that of the scope that writes, else the login's, else that of the first scope with a prefix, else `unnamed`. Scopes of any other are
 * dropped, as a partial grant is legal: containerd asks, in the order of the alphabet, for the repositories as well that it might mount blobs from.
 */
export function sortScopes(texts: readonly string[], rules: ScopeRules): Wanted {
  const read = texts
    .flatMap((text) => text.split(/\s+/))
    .filter((text) => text !== "")
    .slice(0, rules.most)
    .flatMap((text) => {
      const scope = parseScope(text);
      return scope === undefined ? [] : [{ text, scope, ...splitName(scope.name, rules.registries) }];
    });
  const writing = read.find(({ scope }) => scope.actions.some((action) => action !== "pull"));
  const named = read.filter(({ row }) => row !== undefined);
  const chosen = writing ?? named.find(({ row }) => row?.key === rules.login?.key) ?? named[0];
  const registry = chosen?.row ?? rules.unnamed;
  if (registry === undefined) return { registry, scopes: [], said: [] };
  const kept = read.flatMap(({ text, scope, row, name }) => {
    if (row !== undefined ? row.key !== registry.key : rules.unnamed?.key !== registry.key) return [];
    const mapped = reduce({ type: scope.type, name, actions: scope.actions }, registry, rules);
    return mapped === undefined ? [] : [{ text, mapped }];
  });
  return {
    registry,
    scopes: mergeScopes(kept.map(({ mapped }) => mapped)),
    said: kept.map(({ text }) => text),
  };
}

/** A repository's name without the registry in front. */
function splitName(
  name: string,
  rows: readonly RegistryRow[],
): { readonly row: RegistryRow | undefined; readonly name: string } {
  const slash = name.indexOf("/");
  const row = slash < 0 ? undefined : findRegistry(rows, name.slice(0, slash));
  return row === undefined ? { row, name } : { row, name: name.slice(slash + 1) };
}

const PULLS = ["pull"];
const WRITES = ["pull", "push", "delete", "*"];

/** The scope as the upstream is asked for it, or `undefined` when nothing of it is left. */
function reduce(scope: Scope, registry: RegistryRow, rules: ScopeRules): Scope | undefined {
  if (scope.type === "registry" && scope.name === "catalog") return scope;
  if (!/^repository(\([a-z]+\))?$/.test(scope.type)) return undefined;
  const name = upstreamName(registry, scope.name);
  if (!rules.filter({ registry: registry.key, repository: name })) return undefined;
  const may = rules.write && registry.write ? WRITES : PULLS;
  const actions =
    scope.actions.includes("*") && may === PULLS
      ? PULLS
      : scope.actions.filter((action) => may.includes(action));
  return actions.length === 0 ? undefined : { type: scope.type, name, actions };
}
