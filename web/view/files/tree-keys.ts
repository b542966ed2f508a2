import type { Row } from "../../model/engine.ts";
import { rowAt } from "../../model/row-pages.ts";
import { touch } from "../part/media.ts";
import type { FileList } from "./file-list.ts";

/** What the keys of the file list can do beside moving. */
export interface TreeActions {
  /** Rows in a page. */
  page(): number;
  /** Shows the file under the cursor; `focusPreview` takes the focus there. */
  open(focusPreview: boolean): void;
  save(): void;
  history(): void;
}

/** Handlers of the file list. */
export interface TreeKeys {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly press: (index: number, event: MouseEvent) => void;
  readonly fold: (index: number, event: MouseEvent) => void;
}

/** Rows searched beyond those at hand, for a typed name or a parent. */
const REACH = 20_000;
/** A pause after which typing starts a new name. */
const TYPING_MS = 700;

/** The keys of the ARIA tree grid pattern, with those of a file manager. */
export function createTreeKeys(list: FileList, actions: TreeActions): TreeKeys {
  let typed = "";
  let typedAt = 0;

  const current = (): Row | undefined => rowAt(list.rows.peek(), list.active.peek());

  async function toParent(row: Row): Promise<void> {
    const start = list.active.peek();
    for (let index = start - 1; index >= Math.max(0, start - REACH); index -= 1) {
      const above = await list.fetch(index);
      if (above === undefined) return;
      if (above.depth < row.depth) {
        list.moveTo(index);
        return;
      }
    }
  }

  async function search(prefix: string, from: number): Promise<void> {
    const count = list.state.peek()?.rows ?? 0;
    for (let step = 0; step < Math.min(count, REACH); step += 1) {
      const index = (from + step) % count;
      const row = await list.fetch(index);
      if (typed !== prefix) return;
      if (row?.name.toLowerCase().startsWith(prefix)) {
        list.moveTo(index);
        return;
      }
    }
  }

  function type(letter: string): void {
    const now = performance.now();
    const fresh = now - typedAt > TYPING_MS;
    typedAt = now;
    typed = (fresh ? "" : typed) + letter.toLowerCase();
    void search(typed, list.active.peek() + (fresh ? 1 : 0));
  }

  async function unfoldSiblings(): Promise<void> {
    const row = current();
    if (row === undefined) return;
    const nodes: number[] = [];
    const collect = async (step: 1 | -1) => {
      for (let index = list.active.peek() + (step === 1 ? 0 : -1); nodes.length < 1000; index += step) {
        const other = await list.fetch(index);
        if (other === undefined || other.depth < row.depth) return;
        if (other.depth === row.depth && other.expandable && !other.expanded) nodes.push(other.node);
      }
    };
    await collect(1);
    await collect(-1);
    await list.fold(nodes, true);
    await list.reveal(row.node);
  }

  function right(row: Row | undefined): void {
    if (row?.expandable !== true) return;
    if (row.expanded) list.moveTo(list.active.peek() + 1);
    else void list.fold([row.node], true);
  }

  function left(row: Row | undefined): void {
    if (row?.expanded) void list.fold([row.node], false);
    else if (row !== undefined) void toParent(row);
  }

  function enter(row: Row | undefined): void {
    if (row?.expandable) void list.fold([row.node], !row.expanded);
    else if (row !== undefined) actions.open(true);
  }

  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => list.moveTo(list.active.peek() + 1),
    ArrowUp: () => list.moveTo(list.active.peek() - 1),
    PageDown: () => list.moveTo(list.active.peek() + actions.page()),
    PageUp: () => list.moveTo(list.active.peek() - actions.page()),
    Home: () => list.moveTo(0),
    End: () => list.moveTo(Number.MAX_SAFE_INTEGER),
    ArrowRight: () => right(current()),
    ArrowLeft: () => left(current()),
    Enter: () => enter(current()),
    " ": () => actions.open(false),
    s: () => actions.save(),
    h: () => actions.history(),
    "*": () => void unfoldSiblings(),
  };

  return {
    onKeyDown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!(event.target instanceof HTMLElement) || event.target.getAttribute("role") !== "row") return;
      const typing = typed !== "" && performance.now() - typedAt < TYPING_MS;
      const action = typing && /^[sh]$/u.test(event.key) ? undefined : keys[event.key];
      if (action !== undefined) action();
      else if (/^[^\s/?[\]]$/u.test(event.key)) type(event.key);
      else return;
      event.preventDefault();
    },
    press(index, event) {
      list.moveTo(index);
      if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus({ preventScroll: true });
      const row = rowAt(list.rows.peek(), index);
      if (row === undefined) return;
      // A finger has no double click to spare: there one tap folds.
      if (row.expandable && (event.detail === 2 || touch.peek())) void list.fold([row.node], !row.expanded);
      if (!row.expandable) actions.open(false);
    },
    fold(index, event) {
      event.stopPropagation();
      const row = rowAt(list.rows.peek(), index);
      list.moveTo(index);
      if (row !== undefined) void list.fold([row.node], !row.expanded);
    },
  };
}
