import { isPublicHost } from "./public-host.ts";
import type { RegistryRow } from "./registries.ts";

/** Whether a status says to look elsewhere. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * Why an address that an upstream named is not to be dialled, or `undefined` when it may be: https to the standard port of a public name, and
 * one of the row's storage hosts when it lists any (B1). The registry's own origin may always be dialled; a row of one's own network
 * (`insecure`) may also lead to other ports of its host and to the storage hosts it lists, whatever their scheme.
 */
export function hopFlaw(url: URL, registry: RegistryRow): string | undefined {
  if (url.protocol !== "https:" && url.protocol !== "http:") return `its scheme is ${url.protocol}`;
  if (url.username !== "" || url.password !== "") return "it holds a user name";
  const base = new URL(registry.base);
  if (url.origin === base.origin) return undefined;
  const host = url.hostname.replace(/\.$/, "");
  const listed = registry.storage.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (registry.insecure && (listed || host === base.hostname)) return undefined;
  if (url.protocol !== "https:") return "it is not https";
  if (url.port !== "") return `its port is ${url.port}`;
  if (!isPublicHost(host)) return "its host is no public name";
  if (registry.storage.length > 0 && !listed && host !== base.hostname)
    return "its host is not among the registry's storage hosts";
  return undefined;
}
