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

  /** Deletes those of `candidates` that nobody works under any more. */
  const deleteBroken = async (candidates: readonly ClaimRecord[]): Promise<void> => {
    const held = await locks.held();
    await deleteClaims(candidates.flatMap(({ id }) => (held(lockName(id)) ? [] : [id])));
  };

  const deleteClaims = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    await database.run("readwrite", ["claims"], { what: "end leases" }, async (t) => {
      await Promise.all(ids.map((id) => t.objectStore("claims").delete(id)));
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
          await deleteClaims([id]);
          letGo();
          await deleteBroken((await claims()).filter((claim) => claim.root === root));
        },
        async suspend() {
          ended = true;
          letGo();
        },
      };
    },

    async leases() {
      const found = await claims();
      // After the list: a claim is made under its lock.
      const held = await locks.held();
      return found.map((claim): LeaseRecord => ({ ...claim, live: held(lockName(claim.id)) }));
    },

    async expireClaims(before) {
      await deleteBroken((await claims()).filter(({ touchedAt }) => touchedAt < before));
    },
  };
}
