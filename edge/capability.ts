import type { Host } from "./host.ts";
import { SERVICE } from "./own-realm.ts";
import type { Policy } from "./policy.ts";

/** Where the capability document lies. */
export const CAPABILITY_PATH = "/.well-known/breakbulk.json";

/** What a client may know beforehand: an answer that a platform makes by itself, such as a 413, cannot be read across origins (X8). */
export interface Capability {
  readonly kind: "breakbulk-edge";
  readonly protocol: 1;
  readonly version: string;
  readonly service: string;
  readonly mode: Policy["mode"];
  /** Whether a key is needed: in `X-Breakbulk-Key`, or as `/k/<key>` in front of the path. */
  readonly key: boolean;
  readonly write: boolean;
  /** Bytes that one request's body may have, and those of a chunk that surely gets through; absent where nothing limits them. */
  readonly requestBody?: number;
  readonly chunk?: number;
  readonly cache: "memory" | "disk" | "platform" | "none";
  readonly token: "/token";
  readonly search: "/search";
  /** Only told to those who may use it. */
  readonly registries?: readonly {
    readonly key: string;
    readonly aliases: readonly string[];
    readonly write: boolean;
    readonly login: boolean;
    readonly search: boolean;
    readonly default: boolean;
  }[];
}

/** Bytes kept free of a platform's limit for headers and boundaries. */
const MARGIN = 1024 * 1024;

/** @see Capability */
export function capabilityOf(policy: Policy, host: Host, options: { readonly open: boolean }): Capability {
  const { requestBody } = policy.limits;
  const document: Capability = {
    kind: "breakbulk-edge",
    protocol: 1,
    version: "0.1.0",
    service: SERVICE,
    mode: policy.mode,
    key: policy.accessKeys.length > 0,
    write: policy.write,
    ...(requestBody === undefined ? {} : { requestBody, chunk: Math.max(1, requestBody - MARGIN) }),
    cache: host.cache?.kind ?? "none",
    token: "/token",
    search: "/search",
  };
  if (!options.open) return document;
  return {
    ...document,
    registries: policy.registries.map((row) => ({
      key: row.key,
      aliases: row.aliases,
      write: policy.write && row.write,
      login: policy.mode === "passthrough" && row.token !== "none",
      search: row.search !== undefined,
      default: row.key === policy.default,
    })),
  };
}
