import { createHash } from "node:crypto";
import type { NewHasher } from "../../core/digest/mod.ts";

/** Streaming sha256 of the host, for Node and Deno. */
export const nativeHasher: NewHasher = () => {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
};
