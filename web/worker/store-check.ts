import { pump } from "../../core/bytes/mod.ts";
import { type Digest, newSha256, verifying } from "../../core/digest/mod.ts";
import { formatFamiliar, parseReference } from "../../core/oci/mod.ts";
import { check } from "../../core/store/mod.ts";
import type { CheckOutcome } from "../model/images.ts";
import type { BrowserStore } from "../store/mod.ts";
import { wireOf } from "./rpc.ts";

/** What checking takes. */
export interface CheckWork {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Compares everything with its digests and says which images what is wrong belongs to. */
export async function checkStore(
  store: BrowserStore,
  { signal, onProgress }: CheckWork,
): Promise<CheckOutcome> {
  const blobs = await store.list();
  const findings = await check(store, { newHasher: newSha256, signal, onProgress });
  const table = await store.table.snapshot();
  return {
    blobs: blobs.length,
    bytes: blobs.reduce((sum, { size }) => sum + size, 0),
    findings: findings.map(({ digest, kind, problem, roots }) => {
      const under = new Set(roots);
      const names = [...table.names.values()].filter(({ target }) => under.has(target.digest));
      const ids = new Set([
        ...names.map(({ image }) => image),
        ...[...table.images.values()].filter(({ target }) => under.has(target.digest)).map(({ id }) => id),
      ]);
      const images = [...ids].map((id) => ({
        id,
        tags: names
          .filter(({ image }) => image === id)
          .map(({ name }) => formatFamiliar(parseReference(name))),
      }));
      return { digest, kind, problem: wireOf(problem), images };
    }),
  };
}

/** Removes those of `digests` that are damaged; gives the bytes freed. */
export async function dropDamaged(store: BrowserStore, digests: readonly Digest[]): Promise<number> {
  const damaged: Digest[] = [];
  for (const digest of digests) if (await isDamaged(store, digest)) damaged.push(digest);
  const removed = (await store.remove(damaged, { pinned: true })) ?? [];
  return removed.reduce((sum, { size }) => sum + size, 0);
}

async function isDamaged(store: BrowserStore, digest: Digest): Promise<boolean> {
  const size = await store.stat({ digest });
  if (size === undefined) return false;
  try {
    const source = await store.blob({ digest });
    if (source === undefined) return false;
    const verifier = verifying(digest, size, newSha256);
    await pump(source, (chunk) => verifier.push(chunk), {});
    verifier.end();
    return false;
  } catch {
    // Not what it says, or not to be read at all.
    return true;
  }
}
