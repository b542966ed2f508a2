import { sha256 } from "@noble/hashes/sha2.js";
import { type NewHasher, newSha256 } from "../../core/digest/mod.ts";

/** MB/s of streaming SHA-256 over 1 MiB chunks, and how many times `@noble/hashes` ours is. */
export interface Sha256Speeds {
  readonly ours: number;
  readonly noble: number;
  /** `node:crypto`, where there is one. */
  readonly native: number | undefined;
  readonly ratio: number;
}

const CHUNK = 1024 * 1024;

/**
 * Measures in turns of `turnMs`, so that a drift of the machine hits all alike, and keeps the best turn of each: about
 * `turns * turnMs * 3` in all. Runs in Node, Deno and a page's worker.
 */
export function benchSha256(turns = 5, turnMs = 200): Sha256Speeds {
  const chunk = new Uint8Array(CHUNK);
  for (let at = 0; at < CHUNK; at++) chunk[at] = at * 7 + (at >>> 8);
  const native = nativeHasher();
  const speed = (newHasher: NewHasher): number => {
    const hasher = newHasher();
    const start = performance.now();
    let chunks = 0;
    let tookMs = 0;
    do {
      hasher.update(chunk);
      chunks++;
      tookMs = performance.now() - start;
    } while (tookMs < turnMs);
    hasher.hex();
    return (chunks * CHUNK) / tookMs / 1000;
  };
  let best = { ours: 0, noble: 0, native: 0 };
  for (let turn = 0; turn < turns; turn++) {
    best = {
      ours: Math.max(best.ours, speed(newSha256)),
      noble: Math.max(best.noble, speed(nobleHasher)),
      native: native === undefined ? 0 : Math.max(best.native, speed(native)),
    };
  }
  return {
    ours: Math.round(best.ours),
    noble: Math.round(best.noble),
    native: native === undefined ? undefined : Math.round(best.native),
    ratio: Math.round((best.ours / best.noble) * 100) / 100,
  };
}

const nobleHasher: NewHasher = () => {
  const hash = sha256.create();
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
};

/** Asked of the running host, since a page's bundler could not resolve an import of `node:crypto`. */
function nativeHasher(): NewHasher | undefined {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (crypto === undefined) return undefined;
  return () => {
    const hash = crypto.createHash("sha256");
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
  };
}
