/** An answer kept by a cache, whole and verified. */
export interface Kept {
  /** Headers of the answer by lower-case name: `content-type`, `docker-content-digest`, `etag` … */
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
  /** Seconds since the epoch. */
  readonly stored: number;
  /** Seconds since the epoch from which on it may only stand in for an upstream that fails. */
  readonly staleFrom: number;
  /** The bytes from `from` up to, not including, `to`; all of them by default. Each call reads anew. */
  body(from?: number, to?: number): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What is to be kept. */
export interface Keeping {
  readonly headers: Readonly<Record<string, string>>;
  /** The `sha256:…` that the bytes must have; `undefined` only for what has no digest, such as lists. */
  readonly digest: string | undefined;
  /** How many bytes there will be, when that is known: it decides beforehand whether they are kept. */
  readonly size: number | undefined;
  /** Seconds that it stays fresh. */
  readonly freshSeconds: number;
}

/** Takes the bytes of one answer as they pass. Nothing is visible before {@link commit}, and never what fails its check (C6). */
export interface CacheWriter {
  /** Takes a piece; it may be reused once the promise is fulfilled. Resolves `false` once the writer has given up (too large, no room). */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Ends it: whether the answer is now in the cache. `false` when size or digest differ, or when it had given up. */
  commit(): Promise<boolean>;
  /** Forgets what was written. May be called at any time, also after the end. */
  abort(): Promise<void>;
}

/** Answers by key. Keys are the caller's: upstream, repository and digest (C1), or upstream, repository, tag and kind of Accept (C4). */
export interface ResponseCache {
  /** Its kind, for the capability document. */
  readonly kind: "memory" | "disk" | "platform";
  /** The answer kept under `key`, stale ones included, or `undefined`. */
  read(key: string): Promise<Kept | undefined>;
  /** A writer for `key`, or `undefined` when an answer of this size is not kept (`X-Cache: BYPASS`). Two at once for one key are safe. */
  write(key: string, keeping: Keeping): Promise<CacheWriter | undefined>;
  remove(key: string): Promise<void>;
  /** Bytes held now, where that is known. */
  held(): number | undefined;
}
