import type { Digest } from "../../core/digest/mod.ts";
import type { LeaseRecord, LocalStore } from "../../core/store/mod.ts";
import { newRun, type StoreParts } from "./blobs.ts";
import type { ClaimRecord } from "./schema.ts";

/** The half of a local store that is about leases. A lease is live as long as its lock is held, which ends with its tab. */
export type ClaimHalf = Pick<LocalStore, "lease" | "leases"> & {
  /** Drops broken-off claims that were last touched before `before`. */
  readonly expireClaims: (before: number) => Promise<void>;
};

const lockName = (id: string): string => `lease/${id}`;

/** Leases in the database. */
export function claimHalf({ database, locks, now }: StoreParts): ClaimHalf {
  const claims = (): Promise<ClaimRecord[]> =>
    database.run("readonly", ["claims"], { what: "list leases" }, (t) => t.objectStore("claims").getAll());

  const isLive = async ({ id }: ClaimRecord): Promise<boolean> => {
    const release = await locks.tryTake(lockName(id));
    release?.();
    return release === undefined;
  };

  const deleteBroken = async (candidates: readonly ClaimRecord[]): Promise<void> => {
    const broken: string[] = [];
    for (const claim of candidates) if (!(await isLive(claim))) broken.push(claim.id);
    if (broken.length === 0) return;
    await database.run("readwrite", ["claims"], { what: "end leases" }, async (t) => {
      await Promise.all(broken.map((id) => t.objectStore("claims").delete(id)));
    });
  };

  return {
    async lease(root: Digest) {
      const id = newRun();
      const letGo = await locks.take(lockName(id));
      const touch = (digests: readonly Digest[]): Promise<void> =>
        database.run("readwrite", ["claims"], { what: `claim ${root}` }, async (t) => {
          const record = await t.objectStore("claims").get(id);
          const pins = new Set([root, ...(record?.pins ?? []), ...digests]);
          await t.objectStore("claims").put({ id, root, pins: [...pins].sort(), touchedAt: now() });
        });
      let ended = false;
      try {
        await touch([]);
      } catch (error) {
        letGo();
        throw error;
      }
      return {
        async pin(digests) {
          if (ended) throw new TypeError("Cannot pin on a lease that has ended");
          await touch(digests);
        },
        async release() {
          ended = true;
          letGo();
          // The lock of this lease is free now: it goes with those that broke off before it.
          await deleteBroken((await claims()).filter((claim) => claim.root === root));
        },
        async suspend() {
          ended = true;
          letGo();
        },
      };
    },

    async leases() {
      const found: LeaseRecord[] = [];
      for (const claim of await claims()) found.push({ ...claim, live: await isLive(claim) });
      return found;
    },

    async expireClaims(before) {
      await deleteBroken((await claims()).filter(({ touchedAt }) => touchedAt < before));
    },
  };
}
