import { DEFAULT_REGISTRY_SETTINGS, type RegistrySettings } from "../model/registries.ts";
import { recall, remember } from "./memory.ts";

/** What this browser remembers of how registries are reached; `undefined` when it is nothing, or nothing that can be used. */
export function recalledSettings(): RegistrySettings | undefined {
  const text = recall("registries");
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const { proxy, accessKey, direct, mirrors }: Readonly<Record<string, unknown>> =
      typeof value === "object" && value !== null ? { ...value } : {};
    return {
      proxy: typeof proxy === "string" ? proxy : DEFAULT_REGISTRY_SETTINGS.proxy,
      accessKey: typeof accessKey === "string" ? accessKey : DEFAULT_REGISTRY_SETTINGS.accessKey,
      direct: textsOf(direct),
      mirrors: textsOf(mirrors),
    };
  } catch {
    return undefined;
  }
}

/** Remembers them. The access key is one of them: it opens a proxy and no registry. */
export function rememberSettings(settings: RegistrySettings): void {
  remember("registries", JSON.stringify(settings));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
