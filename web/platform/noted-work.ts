/** Work that was begun in this browser and may not have come to its end, remembered under one key. */
export interface NotedWork<T> {
  /** Remembers that work is under way, so that it is known to have broken off when the page ends before it; the function given back ends that. */
  note(work: T): () => void;
  /** Forgets it: it has come to its end, or the reader has given it up. */
  forget(work: T): void;
  /** What was begun and no tab works on any more, the oldest first. */
  left(): Promise<readonly T[]>;
}

/** More are not worth remembering: the oldest are forgotten. */
const LIMIT = 20;

/** The work remembered under `key`; `nameOf` tells one from another, `read` takes what was stored or says `undefined`. */
export function notedWork<T>(
  key: string,
  {
    nameOf,
    read,
  }: { readonly nameOf: (work: T) => string; readonly read: (value: unknown) => T | undefined },
): NotedWork<T> {
  const noted = (): readonly T[] => {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
      return Array.isArray(found) ? found.flatMap((entry) => read(entry) ?? []) : [];
    } catch {
      return [];
    }
  };
  const keep = (works: readonly T[]): void => {
    try {
      localStorage.setItem(key, JSON.stringify(works.slice(-LIMIT)));
    } catch {
      // Where nothing may be stored nothing can be kept either.
    }
  };
  const others = (work: T): T[] => noted().filter((entry) => nameOf(entry) !== nameOf(work));
  return {
    note(work) {
      keep([...others(work), work]);
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      // Other tabs tell by the lock that this work is alive.
      void navigator.locks?.request(nameOf(work), { mode: "shared" }, () => ended).catch(() => {});
      return end;
    },
    forget: (work) => keep(others(work)),
    async left() {
      const works = noted();
      if (works.length === 0) return works;
      try {
        const { held = [] } = await navigator.locks.query();
        const alive = new Set(held.map(({ name }) => name));
        return works.filter((work) => !alive.has(nameOf(work)));
      } catch {
        return works;
      }
    },
  };
}
