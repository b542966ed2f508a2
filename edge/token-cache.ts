/** A token of an upstream. */
export interface Issued {
  readonly token: string;
  /** Seconds since the epoch. */
  readonly issued: number;
  /** Seconds since the epoch. */
  readonly expires: number;
  /** What a new one can be had for, if the upstream gave that. */
  readonly refresh: string | undefined;
  /** Whether it was kept from before. */
  readonly kept: boolean;
}

/** Tokens by what they were asked with. They live in memory only: never in a shared cache, never on a disk (security 4). */
export interface TokenCache {
  /** The token kept under `key`, or what `ask` brings; callers of one key at a time wait for the same answer. */
  get(key: string, ask: (signal: AbortSignal) => Promise<Issued>, signal: AbortSignal): Promise<Issued>;
  drop(key: string): void;
}

/** Tokens kept at a time; the one unused for longest goes first. About 3 KB each. */
const MOST_TOKENS = 4000;

/** @see TokenCache */
export function createTokenCache(host: {
  readonly nowMs: () => number;
  readonly isolated: boolean;
}): TokenCache {
  const tokens = new Map<string, Issued>();
  const asking = new Map<string, Promise<Issued>>();

  const ask = async (
    key: string,
    how: (signal: AbortSignal) => Promise<Issued>,
    signal: AbortSignal,
  ): Promise<Issued> => {
    try {
      const issued = await how(signal);
      tokens.delete(key);
      tokens.set(key, { ...issued, kept: true });
      if (tokens.size > MOST_TOKENS)
        for (const oldest of tokens.keys()) {
          tokens.delete(oldest);
          break;
        }
      return issued;
    } finally {
      asking.delete(key);
    }
  };

  return {
    async get(key, how, signal) {
      signal.throwIfAborted();
      const kept = tokens.get(key);
      if (kept !== undefined && isFresh(kept, host.nowMs() / 1000)) {
        tokens.delete(key);
        tokens.set(key, kept);
        return kept;
      }
      if (host.isolated) return ask(key, how, signal);
      let pending = asking.get(key);
      if (pending === undefined) {
        // Nobody's own signal: the one who asked first may leave while others wait.
        pending = ask(key, how, new AbortController().signal);
        asking.set(key, pending);
      }
      return whileWaited(pending, signal);
    },
    drop(key) {
      tokens.delete(key);
    },
  };
}

/** Whether a token lasts long enough to be used: not in its last 30 seconds, or in its last fifth when it is short-lived. */
function isFresh({ issued, expires }: Issued, now: number): boolean {
  return expires - now > Math.min(30, (expires - issued) / 5);
}

/** What `promise` brings, unless `signal` ends the wait for it. */
function whileWaited<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
