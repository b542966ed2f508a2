import type { Fault } from "./errors.ts";
import type { Forwarding } from "./exchange.ts";
import type { Route } from "./route.ts";

/** Proxies of this kind that a request may have passed: one in front of another is a set-up, a third one a circle. */
const MOST_PASSED = 2;

/** This deployment's word in `Via`: the product, and a number that tells one instance from another. */
export function viaOf(): string {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return `1.1 breakbulk-${id.join("")}`;
}

/** Why a request goes round in a circle, or `undefined` when it does not: it has been here, or it would be sent here (security 17). */
export function loopFault({ policy, via }: Forwarding, request: Request, route: Route): Fault | undefined {
  const passed = (request.headers.get("via") ?? "").split(",").map((hop) => hop.trim());
  const ours = passed.filter((hop) => hop.includes("breakbulk-"));
  const upstream = route.registry === undefined ? undefined : new URL(route.registry.base).host;
  const own = [new URL(request.url).host];
  if (policy.publicUrl !== undefined) own.push(new URL(policy.publicUrl).host);
  if (
    !passed.includes(via) &&
    ours.length < MOST_PASSED &&
    (upstream === undefined || !own.includes(upstream))
  )
    return undefined;
  const message =
    "The proxy's own address stands for a registry in its table: the request would go round for ever";
  return { status: 508, code: "UNAVAILABLE", message };
}
