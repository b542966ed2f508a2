/**
 * Takes turns by key: `take` settles when everybody who asked before for the same key has given it back. It gives the function that gives it
 * back, which may be called more than once.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Rejects with the signal's reason when it is aborted while waiting. */
  async take(key: string, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    const before = this.#last.get(key);
    let giveBack!: () => void;
    const mine = new Promise<void>((resolve) => {
      giveBack = resolve;
    });
    const last = (before ?? Promise.resolve()).then(() => mine);
    this.#last.set(key, last);
    void this.#forget(key, last);
    try {
      if (before !== undefined) await unlessAborted(before, signal);
    } catch (error) {
      giveBack();
      throw error;
    }
    return giveBack;
  }

  async #forget(key: string, last: Promise<void>): Promise<void> {
    await last;
    if (this.#last.get(key) === last) this.#last.delete(key);
  }

  /** Whether nobody has the key or waits for it. */
  free(key: string): boolean {
    return !this.#last.has(key);
  }
}

async function unlessAborted(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return wait;
  let stop!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
