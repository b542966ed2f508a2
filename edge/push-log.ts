/** When something was last pushed to or deleted from a repository through this instance, so that it is seen at once by those who ask here. */
export interface PushLog {
  /** Takes note that `repository` of `registry` changes now. */
  note(registry: string, repository: string): void;
  /** Seconds since the epoch of the last change, if there was one. */
  last(registry: string, repository: string): number | undefined;
}

/** Repositories remembered. One that is forgotten shows a changed tag when what is kept of it has run out. */
const MOST_REPOSITORIES = 10_000;

/** A log in memory. */
export function createPushLog(nowMs: () => number): PushLog {
  const times = new Map<string, number>();
  return {
    note(registry, repository) {
      const name = `${registry}/${repository}`;
      times.delete(name);
      times.set(name, Math.floor(nowMs() / 1000));
      for (const oldest of times.keys()) {
        if (times.size <= MOST_REPOSITORIES) break;
        times.delete(oldest);
      }
    },
    last: (registry, repository) => times.get(`${registry}/${repository}`),
  };
}
