import type { HistoryEntry } from "../oci/mod.ts";

/** Seconds since the epoch as Go writes a time: no zeros at the end of a fraction. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.?0+Z$/, "Z");
}

/**
 * `history` with a time for every entry that has none: that of the layer before it which the build made, or of the first one when none
 * comes before; when it made none, of the last entry of the base, and none where that has none either: the same input stays the same image.
 * `epoch` where that is given.
 */
export function datedHistory(history: readonly HistoryEntry[], epoch: string | undefined): HistoryEntry[] {
  const first = history.findIndex(({ created }) => created === undefined);
  if (first < 0) return [...history];
  const next = history.slice(first).find(({ created }) => created !== undefined)?.created;
  let time = epoch ?? next ?? history[first - 1]?.created;
  return history.map((entry, at) => {
    if (entry.created === undefined) return { ...entry, created: time };
    if (at > first && epoch === undefined) time = entry.created;
    return entry;
  });
}
