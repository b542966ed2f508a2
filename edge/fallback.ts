import type { Grant } from "./authorize.ts";
import type { Exchange } from "./exchange.ts";
import { findRegistry } from "./registries.ts";

/** Another registry to ask the same of. */
export interface Fallback {
  readonly exchange: Exchange;
  readonly grant: Grant;
}

/**
 * The registries that may answer for the exchange's own, in order. They are asked as nobody: what is asked is for everyone, and the client's
 * credentials are for another house. A challenge there is answered with an anonymous token.
 */
export function fallbacksOf(exchange: Exchange): Fallback[] {
  const grant: Grant = { ok: true, authorization: undefined, shared: true, principal: "anonymous" };
  return exchange.registry.fallbacks.flatMap((key) => {
    const registry = findRegistry(exchange.policy.registries, key);
    if (registry === undefined) return [];
    const tokens: Exchange["tokens"] = {
      ...exchange.tokens,
      authorize: () => Promise.resolve(grant),
      reauthorize: async (asked, _, response) => {
        const url = new URL(`${registry.base}/v2/${asked.repository}/manifests/latest`);
        const authorization = await exchange.tokens.authorizeHop({ url, response, signal: asked.signal });
        if (authorization !== undefined) return { ...grant, authorization };
        return {
          ok: false,
          status: 502,
          code: "UNKNOWN",
          message: `${key} asks for a login`,
          headers: {},
          source: "upstream",
        };
      },
    };
    return [{ exchange: { ...exchange, registry, tokens }, grant }];
  });
}
