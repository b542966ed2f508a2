/** Within this time from its start, work says more about caches and slow starts than about its pace. */
const SETTLE_MS = 700;

/** Bytes a second of work that has moved `moved` bytes since `sinceMs`; `undefined` until there is enough to go by. */
export function rateOf(moved: number, sinceMs: number | undefined, nowMs: number): number | undefined {
  const spent = sinceMs === undefined ? 0 : nowMs - sinceMs;
  return spent < SETTLE_MS || moved <= 0 ? undefined : (moved / spent) * 1000;
}
