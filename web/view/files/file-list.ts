import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { OpenArchive, Row, ViewSpec, ViewState } from "../../model/engine.ts";
import { NO_ROWS, PAGE_ROWS, pagesOf, type RowPages, rowAt, withPage } from "../../model/row-pages.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";

/** A file list of one image: what the tree draws, and the few rows of it that are at hand. */
export interface FileList {
  readonly spec: ReadonlySignal<ViewSpec>;
  /** `undefined` until the first layer is listed. */
  readonly state: ReadonlySignal<ViewState | undefined>;
  readonly rows: ReadonlySignal<RowPages>;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  /** Index of the row that has the cursor. */
  readonly active: Signal<number>;
  /** Node that the cursor is on; stays when the list is sorted or filtered. */
  readonly selected: Signal<number | undefined>;
  /** Asks that a row be scrolled to; a new object each time. */
  readonly scroll: Signal<{ readonly index: number; readonly align: "auto" | "center" } | undefined>;
  /** The row at `index`, fetched when it is not at hand. */
  fetch(index: number): Promise<Row | undefined>;
  /** Says which rows are in sight. */
  want(from: number, to: number): void;
  /** Says how many layers the tree holds by now. */
  reach(layers: number): void;
  /** Says that the tree is another than it was, and how many layers it holds. */
  renew(layers: number): void;
  update(patch: Partial<ViewSpec>): void;
  /** Folds or unfolds directories, drawn once when all are. */
  fold(nodes: readonly number[], expanded: boolean): Promise<void>;
  /** Puts the cursor on row `index`. */
  moveTo(index: number): void;
  /** Unfolds what is above `node` and puts the cursor on it; false when the view does not list it. */
  reveal(node: number): Promise<boolean>;
  close(): void;
}

/** A list of an image's files that shows what `start` says at first. */
export function createFileList(
  handle: OpenArchive,
  start: Pick<ViewSpec, "image" | "upTo" | "scope"> & Partial<ViewSpec>,
): FileList {
  const spec = signal<ViewSpec>({
    sort: "name",
    descending: false,
    filter: "",
    changedOnly: false,
    showRemoved: false,
    ...start,
  });
  const state = signal<ViewState | undefined>(undefined);
  const rows = signal<RowPages>(NO_ROWS);
  const trouble = signal<Trouble | undefined>(undefined);
  const active = signal(0);
  const selected = signal<number | undefined>(undefined);
  const scroll = signal<{ index: number; align: "auto" | "center" } | undefined>(undefined);
  let layers = 0;
  let stale = false;
  let closed = false;
  /** Grows with every change of the list: pages asked for before it are of another list. */
  let generation = 0;
  let wanted = { from: 0, to: 64 };
  let changing: AbortController | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const pending = new Set<number>();

  /** Runs `step` after all that came before it. */
  function enqueue<T>(step: () => Promise<T>): Promise<T | undefined> {
    const next = queue.then(async () => {
      if (closed) return undefined;
      try {
        return await step();
      } catch (error) {
        trouble.value = troubleOf(error) ?? trouble.value;
        return undefined;
      }
    });
    queue = next;
    return next;
  }

  /** Takes a changed view: its rows in sight are fetched before anything is drawn, so that nothing flickers. */
  async function take(next: ViewState): Promise<void> {
    generation += 1;
    pending.clear();
    let fresh = NO_ROWS;
    const span = Math.max(PAGE_ROWS / 2, wanted.to - wanted.from);
    const from = Math.max(0, Math.min(wanted.from, next.rows - span));
    for (const page of pagesOf(from, from + span, next.rows)) {
      const start = page * PAGE_ROWS;
      fresh = withPage(
        fresh,
        page,
        await handle.rows(next.view, start, Math.min(next.rows, start + PAGE_ROWS)),
      );
    }
    batch(() => {
      state.value = next;
      rows.value = fresh;
      trouble.value = undefined;
      if (active.value >= next.rows) active.value = Math.max(0, next.rows - 1);
    });
    fill();
  }

  function effectiveSpec(): ViewSpec {
    return { ...spec.value, upTo: Math.max(0, Math.min(spec.value.upTo, layers - 1)) };
  }

  /** Brings the view to what `spec` says; calls made while one is under way become one. */
  function refresh(): void {
    changing?.abort();
    if (stale) return;
    stale = true;
    void enqueue(async () => {
      stale = false;
      if (layers === 0) return;
      changing = new AbortController();
      const before = state.peek();
      const next =
        before === undefined
          ? await handle.view(effectiveSpec(), changing.signal)
          : await handle.change(before.view, effectiveSpec(), changing.signal);
      changing = undefined;
      const node = selected.peek();
      if (node === undefined) return take(next);
      const found = await locate(next.view, node);
      await take(found?.state ?? next);
      if (found !== undefined) active.value = found.row;
    });
  }

  /** Where the view lists `node`, its parents unfolded; `undefined` when it does not. */
  async function locate(view: number, node: number) {
    try {
      const { row, ...next } = await handle.reveal(view, node);
      return row < 0 ? undefined : { row, state: next };
    } catch {
      // A filter or an earlier layer may leave the node out: then the cursor stays where it is.
      return undefined;
    }
  }

  function fill(): void {
    const now = state.peek();
    if (now === undefined || closed || pending.size >= 2) return;
    const missing = pagesOf(wanted.from, wanted.to, now.rows).filter((page) => !rows.peek().pages.has(page));
    for (const page of missing) {
      if (pending.size >= 2) return;
      if (!pending.has(page)) void load(page, now, generation);
    }
  }

  async function load(page: number, now: ViewState, born: number): Promise<void> {
    pending.add(page);
    const start = page * PAGE_ROWS;
    try {
      const content = await handle.rows(now.view, start, Math.min(now.rows, start + PAGE_ROWS));
      if (born === generation) rows.value = withPage(rows.peek(), page, content);
    } catch (error) {
      if (born === generation) trouble.value = troubleOf(error);
      return;
    } finally {
      if (born === generation) pending.delete(page);
    }
    if (born === generation) fill();
  }

  async function fetch(index: number): Promise<Row | undefined> {
    const now = state.peek();
    if (now === undefined || index < 0 || index >= now.rows) return undefined;
    const page = Math.floor(index / PAGE_ROWS);
    if (!rows.peek().pages.has(page)) await load(page, now, generation);
    return rowAt(rows.peek(), index);
  }

  /** Selects what is at row `index` once it is known, if the cursor is still there. */
  async function select(index: number): Promise<void> {
    const row = await fetch(index);
    if (row !== undefined && active.peek() === index) selected.value = row.node;
  }

  function moveTo(index: number): void {
    const count = state.peek()?.rows ?? 0;
    if (count === 0) return;
    const to = Math.max(0, Math.min(count - 1, index));
    batch(() => {
      active.value = to;
      scroll.value = { index: to, align: "auto" };
      selected.value = rowAt(rows.peek(), to)?.node;
    });
    if (selected.peek() !== undefined) return;
    void select(to);
  }

  return {
    spec,
    state,
    rows,
    trouble,
    active,
    selected,
    scroll,
    fetch,
    moveTo,
    want(from, to) {
      wanted = { from, to };
      fill();
    },
    reach(count) {
      if (count === layers) return;
      layers = count;
      refresh();
    },
    renew(count) {
      layers = count;
      refresh();
    },
    update(patch) {
      spec.value = { ...spec.peek(), ...patch };
      refresh();
    },
    async fold(nodes, expanded) {
      await enqueue(async () => {
        const now = state.peek();
        let next: ViewState | undefined;
        for (const node of nodes)
          if (now !== undefined) next = await handle.fold(now.view, node, { expanded });
        if (next !== undefined) await take(next);
      });
    },
    async reveal(node) {
      const done = await enqueue(async () => {
        const now = state.peek();
        const found = now && (await locate(now.view, node));
        if (found === undefined) return false;
        await take(found.state);
        batch(() => {
          active.value = found.row;
          selected.value = node;
          scroll.value = { index: found.row, align: "center" };
        });
        return true;
      });
      return done ?? false;
    },
    close() {
      closed = true;
      changing?.abort();
      const now = state.peek();
      if (now !== undefined) handle.closeView(now.view);
    },
  };
}
