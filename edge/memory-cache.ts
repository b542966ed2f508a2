import type { NewHasher } from "../core/digest/mod.ts";
import type { CacheWriter, Keeping, Kept, ResponseCache } from "./cache.ts";
import { createCheck, isCheckable } from "./checked.ts";

/** What caches of every kind are made with. */
export interface CacheSetting {
  readonly bytes: number;
  readonly objectBytes: number;
  readonly newHasher: NewHasher;
  readonly nowMs: () => number;
}

interface Entry {
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
  readonly stored: number;
  readonly staleFrom: number;
}

/** Bytes that an entry takes beside its own, roughly: key, headers, objects. */
const OVERHEAD = 1024;

/** A cache in memory that never holds more than it may, unfinished answers included; what was not used for longest goes first. */
export function createMemoryCache(setting: CacheSetting): ResponseCache {
  const entries = new Map<string, Entry>();
  let held = 0;
  let unfinished = 0;

  const drop = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    held -= entry.size + OVERHEAD;
  };
  const makeRoom = (): boolean => {
    for (const key of entries.keys()) {
      if (held + unfinished <= setting.bytes) break;
      drop(key);
    }
    return held + unfinished <= setting.bytes;
  };

  const writer = (key: string, keeping: Keeping): CacheWriter => {
    const check = createCheck(keeping, setting.objectBytes, setting.newHasher);
    let pieces: Uint8Array<ArrayBuffer>[] | undefined = [];
    let counted = OVERHEAD;
    unfinished += counted;
    const giveUp = (): void => {
      pieces = undefined;
      unfinished -= counted;
      counted = 0;
    };
    return {
      async write(bytes) {
        if (pieces === undefined) return false;
        if (check.add(bytes)) {
          counted += bytes.length;
          unfinished += bytes.length;
          if (makeRoom()) {
            // The caller's buffer may be a window on a larger one, and be written to again.
            pieces.push(new Uint8Array(bytes));
            return true;
          }
        }
        giveUp();
        return false;
      },
      async commit() {
        const whole = pieces;
        giveUp();
        if (whole === undefined || !check.holds()) return false;
        drop(key);
        const stored = Math.floor(setting.nowMs() / 1000);
        entries.set(key, {
          pieces: whole,
          headers: keeping.headers,
          size: check.size,
          stored,
          staleFrom: stored + keeping.freshSeconds,
        });
        held += check.size + OVERHEAD;
        makeRoom();
        return entries.has(key);
      },
      async abort() {
        if (pieces !== undefined) giveUp();
      },
    };
  };

  return {
    kind: "memory",
    async read(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return {
        ...entry,
        body: (from = 0, to = entry.size) => piecesFrom(entry.pieces, from, to),
      } satisfies Kept;
    },
    async write(key, keeping) {
      const most = Math.min(setting.objectBytes, setting.bytes - OVERHEAD);
      if (!isCheckable(keeping) || (keeping.size ?? 0) > most || most < 0) return undefined;
      return writer(key, keeping);
    },
    async remove(key) {
      drop(key);
    },
    held: () => held,
  };
}

/** The bytes of `pieces` from `from` to `to`, piece by piece as they are read. The pieces are handed out as copies: transferring one would empty the cache. */
function piecesFrom(
  pieces: readonly Uint8Array<ArrayBuffer>[],
  from: number,
  to: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let [index, at] = [0, 0];
  return new ReadableStream({
    pull(controller) {
      for (; index < pieces.length && at < to; index++) {
        const piece = pieces[index];
        if (piece === undefined) break;
        const start = at;
        at += piece.length;
        if (at <= from) continue;
        index++;
        controller.enqueue(piece.slice(Math.max(0, from - start), Math.min(piece.length, to - start)));
        return;
      }
      controller.close();
    },
  });
}
