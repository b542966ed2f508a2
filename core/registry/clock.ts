/** Time, handed in. */
export interface Clock {
  /** Seconds since the epoch. */
  now(): number;
  /** Settles after that many milliseconds; rejects with the signal's reason when it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Rings when that many milliseconds pass in which `again` was not called; until `off`. Where it is missing nobody notices a server that has
   * stopped sending.
   */
  alarm?(ms: number, ring: () => void): Alarm;
}

/** What {@link Clock.alarm} gives. */
export interface Alarm {
  again(): void;
  off(): void;
}

/** The machine's own time. */
export const systemClock: Required<Clock> = {
  now: () => Date.now() / 1000,
  alarm(ms, ring) {
    let last = Date.now();
    // Chunks come by the thousand: each only notes the time, and the timer looks at it when it is due.
    const due = (): void => {
      const left = last + ms - Date.now();
      if (left <= 0) ring();
      else timer = setTimeout(due, left);
    };
    let timer = setTimeout(due, ms);
    return {
      again() {
        last = Date.now();
      },
      off: () => clearTimeout(timer),
    };
  },
  sleep(ms, signal) {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    });
  },
};
