/** A load that was begun in this browser and never came to its end. */
export interface Interrupted {
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
}

const KEY = "breakbulk.loads";

/** More are not worth remembering: the oldest are forgotten. */
const LIMIT = 20;

function lockOf({ name, size }: Interrupted): string {
  return `breakbulk load ${size} ${name}`;
}

function same(a: Interrupted, b: Interrupted): boolean {
  return a.name === b.name && a.size === b.size;
}

function noted(): readonly Interrupted[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(found)) return [];
    return found.filter(
      (entry): entry is Interrupted => typeof entry?.name === "string" && typeof entry?.size === "number",
    );
  } catch {
    return [];
  }
}

function note(loads: readonly Interrupted[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(loads.slice(-LIMIT)));
  } catch {
    // Where nothing may be stored nothing can be loaded either.
  }
}

/** Forgets a load: it has come to its end, or the reader has given it up. */
export function forgetLoad(load: Interrupted): void {
  note(noted().filter((entry) => !same(entry, load)));
}

/** Remembers that a load is under way, so that it is known to have broken off when the page ends before it; the function given back ends that. */
export function noteLoad(load: Interrupted): () => void {
  note([...noted().filter((entry) => !same(entry, load)), load]);
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // Other tabs tell by the lock that this load is alive.
  void navigator.locks?.request(lockOf(load), { mode: "shared" }, () => ended).catch(() => {});
  return end;
}

/** Loads that were begun and that no tab works on any more, the oldest first. */
export async function interruptedLoads(): Promise<readonly Interrupted[]> {
  const loads = noted();
  if (loads.length === 0) return loads;
  try {
    const { held = [] } = await navigator.locks.query();
    const alive = new Set(held.map(({ name }) => name));
    return loads.filter((load) => !alive.has(lockOf(load)));
  } catch {
    return loads;
  }
}
