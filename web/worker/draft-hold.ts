import {
  type ContainerContext,
  type ContainerEdit,
  commitContainer,
  compactChanges,
  composeExport,
  editContainer,
  findContainer,
  type OpenContainer,
  openRecord,
  redoChange,
  undoChange,
} from "../../core/container/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { openPlainLayer } from "../../core/image/mod.ts";
import type { ContainerRecord } from "../../core/store/mod.ts";
import type { TarComposition } from "../../core/tar/mod.ts";
import { addLayer, dropLayer } from "../../core/tree/mod.ts";
import type {
  CommitPlan,
  CommitRequest,
  DraftChange,
  DraftEdit,
  DraftProgress,
  DraftStanding,
} from "../model/drafts.ts";
import type { ArchiveEvent } from "../model/engine.ts";
import type { BrowserStore } from "../store/mod.ts";
import { archiveView } from "./archive-view.ts";
import { counted } from "./draft-content.ts";
import { commitPlan, draftChanges, standingOf } from "./draft-diff.ts";
import { type DraftImage, draftImage, instructionsOf, readLayer } from "./draft-layers.ts";
import type { Hold } from "./hold.ts";
import { ImageTree } from "./image-tree.ts";
import type { StoredLayer } from "./stored-layer.ts";

/** What a {@link DraftHold} works with. */
export interface DraftOptions {
  readonly store: BrowserStore;
  /** Holds what is read of the draft. */
  readonly hold: Hold;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly tell: (event: ArchiveEvent) => void;
  readonly told: (standing: DraftStanding) => void;
}

/** What a piece of work takes. */
interface Work {
  readonly signal: AbortSignal;
  readonly tell: (progress: DraftProgress) => void;
}

/**
 * An open draft: a container whose tree the hold shows, and which is changed one step after the other. What others change of it, in the console or
 * another tab, is taken over as it is told: layers are laid on the tree and taken off it, so nodes keep their numbers.
 */
export class DraftHold {
  readonly #options: DraftOptions;
  readonly #image: DraftImage;
  readonly #stored: StoredLayer[] = [];
  #container: OpenContainer;
  #revision = 0;
  #gone = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: DraftOptions, container: OpenContainer) {
    this.#options = options;
    this.#container = container;
    this.#image = draftImage(container);
  }

  /** Opens the container `id` and shows it. @throws CoreError `container/missing`, what `openRecord` throws. */
  static async open(id: string, options: DraftOptions, signal: AbortSignal): Promise<DraftHold> {
    const { store, now } = options;
    const record = findContainer(await store.table.snapshot(), id);
    const context = { store, newHasher: newSha256, shelf: store.scans, now, signal };
    const container = await openRecord(context, record, { runtime: false });
    const draft = new DraftHold(options, container);
    draft.#show();
    store.watch(({ kind }) => {
      if (kind === "table") void draft.#inTurn(() => draft.#follow()).catch(() => {});
    });
    return draft;
  }

  /** Makes edits as one change. @throws CoreError as `editContainer`. */
  edit(edits: readonly DraftEdit[], work: Work): Promise<DraftStanding> {
    return this.#inTurn(async () => {
      const tell = progressOf(edits, work.tell);
      const asked = edits.map(
        (edit): ContainerEdit =>
          edit.kind === "file" ? { ...edit, content: counted(edit.content, tell) } : edit,
      );
      await this.#change((container) => editContainer(this.#context(work.signal), container, asked));
      return this.#standing();
    });
  }

  /** Takes the last change back. */
  undo(signal: AbortSignal): Promise<DraftStanding> {
    return this.#inTurn(async () => {
      await this.#follow();
      const { record } = await undoChange(this.#context(signal), this.#container);
      await this.#take(record);
      return this.#standing();
    });
  }

  /** Makes the change again that was taken back last. */
  redo(signal: AbortSignal): Promise<DraftStanding> {
    return this.#inTurn(async () => {
      await this.#change((container) => redoChange(this.#context(signal), container));
      return this.#standing();
    });
  }

  /** Makes one change of all. */
  compact({ signal }: Work): Promise<DraftStanding> {
    return this.#inTurn(async () => {
      await this.#follow();
      // It is opened anew there; this tree only takes the layers over.
      const { record } = await compactChanges(this.#context(signal), this.#container);
      await this.#take(record);
      return this.#standing();
    });
  }

  changes(most: number): Promise<readonly DraftChange[]> {
    return this.#inTurn(async () => draftChanges(this.#container).slice(0, most));
  }

  plan(): Promise<CommitPlan> {
    return this.#inTurn(async () => commitPlan(this.#container));
  }

  /** Makes an image of it; gives its ID. @throws CoreError as `commitContainer`. */
  commit({ names, message, author, changes }: CommitRequest, { signal, tell }: Work): Promise<string> {
    return this.#inTurn(async () => {
      await this.#follow();
      const made = await commitContainer(this.#context(signal), this.#container, {
        names,
        message: message === "" ? undefined : message,
        author: author === "" ? undefined : author,
        changes,
        onProgress: (done, total) => tell({ done, total }),
      });
      return made.record.id;
    });
  }

  /** Its merged file system. */
  export(): Promise<{ readonly name: string; readonly composition: TarComposition }> {
    return this.#inTurn(async () => ({
      name: this.#container.record.name,
      composition: composeExport(this.#container),
    }));
  }

  #context(signal?: AbortSignal): ContainerContext {
    const { store, now } = this.#options;
    return { store, newHasher: newSha256, shelf: store.scans, now, signal };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #show(): void {
    const { hold, tell } = this.#options;
    const { tree, layers } = this.#container;
    const image = new ImageTree(0, this.#image, this.#stored, tree);
    image.since = this.#container.base + 1;
    this.#addLayers(layers.length);
    const archive = {
      kind: "oci-layout",
      compression: "none",
      size: this.#image.layers.reduce((sum, { size }) => sum + size, 0),
      images: [this.#image],
      manifests: [],
      problems: [],
    } as const;
    hold.adopt(image);
    const views = this.#image.layers.map((_, index) => image.layer(index));
    tell({ type: "opened", archive: archiveView(archive, this.#container.record.name, () => views) });
    this.#shown();
  }

  /** Tells how it stands, files first. */
  #shown(): DraftStanding {
    const { tell, told } = this.#options;
    const { tree } = this.#container;
    tell({ type: "tree", image: 0, layers: tree.tables.length, nodes: tree.nodeCount, complete: true });
    const standing = this.#standing();
    told(standing);
    return standing;
  }

  #standing(): DraftStanding {
    return { ...standingOf(this.#container, this.#revision), gone: this.#gone };
  }

  /** Makes a change to the newest there is; once more when somebody else was quicker. */
  async #change(work: (container: OpenContainer) => Promise<OpenContainer>): Promise<void> {
    await this.#follow();
    try {
      this.#moved(await work(this.#container));
    } catch (error) {
      if (!isCoreError(error, "container/changed")) throw error;
      await this.#follow();
      this.#moved(await work(this.#container));
    }
  }

  /** Takes over a container that has one more layer on this very tree. */
  #moved(container: OpenContainer): void {
    if (container === this.#container) return;
    this.#container = container;
    this.#addLayers(container.layers.length);
    this.#revision++;
    this.#shown();
  }

  /** Takes over what others have changed. */
  async #follow(): Promise<void> {
    const { containers } = await this.#options.store.table.snapshot();
    const record = containers.get(this.#container.record.id);
    if ((record === undefined) !== this.#gone) {
      this.#gone = record === undefined;
      this.#revision++;
      if (record === undefined) this.#shown();
    }
    if (record !== undefined) await this.#take(record);
  }

  /** Brings the tree to what a record says: layers that are no longer there come off, others are laid on. */
  async #take(record: ContainerRecord): Promise<void> {
    const before = this.#container;
    const { base, tree } = before;
    const drafts = before.record.drafts;
    let same = 0;
    while (same < drafts.length && drafts[same]?.layer.digest === record.drafts[same]?.layer.digest) same++;
    // What is to come is read before anything is taken off: a failure leaves all as it was.
    const added = await Promise.all(
      record.drafts.slice(same).map(({ layer }) => openPlainLayer(this.#options.store, layer)),
    );
    const layers = [...before.layers.slice(0, base + 1 + same), ...added];
    while (tree.tables.length > base + 1 + same) {
      dropLayer(tree);
      this.#stored.pop();
      this.#image.layers.pop();
    }
    for (const { table } of added) addLayer(tree, table);
    this.#container = { ...before, record, layers, upTo: layers.length - 1, shown: record.name };
    this.#addLayers(layers.length);
    if (added.length === 0 && same === drafts.length && stepsOf(before.record) === stepsOf(record)) return;
    this.#revision++;
    this.#shown();
  }

  /** Brings what the hold reads from up to `count` layers. */
  #addLayers(count: number): void {
    const instructions = instructionsOf(this.#container);
    const { diffIDs } = this.#container.image.config;
    for (let index = this.#stored.length; index < count; index++) {
      const about = { index, diffID: diffIDs[index], history: instructions[index] };
      const { layer, stored } = readLayer(this.#container.layers[index]!, about);
      this.#image.layers.push(layer);
      this.#stored.push(stored);
    }
  }
}

/** What of a record the page shows beside the layers. */
const stepsOf = ({ name, undone }: ContainerRecord): string =>
  [name, ...undone.map(({ layer }) => layer.digest)].join(" ");

/** Files from this size on are read twice, for their digest and into the store. */
const READ_ONCE = 1_000_000;

/** Tells the progress of all contents together, ten times a second at most. */
function progressOf(
  edits: readonly DraftEdit[],
  tell: (progress: DraftProgress) => void,
): (bytes: number) => void {
  const bytes = edits.reduce((sum, edit) => sum + (edit.kind === "file" ? edit.content.size : 0), 0);
  const passes = bytes < READ_ONCE ? 1 : 2;
  let done = 0;
  let told = performance.now();
  return (count) => {
    done += count;
    const at = performance.now();
    if (at - told < 100) return;
    told = at;
    tell({ done: Math.min(Math.floor(done / passes), bytes), total: bytes });
  };
}
