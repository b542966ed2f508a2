import { parseChallenges } from "../core/registry/mod.ts";
import { dial, discard } from "./dial.ts";
import { FaultError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Policy } from "./policy.ts";
import { realmFlaw } from "./realm.ts";
import type { RegistryRow } from "./registries.ts";

/** How an upstream wants to be convinced. */
export type Way =
  | { readonly kind: "none" }
  | { readonly kind: "basic" }
  | { readonly kind: "bearer"; readonly realm: string; readonly service: string | undefined };

/**
 * What a 401's `WWW-Authenticate` asks for: Bearer if it is offered, else Basic (A3); `undefined` when there is neither.
 * @throws FaultError 502 when the realm is not one that may be asked (A4)
 */
export function wayOf(header: string | null, registry: RegistryRow): Way | undefined {
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme, params }) => scheme === "bearer" && params.has("realm"));
  if (bearer !== undefined) {
    // Some registries write a realm without a host; it can only mean their own.
    const said = bearer.params.get("realm") ?? "";
    const realm = /^\/(?!\/)/.test(said) ? new URL(said, registry.base).href : said;
    const flaw = realmFlaw(realm, registry);
    if (flaw !== undefined)
      throw new FaultError({
        status: 502,
        code: "DENIED",
        message: `${registry.key} sends to a token server that is not asked: ${flaw}`,
        source: "upstream",
      });
    return { kind: "bearer", realm, service: bearer.params.get("service") };
  }
  return challenges.some(({ scheme }) => scheme === "basic") ? { kind: "basic" } : undefined;
}

/** Seconds that an answer to a ping is believed. A wrong one is noticed earlier, by a 401 that contradicts it. */
const BELIEVED = 600;

/** Knows how upstreams want to be convinced, and asks each that has not been told in the table, once in a while. */
export interface Ways {
  /** @throws FaultError when the upstream does not answer, or sends to a realm that may not be asked */
  of(registry: RegistryRow, signal: AbortSignal): Promise<Way>;
  /** Notes what a 401 has said. */
  learn(registry: RegistryRow, way: Way): void;
}

/** @see Ways */
export function createWays(host: Host, policy: Policy): Ways {
  const known = new Map<string, { readonly way: Way; readonly until: number }>();
  const learn = (registry: RegistryRow, way: Way): void => {
    // Families make keys out of what callers ask for.
    if (known.size > 1000) known.clear();
    known.set(registry.key, { way, until: host.nowMs() / 1000 + BELIEVED });
  };
  return {
    learn,
    async of(registry, signal) {
      if (registry.token === "none" || registry.token === "basic") return { kind: registry.token };
      const noted = known.get(registry.key);
      if (noted !== undefined && noted.until > host.nowMs() / 1000) return noted.way;
      if (registry.realm !== undefined)
        return { kind: "bearer", realm: registry.realm, service: registry.service };
      const way = await ping(host, policy, registry, signal);
      learn(registry, way);
      return way;
    },
  };
}

async function ping(host: Host, policy: Policy, registry: RegistryRow, signal: AbortSignal): Promise<Way> {
  const headers = new Headers({ "accept-encoding": "identity", "user-agent": "breakbulk-edge" });
  const response = await dial(
    host,
    { url: `${registry.base}/v2/`, method: "GET", headers, signal },
    policy.limits.headerWaitMs,
  );
  await discard(response);
  if (response.status === 401) {
    const way = wayOf(response.headers.get("www-authenticate"), registry);
    if (way !== undefined) return way;
  }
  // A redirect here is that of a vanity host: the registry behind it challenges after the hop (A14).
  if (response.status < 400) return { kind: "none" };
  throw new FaultError({
    status: response.status === 429 ? 429 : 502,
    code: response.status === 429 ? "TOOMANYREQUESTS" : "UNAVAILABLE",
    message: `${registry.key} answered ${response.status} when it was asked how to log in`,
    source: "upstream",
    headers: retryOf(response),
  });
}

/** The upstream's word on when to come back, if it is one. */
export function retryOf(response: Response): Record<string, string> {
  const after = response.headers.get("retry-after");
  return after !== null && /^[\w ,:-]{1,64}$/.test(after) ? { "retry-after": after } : {};
}
