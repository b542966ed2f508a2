import { type Bytes, type Source, sourceOf } from "../../core/bytes/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import type { LocalStore } from "../../core/store/mod.ts";

/** Blobs up to this size are remembered: manifests and configs are, layers hardly ever. */
const SMALL = 64 * 1024;

/** Bytes remembered in all; those of 2,000 images or so. */
const MOST = 16 * 1024 * 1024;

/**
 * `store`, its documents read once: a digest never means other bytes, and commands that list hundreds of images read hundreds of configs, each of which
 * costs a transaction of the database.
 */
export function rememberingStore(store: LocalStore): LocalStore {
  const known = new Map<Digest, Bytes>();
  let bytes = 0;
  const remember = (digest: Digest, document: Bytes): void => {
    known.set(digest, document);
    bytes += document.length;
    for (const [oldest, { length }] of known) {
      if (bytes <= MOST) break;
      known.delete(oldest);
      bytes -= length;
    }
  };
  return {
    table: store.table,
    stat: (ref, options) => store.stat(ref, options),
    list: (options) => store.list(options),
    openWriter: (ref, options) => store.openWriter(ref, options),
    partial: (digest) => store.partial(digest),
    partials: () => store.partials(),
    discard: (digest) => store.discard(digest),
    lease: (root) => store.lease(root),
    leases: () => store.leases(),
    expire: (before) => store.expire(before),
    async blob(ref, options): Promise<Source | undefined> {
      const there = known.get(ref.digest);
      if (there !== undefined) return sourceOf(there);
      const source = await store.blob(ref, options);
      if (source === undefined || source.size > SMALL) return source;
      const document = new Uint8Array(await source.arrayBuffer());
      remember(ref.digest, document);
      return sourceOf(document);
    },
    async remove(digests, conditions) {
      for (const digest of digests) known.delete(digest);
      return store.remove(digests, conditions);
    },
  };
}
