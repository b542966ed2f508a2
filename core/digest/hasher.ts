/**
 * A SHA-256 that takes its bytes piece by piece. Handed in where bytes are verified, so that a host with a native streaming hash
 * (Node, Deno, workerd) may use it.
 */
export interface Hasher {
  /** Adds bytes; they may be reused once it returns. */
  update(bytes: Uint8Array): void;
  /** The 64 lower-case hex digits of all bytes added. It ends the hasher: any call after it throws. */
  hex(): string;
}

/** Makes a fresh {@link Hasher}. */
export type NewHasher = () => Hasher;
