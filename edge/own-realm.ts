import { formatChallenge } from "../core/registry/mod.ts";
import { splitKey } from "./access.ts";
import type { AccessRequest } from "./authorize.ts";
import { ownUrl } from "./own-url.ts";
import type { Policy } from "./policy.ts";
import { rawAddress } from "./route.ts";
import { parseUrl } from "./setting.ts";

/** The one service of every deployment: clients that cache how to log in do so by host, and would be thrown by another one. */
export const SERVICE = "breakbulk";

/**
 * The token endpoint as this request's client reaches it: one per host, whichever registry is meant (A2). A host with a registry's label in
 * front has its own, since that label is all that tells the registry there, and so has a path with an access key in it.
 */
export function ownRealm(request: Request, policy: Policy): string {
  const own = ownUrl(request, policy);
  const { mount } = splitKey(rawAddress(request.url).path);
  const asked = parseUrl(request.url)?.host ?? "";
  const base = new URL(own);
  if (asked.endsWith(`.${base.host}`)) base.host = asked;
  return `${base.href.replace(/\/$/, "")}${mount}/token`;
}

/** Our own challenge for what is asked: always Bearer, since browsers answer a Basic one with a prompt of their own (X6). */
export function ownChallenge(
  request: Request,
  policy: Policy,
  about: {
    readonly asked?: AccessRequest | undefined;
    readonly error?: "invalid_token" | "insufficient_scope" | undefined;
  },
): string {
  const params = new Map([
    ["realm", ownRealm(request, policy)],
    ["service", SERVICE],
  ]);
  if (about.asked !== undefined) params.set("scope", scopeOf(about.asked));
  if (about.error !== undefined) params.set("error", about.error);
  return formatChallenge({ scheme: "bearer", params });
}

/** The scope that a request needs, in our names: worked out of the request, never taken from an upstream's challenge (A6). */
function scopeOf({ registry, repository, actions }: AccessRequest): string {
  if (repository === undefined) return "registry:catalog:*";
  return `repository:${registry.key}/${repository}:${withPull(actions).join(",")}`;
}

/** Actions as registries expect them asked: who pushes pulls as well. */
export function withPull(actions: AccessRequest["actions"]): readonly string[] {
  return actions.includes("push") && !actions.includes("pull") ? ["pull", ...actions] : actions;
}
