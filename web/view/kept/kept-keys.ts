import type { KeptRow } from "../../model/kept.ts";

/** What the keys of the list of kept images act on. */
export interface KeptKeys {
  readonly rows: readonly KeptRow[];
  readonly at: number;
  /** Rows in a page. */
  page(): number;
  moveTo(index: number): void;
  toggle(row: KeptRow): void;
  open(row: KeptRow): void;
  remove(row: KeptRow): void;
}

/** The keys of the ARIA grid pattern, by rows, with those of a file manager. */
export function keptKeys(list: KeptKeys): (event: KeyboardEvent) => void {
  const { rows, at } = list;
  return (event) => {
    const row = rows[at];
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    // Heads and links have keys of their own.
    if (target?.getAttribute("role") !== "row") return;
    const step = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: list.page(),
      PageUp: -list.page(),
      Home: -rows.length,
      End: rows.length,
    }[event.key];
    if (step !== undefined) list.moveTo(Math.max(0, Math.min(rows.length - 1, at + step)));
    else if (event.key === " ") list.toggle(row);
    else if (event.key === "Enter") list.open(row);
    else if (event.key === "Delete") list.remove(row);
    else return;
    event.preventDefault();
  };
}
