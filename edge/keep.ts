import type { Kept } from "./cache.ts";
import { type Exchange, nowOf } from "./exchange.ts";

/** Key of what is addressed by its digest: with the repository, or knowing a digest would open what others may see only (C1). */
export function digestKey(exchange: Exchange, kind: "manifest" | "blob", digest: string): string {
  return `${kind} ${exchange.registry.key}/${exchange.route.repository}@${digest}`;
}

/** Key of what a tag meant to clients that take the same types: another Accept may get another manifest (C4). */
export function tagKey(exchange: Exchange, tag: string, accept: string): string {
  const types = accept
    .toLowerCase()
    .split(",")
    .map((type) => type.replace(/;.*/, "").trim())
    .filter((type) => type !== "");
  const kind = [...new Set(types)].sort().join(",");
  return `tag ${exchange.registry.key}/${exchange.route.repository}:${tag} ${kind}`;
}

/** Seconds that a tag's digest is believed: one without a number in it moves often, `latest` above all. */
export function tagSeconds(exchange: Exchange, tag: string): number {
  const { tagSeconds: usual } = exchange.policy.cache;
  return /\d/.test(tag) ? usual : Math.min(usual, 30);
}

/** What is kept under `key`, and whether it may be given out without asking: stale ones stand in for a failing upstream only, and not for ever. */
export async function readKept(
  exchange: Exchange,
  key: string,
): Promise<{ readonly kept: Kept; readonly fresh: boolean } | undefined> {
  const kept = await exchange.host.cache?.read(key).catch(() => undefined);
  if (kept === undefined) return undefined;
  const now = nowOf(exchange);
  const changed = exchange.pushes.last(exchange.registry.key, exchange.route.repository ?? "");
  if (changed !== undefined && kept.stored <= changed && !key.startsWith("blob ")) return undefined;
  const fresh = now < kept.staleFrom;
  return fresh || now < kept.staleFrom + exchange.policy.cache.staleSeconds ? { kept, fresh } : undefined;
}

/** One thing to keep: all of its bytes are here. */
export interface Whole {
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  readonly digest: string | undefined;
  readonly freshSeconds: number;
}

/** Keeps `whole` if it can be kept; a cache that fails is none. */
export async function keep(
  exchange: Exchange,
  { key, bytes, headers, digest, freshSeconds }: Whole,
): Promise<boolean> {
  try {
    const keeping = { headers, digest, size: bytes.length, freshSeconds };
    const writer = await exchange.host.cache?.write(key, keeping);
    if (writer === undefined) return false;
    await writer.write(bytes);
    return await writer.commit();
  } catch {
    return false;
  }
}

/** Seconds that a thing with a digest stays as it is: a year, which HTTP takes for ever. */
export const IMMUTABLE_SECONDS = 31_536_000;

/**
 * Cache-Control of an answer: what a digest names never changes, but only what everyone may have may lie in caches in between, and behind
 * an access key not even that. What a tag means is asked anew each time, which costs no more than a 304.
 */
export function cacheControl(
  exchange: Exchange,
  options: { readonly shared: boolean; readonly immutable: boolean },
): string {
  if (!options.immutable) return "no-cache";
  const open = options.shared && exchange.policy.accessKeys.length === 0;
  return `${open ? "public" : "private"}, max-age=${IMMUTABLE_SECONDS}, immutable, no-transform`;
}

/** Marks an answer from the cache: how old it is, and that it is one; a stale one says why it is there (C5, E5). */
export function markKept(
  exchange: Exchange,
  headers: Headers,
  found: { readonly kept: Kept; readonly fresh: boolean },
): void {
  headers.set("x-cache", found.fresh ? "HIT" : "STALE");
  headers.set("age", String(Math.max(0, nowOf(exchange) - found.kept.stored)));
  if (!found.fresh)
    headers.append(
      "warning",
      `299 - "${exchange.registry.key} cannot answer now: this is what it said last"`,
    );
}
