import type { Hasher, NewHasher } from "../core/digest/mod.ts";
import type { Keeping } from "./cache.ts";

/** Watches the bytes of one answer on their way into a cache. */
export interface Check {
  /** Adds bytes; `false` once there are more than there may be. */
  add(bytes: Uint8Array): boolean;
  readonly size: number;
  /** Whether size and digest are what was said. It ends the check. */
  holds(): boolean;
}

/** Whether a digest can be checked while bytes pass: one that cannot is not kept. */
export function isCheckable({ digest }: Keeping): boolean {
  return digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest);
}

/** @see Check */
export function createCheck(keeping: Keeping, most: number, newHasher: NewHasher): Check {
  const hasher: Hasher | undefined = keeping.digest === undefined ? undefined : newHasher();
  const limit = Math.min(most, keeping.size ?? most);
  let size = 0;
  return {
    add(bytes) {
      size += bytes.length;
      if (size > limit) return false;
      hasher?.update(bytes);
      return true;
    },
    get size() {
      return size;
    },
    holds() {
      if (size > limit || (keeping.size !== undefined && size !== keeping.size)) return false;
      return hasher === undefined || `sha256:${hasher.hex()}` === keeping.digest;
    },
  };
}
