import { isPublicHost } from "./public-host.ts";
import { findRegistry, PLAIN_ROW, type RegistryRow } from "./registries.ts";
import { parseUrl } from "./setting.ts";

/**
 * Why the realm that `registry` named in a challenge gets no credential and no question, or `undefined` when it may: https to the standard port
 * of a public name, without a name in it, on a host that is pinned for the registry or is the registry's own (A4). Hosts that merely share
 * a domain are not taken: telling tenants of one domain apart needs the public suffix list, and a list that is out of date leaks passwords.
 */
export function realmFlaw(realm: string, registry: RegistryRow): string | undefined {
  const url = parseUrl(realm);
  if (url === undefined) return "it is no absolute URL";
  if (url.username !== "" || url.password !== "") return "it holds a user name";
  const base = new URL(registry.base);
  const pinned = registry.realmHosts.includes(url.hostname) || registry.realmHosts.includes(url.host);
  if (registry.insecure) {
    if (!/^https?:$/.test(url.protocol)) return "it is not http";
    return pinned || url.hostname === base.hostname ? undefined : "its host is not pinned for the registry";
  }
  if (url.protocol !== "https:") return "it is not https";
  if (url.port !== "") return "it has a port of its own";
  if (!isPublicHost(url.hostname)) return "its host is no public name";
  return pinned || url.hostname === base.hostname ? undefined : "its host is not pinned for the registry";
}

/**
 * The row by which a hop of a redirect that left `url`'s host challenged is judged: that of the table when the host is in it, else one
 * that pins nothing, so that only a realm on the very same host is taken (A14).
 */
export function rowOfHop(url: URL, rows: readonly RegistryRow[]): RegistryRow {
  const known = rows.find(({ base }) => base === url.origin) ?? findRegistry(rows, url.host);
  return {
    ...PLAIN_ROW,
    key: url.host,
    base: url.origin,
    realmHosts: known?.realmHosts ?? [],
    token: "bearer",
    blobs: "stream",
    insecure: known?.insecure ?? false,
  };
}
