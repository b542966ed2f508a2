import type { RatePolicy } from "./policy.ts";

/** What is counted, each apart: calls of the token endpoint, manifests fetched, bytes of blobs sent. */
export type RateKind = keyof RatePolicy;

/** How one client stands. */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until there is something left again; 0 when there is. */
  readonly retryAfter: number;
}

/** Counts what clients use, in memory: in each instance apart, and from zero after a restart. */
export interface RateLimiter {
  /** Takes `amount` of what `client` has left. What a refused call takes is not counted. `undefined` where there is no limit. */
  take(kind: RateKind, client: string, amount: number): RateState | undefined;
}

/** Clients remembered at a time. The one not seen for longest is forgotten, which gives it back a full bucket: one minute's worth. */
const MOST_CLIENTS = 20_000;

/** A leaky bucket of one minute's worth per client and kind. Bytes are charged after the fact, so that a bucket may go below zero. */
export function createRateLimiter(rates: RatePolicy, nowMs: () => number): RateLimiter {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(kind, client, amount) {
      const limit = rates[kind];
      if (limit === 0) return undefined;
      const now = nowMs();
      const key = `${kind} ${client}`;
      const bucket = buckets.get(key) ?? { left: limit, atMs: now };
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > MOST_CLIENTS)
        for (const oldest of buckets.keys()) {
          buckets.delete(oldest);
          break;
        }
      bucket.left = Math.min(limit, bucket.left + (Math.max(0, now - bucket.atMs) * limit) / 60_000);
      bucket.atMs = now;
      if (bucket.left < 1) {
        const missing = 1 - bucket.left;
        return { limit, remaining: 0, retryAfter: Math.max(1, Math.ceil((missing * 60) / limit)) };
      }
      bucket.left -= amount;
      return { limit, remaining: Math.max(0, Math.floor(bucket.left)), retryAfter: 0 };
    },
  };
}

/** The headers by which a client learns how it stands, in the form of Docker Hub's. */
export function rateHeaders(state: RateState): Record<string, string> {
  const headers: Record<string, string> = {
    "ratelimit-limit": `${state.limit};w=60`,
    "ratelimit-remaining": `${state.remaining};w=60`,
  };
  if (state.retryAfter > 0) headers["retry-after"] = String(state.retryAfter);
  return headers;
}
