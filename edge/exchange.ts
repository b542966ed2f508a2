import type { Mapping } from "./addresses.ts";
import type { AccessRequest, Grant, TokenBroker } from "./authorize.ts";
import { FaultError } from "./errors.ts";
import type { Host } from "./host.ts";
import { mountSource } from "./mount.ts";
import type { Policy } from "./policy.ts";
import type { PushLog } from "./push-log.ts";
import type { RegistryRow } from "./registries.ts";
import type { RepositoryFilter } from "./repository-policy.ts";
import type { Route } from "./route.ts";
import type { Sealer } from "./seal.ts";

/** What the forwarding half works with, made once per app. */
export interface Forwarding {
  readonly policy: Policy;
  readonly host: Host;
  readonly tokens: TokenBroker;
  readonly sealer: Sealer;
  /** What the operator allows to be asked for. */
  readonly allows: RepositoryFilter;
  /** What was changed through this instance. */
  readonly pushes: PushLog;
  /** This deployment's word in `Via`. */
  readonly via: string;
}

/** One request about one registry, on its way. */
export interface Exchange extends Forwarding {
  readonly request: Request;
  readonly route: Route;
  readonly registry: RegistryRow;
}

/** Leave to do `actions` in the exchange's repository; the client's refusal is thrown. */
export async function grantFor(exchange: Exchange, actions: AccessRequest["actions"]): Promise<Grant> {
  const leave = await exchange.tokens.authorize(accessOf(exchange, actions));
  if (!leave.ok) throw new FaultError(leave);
  return leave;
}

/** What the exchange asks of the token broker. */
export function accessOf(exchange: Exchange, actions: AccessRequest["actions"]): AccessRequest {
  const { registry, request, route } = exchange;
  const { endpoint, repository } = route;
  const tag =
    endpoint.kind === "manifest" && !endpoint.reference.includes(":") ? endpoint.reference : undefined;
  const mountFrom = endpoint.kind === "uploads" ? mountSource(exchange) : undefined;
  return { registry, repository, tag, actions, mountFrom, request, signal: request.signal };
}

/** How addresses of the exchange's upstream become the client's. */
export function mappingOf({ registry, route }: Exchange): Mapping {
  const { endpoint, entry, repository = "" } = route;
  return {
    base: registry.base,
    repository,
    name: "name" in endpoint ? (endpoint.name ?? "") : "",
    entry,
  };
}

/** Seconds since the epoch. */
export function nowOf({ host }: Forwarding): number {
  return Math.floor(host.nowMs() / 1000);
}
