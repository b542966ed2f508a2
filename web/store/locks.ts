import { Turns } from "../../core/store/mod.ts";

/** Locks by name. All tabs of the origin share them where the browser has Web Locks; without (insecure pages), only this realm does. */
export interface Locks {
  /** The function that gives the lock back, once nobody else has it. Rejects with the signal's reason when it aborts first. */
  take(name: string, signal?: AbortSignal): Promise<() => void>;
  /** The same, but `undefined` when somebody has it. */
  tryTake(name: string): Promise<(() => void) | undefined>;
  /** The names that somebody has. Looking takes nothing, so that two who look do not see each other. */
  held(): Promise<(name: string) => boolean>;
}

/** Locks of names that begin with `prefix`. A browser frees those of a tab that ends, however it ends. */
export function openLocks(prefix: string): Locks {
  const shared = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (shared === undefined) return realmLocks();
  const request = (name: string, options: LockOptions): Promise<(() => void) | undefined> =>
    new Promise((resolve, reject) => {
      shared
        .request(prefix + name, options, (lock) => {
          if (lock === null) return resolve(undefined);
          return new Promise<void>((release) => resolve(release));
        })
        .catch(reject);
    });
  return {
    async take(name, signal) {
      signal?.throwIfAborted();
      const release = await request(name, signal === undefined ? {} : { signal });
      return release!;
    },
    tryTake: (name) => request(name, { ifAvailable: true }),
    async held() {
      const names = new Set((await shared.query()).held?.map(({ name }) => name));
      return (name) => names.has(prefix + name);
    },
  };
}

function realmLocks(): Locks {
  const turns = new Turns();
  return {
    take: (name, signal) => turns.take(name, signal),
    tryTake: async (name) => (turns.free(name) ? turns.take(name) : undefined),
    held: async () => (name) => !turns.free(name),
  };
}
