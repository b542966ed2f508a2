import { rowAt } from "../../model/row-pages.ts";
import type { DraftActions } from "./draft-actions.ts";
import type { DraftPlace } from "./draft-place.ts";

/** What a draft adds to the keys and presses of the file list. */
export interface TreeEditing {
  readonly marked: ReadonlySet<number>;
  /** Whether the key was for it. */
  readonly key: (event: KeyboardEvent) => boolean;
  /** Whether the press only selects. */
  readonly press: (index: number, event: MouseEvent) => boolean;
  /** Dragging rows onto folders. */
  readonly dragStart: (index: number, event: DragEvent) => void;
}

/** Rows that a range may span. */
const RANGE = 5000;

/** Keys and presses of a draft's list: several rows with Ctrl and Shift, F2, Delete, Ctrl+Z. */
export function draftKeys(place: DraftPlace, actions: DraftActions): Omit<TreeEditing, "marked"> {
  const { list, marked } = place;
  let anchor = 0;

  async function range(from: number, to: number): Promise<void> {
    const nodes = new Set<number>();
    const [first, last] = from < to ? [from, to] : [to, from];
    for (let index = first; index <= Math.min(last, first + RANGE); index++) {
      const row = await list.fetch(index);
      if (row !== undefined) nodes.add(row.node);
    }
    marked.value = nodes;
  }

  function toggle(index: number): void {
    const row = rowAt(list.rows.peek(), index);
    if (row === undefined) return;
    const next = new Set(marked.peek());
    // The row under the cursor is part of what is selected, once there is more than it.
    const under = list.selected.peek();
    if (next.size === 0 && under !== undefined && under !== row.node) next.add(under);
    if (!next.delete(row.node)) next.add(row.node);
    marked.value = next;
    anchor = index;
  }

  const clear = (): void => {
    if (marked.peek().size > 0) marked.value = new Set();
  };

  return {
    key(event) {
      const mod = event.ctrlKey || event.metaKey;
      const at = list.active.peek();
      if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        if (marked.peek().size === 0) anchor = at;
        const to = at + (event.key === "ArrowDown" ? 1 : -1);
        list.moveTo(to);
        void range(anchor, list.active.peek());
      } else if (mod && event.key === " ") toggle(at);
      else if (event.key === "F2") void actions.rename();
      else if (event.key === "Delete" || (event.key === "Backspace" && mod)) void actions.remove();
      else if (event.key === "Escape" && marked.peek().size > 0) clear();
      else {
        if (/^(?:Arrow|Page|Home|End)/u.test(event.key) && !mod) {
          clear();
          anchor = at;
        }
        return false;
      }
      event.preventDefault();
      return true;
    },
    press(index, event) {
      if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus({ preventScroll: true });
      if (event.ctrlKey || event.metaKey || place.selecting.peek()) {
        toggle(index);
        list.moveTo(index);
        return true;
      }
      if (event.shiftKey) {
        if (marked.peek().size === 0) anchor = list.active.peek();
        void range(anchor, index);
        list.moveTo(index);
        return true;
      }
      clear();
      anchor = index;
      return false;
    },
    dragStart(index, event) {
      const row = rowAt(list.rows.peek(), index);
      if (row === undefined || row.removed || event.dataTransfer === null) return;
      if (!marked.peek().has(row.node)) {
        clear();
        list.moveTo(index);
      }
      event.dataTransfer.setData(DRAG_TYPE, String(row.node));
      event.dataTransfer.effectAllowed = "move";
    },
  };
}

/** What dragged rows are known by: other windows and programs make nothing of it. */
export const DRAG_TYPE = "application/x-breakbulk-rows";
