import { CoreError } from "../../core/error.ts";
import {
  flatten,
  layerCount,
  type Measure,
  matchNodes,
  measure,
  type NodeSet,
  parseQuery,
  type Rows,
  type Tree,
  type View,
} from "../../core/tree/mod.ts";
import type { Row, ViewSpec, ViewState } from "../model/engine.ts";
import { hasBelow, rowAt } from "./rows.ts";

/** A list of files that the page shows. */
interface FileList {
  readonly number: number;
  readonly tree: Tree;
  spec: ViewSpec;
  /** Directories unfolded by hand, and those folded by hand while a filter unfolds everything. */
  readonly unfolded: Set<number>;
  readonly folded: Set<number>;
  /** What is shown of the tree, and its facts; absent while the tree has not come so far. */
  view: View;
  measured: Measure | undefined;
  matching: NodeSet | undefined;
  filterError: string | undefined;
  rows: Rows;
  /** Ends when the changes asked for so far have been made: they are made one after the other. */
  turn: Promise<unknown>;
}

const NO_ROWS: Rows = {
  count: 0,
  node: new Int32Array(0),
  depth: new Int32Array(0),
  position: new Int32Array(0),
  siblings: new Int32Array(0),
  unfolded: new Uint8Array(0),
};

/** Lets messages that have come in meanwhile be taken: among them may be one that makes the work at hand superfluous. */
function breathe(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const onTurn = (): void => {
      port1.close();
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    port1.addEventListener("message", onTurn);
    port1.start();
    port2.postMessage(0);
  });
}

/** The lists that are open. What is laid out are columns of numbers; rows with names are made only for the window that is asked for. */
export class Views {
  readonly #lists = new Map<number, FileList>();
  #numbers = 0;

  /** Opens a list over `tree`, only the root unfolded. */
  async open(tree: Tree, spec: ViewSpec, signal?: AbortSignal): Promise<ViewState> {
    const list: FileList = {
      number: this.#numbers++,
      tree,
      spec,
      unfolded: new Set(),
      folded: new Set(),
      view: { upTo: 0, scope: spec.scope },
      measured: undefined,
      matching: undefined,
      filterError: undefined,
      rows: NO_ROWS,
      turn: Promise.resolve(),
    };
    this.#lists.set(list.number, list);
    try {
      return await inTurn(list, () => this.#lay(list, spec, signal));
    } catch (error) {
      this.#lists.delete(list.number);
      throw error;
    }
  }

  /** Changes what a list shows. */
  change(number: number, spec: ViewSpec, signal?: AbortSignal): Promise<ViewState> {
    const list = this.#list(number);
    return inTurn(list, () => this.#lay(list, spec, signal));
  }

  /** Folds or unfolds a directory. */
  fold(number: number, node: number, options: { readonly expanded: boolean; readonly deep: boolean }) {
    const list = this.#list(number);
    return inTurn(list, async () => {
      const nodes = options.deep && list.measured ? branches(list, list.measured, node) : [node];
      for (const each of nodes) {
        if (options.expanded) list.unfolded.add(each);
        else list.unfolded.delete(each);
        if (options.expanded) list.folded.delete(each);
        else if (list.matching !== undefined) list.folded.add(each);
      }
      this.#flatten(list);
      return stateOf(list);
    });
  }

  /** Unfolds what is above `node`; its row, or -1 when it is not in the list. */
  reveal(number: number, node: number): Promise<ViewState & { readonly row: number }> {
    const list = this.#list(number);
    return inTurn(list, async () => {
      for (let above = list.tree.parent[node]!; above > 0; above = list.tree.parent[above]!) {
        list.unfolded.add(above);
        list.folded.delete(above);
      }
      this.#flatten(list);
      const row = list.rows.node.subarray(0, list.rows.count).indexOf(node);
      return { ...stateOf(list), row };
    });
  }

  /** The rows `[from, to)`, as far as there are any. */
  rows(number: number, from: number, to: number): readonly Row[] {
    const list = this.#list(number);
    const { tree, view, measured, matching, rows } = list;
    const window: Row[] = [];
    if (measured === undefined) return window;
    for (let row = Math.max(from, 0); row < Math.min(to, rows.count); row++) {
      window.push(rowAt({ tree, view, measured, matching }, rows, row));
    }
    return window;
  }

  close(number: number): void {
    this.#lists.delete(number);
  }

  #list(number: number): FileList {
    const list = this.#lists.get(number);
    if (list === undefined) throw new RangeError(`no view ${number} is open`);
    return list;
  }

  async #lay(list: FileList, spec: ViewSpec, signal: AbortSignal | undefined): Promise<ViewState> {
    await breathe(signal);
    const layers = layerCount(list.tree);
    // What was folded by hand within one filter's matches means nothing for those of another.
    if (spec.filter !== list.spec.filter) list.folded.clear();
    list.spec = spec;
    list.filterError = undefined;
    if (layers === 0 || (spec.scope === "layer" && spec.since === undefined && spec.upTo >= layers)) {
      list.measured = undefined;
      list.matching = undefined;
      list.rows = NO_ROWS;
      return stateOf(list);
    }
    const upTo = Math.min(spec.upTo, layers - 1);
    const view = { upTo, since: spec.since, scope: spec.scope, removed: spec.showRemoved };
    const measured = measure(list.tree, view);
    await breathe(signal);
    const matching = this.#match(list, view);
    await breathe(signal);
    list.view = view;
    list.measured = measured;
    list.matching = matching;
    this.#flatten(list);
    return stateOf(list);
  }

  /** The nodes that match the filter. One that cannot be used filters nothing: what an earlier one found would pass for its result. */
  #match(list: FileList, view: View): NodeSet | undefined {
    const text = list.spec.filter.trim();
    if (text === "") return undefined;
    try {
      return matchNodes(list.tree, parseQuery(text), view);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      list.filterError = error.message;
      return undefined;
    }
  }

  #flatten(list: FileList): void {
    if (list.measured === undefined) return;
    const { spec, view, matching } = list;
    list.rows = flatten(list.tree, {
      view,
      sort: spec.sort,
      descending: spec.descending,
      directoriesFirst: spec.sort === "name",
      expanded: list.unfolded,
      filter: matching,
      collapsed: list.folded,
      changedOnly: spec.changedOnly,
    });
  }
}

/** Runs `work` when all that was asked of the list before has been done. */
function inTurn<T>(list: FileList, work: () => Promise<T>): Promise<T> {
  const mine = list.turn.then(work, work);
  list.turn = mine.catch(() => {});
  return mine;
}

function stateOf({ number, rows, measured, matching, filterError }: FileList): ViewState {
  return {
    view: number,
    rows: rows.count,
    entries: measured?.entries[0] ?? 0,
    bytes: measured?.bytes[0] ?? 0,
    matches: matching?.count,
    filterError,
  };
}

/** `node` and everything below it that has something below: one pass, since parents have lower numbers than their children. */
function branches({ tree, view }: FileList, measured: Measure, node: number): number[] {
  const { event } = measured;
  const inside = new Uint8Array(event.length);
  inside[node] = 1;
  const found = [node];
  for (let each = node + 1; each < event.length; each++) {
    if (inside[tree.parent[each]!] !== 1) continue;
    inside[each] = 1;
    if (event[each]! >= 0 && hasBelow(view, measured, each)) found.push(each);
  }
  return found;
}
