import type { HistoryEntry } from "../oci/mod.ts";

/** Seconds since the epoch as Go writes a time: no zeros at the end of a fraction. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.?0+Z$/, "Z");
}

/**
 * `history` with a time for every entry that has none: the time of the layer before it that the build made, or of the first one when none
 * comes before; `epoch` where that is given.
 */
export function datedHistory(
  history: readonly HistoryEntry[],
  { epoch, now }: { readonly epoch: string | undefined; readonly now: string },
): HistoryEntry[] {
  if (epoch !== undefined) {
    return history.map((entry) => (entry.created === undefined ? { ...entry, created: epoch } : entry));
  }
  const firstNew = history.findIndex(({ created }) => created === undefined);
  if (firstNew < 0) return [...history];
  const next = history.slice(firstNew).find(({ created }) => created !== undefined)?.created;
  let time = next ?? now;
  return history.map((entry, at) => {
    if (entry.created === undefined) return { ...entry, created: time };
    if (at > firstNew) time = entry.created;
    return entry;
  });
}
