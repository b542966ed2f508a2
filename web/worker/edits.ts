import { type Digest, newSha256, sha256Digest } from "../../core/digest/mod.ts";
import { isCoreError } from "../../core/error.ts";
import {
  draftLayers,
  editTable,
  freed,
  type Lease,
  type LocalStore,
  reachAll,
  rememberedReach,
  sweep,
  type TableChange,
  type TableSnapshot,
  tableRoots,
} from "../../core/store/mod.ts";

/** What an edit did, or would do. */
export interface Edit<T> {
  /** What the work gave back. */
  readonly result: T;
  /** Names, images and containers that are gone after it. */
  readonly names: readonly string[];
  readonly images: readonly Digest[];
  readonly containers: readonly string[];
  /** Bytes that are free after it, once it can no longer be taken back. `0` when the store is damaged: nobody knows then. */
  readonly frees: number;
  /** What to give to {@link Edits.undo}; `undefined` when nothing has changed. */
  readonly undo: number | undefined;
}

/** What an edit takes away. */
type Gone = Pick<Edit<unknown>, "names" | "images" | "containers">;

/** One record as it was and as an edit made it. */
interface Trace {
  readonly before: TableChange;
  readonly after: TableChange;
}

interface Undo {
  readonly traces: readonly Trace[];
  readonly lease: Lease | undefined;
  /** Calls off the sweep. */
  readonly stay: () => void;
}

/** Under this root the leases of edits that can be taken back lie: any of them takes those of tabs that have ended with it. */
const UNDO_ROOT: Digest = sha256Digest(
  new TextEncoder().encode("breakbulk: removed, and kept a while"),
  newSha256,
);

/** What {@link Edits} takes. */
export interface EditsOptions {
  /** Calls `work` when an edit can no longer be taken back; gives back what calls it off. */
  readonly later: (work: () => void) => () => void;
}

/**
 * Changes of the table that can be taken back for a while: what a change lets go of is pinned before the change is made, and swept only when the
 * while is over. A tab that ends before leaves its pins; the next one that opens the store drops them and sweeps.
 */
export class Edits {
  readonly #store: LocalStore;
  readonly #options: EditsOptions;
  /** The store as the core's verbs see it: its changes are noted, nothing is swept, and what only waits to be swept does not count as used. */
  readonly #view: LocalStore;
  readonly #undos = new Map<number, Undo>();
  #numbers = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #traces: Trace[] = [];
  #dry = false;
  #lease: Lease | undefined;

  constructor(store: LocalStore, options: EditsOptions) {
    this.#store = store;
    this.#options = options;
    this.#view = {
      stat: (ref, how) => store.stat(ref, how),
      blob: (ref, how) => store.blob(ref, how),
      list: (how) => store.list(how),
      openWriter: (ref, how) => store.openWriter(ref, how),
      partial: (digest) => store.partial(digest),
      partials: () => store.partials(),
      discard: (digest) => store.discard(digest),
      lease: (root) => store.lease(root),
      expire: (before) => store.expire(before),
      remove: async () => [],
      leases: async () => (await store.leases()).filter(({ root }) => root !== UNDO_ROOT),
      table: {
        snapshot: () => store.table.snapshot(),
        change: (changes, conditions) => this.#change(changes, conditions),
      },
    };
  }

  /** The store for whoever only reads: what has been found out of its graphs is shared with the edits. */
  get reading(): LocalStore {
    return this.#view;
  }

  /** Lets `work` change the store it is given, which sweeps nothing. */
  edit<T>(work: (store: LocalStore) => Promise<T>): Promise<Edit<T>> {
    return this.#inTurn(false, work);
  }

  /** What {@link edit} would do: nothing is changed. */
  preview<T>(work: (store: LocalStore) => Promise<T>): Promise<Edit<T>> {
    return this.#inTurn(true, work);
  }

  /** Puts back what an edit changed, as far as it is as the edit left it. `false` when it is too late. */
  async undo(number: number): Promise<boolean> {
    const undo = this.#undos.get(number);
    if (undo === undefined) return false;
    this.#undos.delete(number);
    undo.stay();
    await editTable(this.#store.table, (table) => ({ changes: restored(table, undo.traces) }));
    await undo.lease?.release();
    return true;
  }

  /** Drops what tabs that have ended left pinned here, and frees it. */
  async tidy(): Promise<void> {
    const left = (await this.#store.leases()).some(({ root, live }) => root === UNDO_ROOT && !live);
    if (!left) return;
    const lease = await this.#store.lease(UNDO_ROOT);
    await lease.release();
    await this.#sweep();
  }

  #inTurn<T>(dry: boolean, work: (store: LocalStore) => Promise<T>): Promise<Edit<T>> {
    const turn = this.#turn.then(() => this.#run(dry, work));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #run<T>(dry: boolean, work: (store: LocalStore) => Promise<T>): Promise<Edit<T>> {
    this.#dry = dry;
    this.#traces = [];
    this.#lease = undefined;
    let frees = 0;
    this.#before = async (removal) => {
      frees = await this.#frees(removal);
    };
    try {
      const result = await work(this.#view);
      return { result, ...goneOf(this.#traces), frees, undo: this.#remember() };
    } finally {
      // Taken for a change that did not come about.
      await this.#takeLease()?.release();
    }
  }

  #before: (removal: Gone) => Promise<void> = async () => {};

  async #change(
    changes: readonly TableChange[],
    conditions: { readonly version?: number | undefined } = {},
  ): Promise<boolean> {
    const table = await this.#store.table.snapshot();
    if (conditions.version !== undefined && conditions.version !== table.version) return false;
    const traces = changes.map((after) => ({ before: recordOf(table, after), after }));
    const gone = goneOf(traces);
    await this.#before(gone);
    if (!this.#dry) {
      await this.#pin(table, traces);
      if (!(await this.#store.table.change(changes, { version: table.version }))) return false;
    }
    this.#traces = traces;
    return true;
  }

  /** Everything under the roots that lose a name, an image or a container, and the drafts. */
  async #pin(table: TableSnapshot, traces: readonly Trace[]): Promise<void> {
    const containers = new Map(
      traces.flatMap(({ before }) =>
        before.kind === "container" && before.record !== undefined ? [[before.id, before.record]] : [],
      ),
    );
    const drafts = draftLayers({ containers }).map(({ digest }) => digest);
    const roots = tableRoots({
      containers,
      names: new Map(
        traces.flatMap(({ before }) =>
          before.kind === "name" && before.record !== undefined ? [[before.name, before.record]] : [],
        ),
      ),
      images: new Map(
        traces.flatMap(({ before }) => {
          if (before.kind === "container") return [];
          const record =
            before.kind === "image" ? before.record : table.images.get(before.record?.image ?? "sha256:");
          return record === undefined ? [] : [[record.id, record]];
        }),
      ),
    });
    this.#lease ??= await this.#store.lease(UNDO_ROOT);
    try {
      const under = await reachAll(rememberedReach(this.#view), roots);
      await this.#lease.pin([...new Set([...drafts, ...under.flatMap((digests) => [...digests])])]);
    } catch (error) {
      // Of a damaged store nothing is swept, so nothing has to be pinned.
      if (!isCoreError(error, "store/damaged")) throw error;
    }
  }

  async #frees(removal: Gone): Promise<number> {
    if (Object.values(removal).every(({ length }) => length === 0)) return 0;
    try {
      return await freed(this.#view, removal);
    } catch (error) {
      if (isCoreError(error, "store/damaged")) return 0;
      throw error;
    }
  }

  #takeLease(): Lease | undefined {
    const lease = this.#lease;
    this.#lease = undefined;
    return lease;
  }

  #remember(): number | undefined {
    const traces = this.#traces;
    if (this.#dry || traces.length === 0) return undefined;
    const lease = this.#takeLease();
    const number = this.#numbers++;
    const stay = this.#options.later(() => {
      this.#undos.delete(number);
      void lease
        ?.release()
        .then(() => this.#sweep())
        // It is swept with the next removal.
        .catch(() => {});
    });
    this.#undos.set(number, { traces, lease, stay });
    return number;
  }

  async #sweep(): Promise<void> {
    try {
      await sweep(this.#store);
    } catch (error) {
      if (!isCoreError(error, "store/damaged")) throw error;
    }
  }
}

function recordOf(table: TableSnapshot, change: TableChange): TableChange {
  if (change.kind === "name")
    return { kind: "name", name: change.name, record: table.names.get(change.name) };
  return change.kind === "image"
    ? { kind: "image", id: change.id, record: table.images.get(change.id) }
    : { kind: "container", id: change.id, record: table.containers.get(change.id) };
}

function goneOf(traces: readonly Trace[]): Gone {
  const gone = traces.map(({ after }) => after).filter(({ record }) => record === undefined);
  return {
    names: gone.flatMap((change) => (change.kind === "name" ? [change.name] : [])),
    images: gone.flatMap((change) => (change.kind === "image" ? [change.id] : [])),
    containers: gone.flatMap((change) => (change.kind === "container" ? [change.id] : [])),
  };
}

/** The changes that make a table again what it was, where nobody else has changed it since; a name only where its image is there, a container only where nobody took its name. */
function restored(table: TableSnapshot, traces: readonly Trace[]): TableChange[] {
  const ours = traces.filter(({ after }) => same(recordOf(table, after), after)).map(({ before }) => before);
  const images = new Set(table.images.keys());
  for (const change of ours) {
    if (change.kind !== "image") continue;
    if (change.record === undefined) images.delete(change.id);
    else images.add(change.id);
  }
  const taken = new Set([...table.containers.values()].map(({ name }) => name));
  return ours.filter((change) => {
    if (change.kind === "image" || change.record === undefined) return true;
    if (change.kind === "name") return images.has(change.record.image);
    return table.containers.has(change.id) || !taken.has(change.record.name);
  });
}

function same(a: TableChange, b: TableChange): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

/** The fields that count, in one order. */
function plain(change: TableChange): unknown[] {
  if (change.record === undefined) return [];
  if (change.kind === "name") return [change.record.image, change.record.target.digest];
  if (change.kind === "container") {
    const { name, config, drafts, undone } = change.record;
    return [name, config, drafts.map(({ layer }) => layer.digest), undone.map(({ layer }) => layer.digest)];
  }
  const { target, parent, lastTaggedAt } = change.record;
  return [target.digest, parent, lastTaggedAt];
}
