import type { Bytes } from "../../core/bytes/mod.ts";
import { isDigest } from "../../core/digest/mod.ts";
import { pruneImages, removeImages, tagImage, untagImage } from "../../core/image/mod.ts";
import { sweep } from "../../core/store/mod.ts";
import type { Undoable } from "../model/images.ts";
import type { BrowserStore } from "../store/mod.ts";
import { compose } from "./composing.ts";
import type { Console } from "./console-answers.ts";
import type { Crew } from "./crew.ts";
import { draftTableAnswers } from "./draft-table.ts";
import { type Edit, Edits } from "./edits.ts";
import { chunksOf, Feed } from "./feed.ts";
import type { ImagesCalls, ImagesPageCalls } from "./images-protocol.ts";
import { LayerSizes } from "./layer-sizes.ts";
import { Listing } from "./listing.ts";
import { loadFile } from "./load-work.ts";
import type { Logins } from "./logins.ts";
import { makingAnswers } from "./making-answers.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { registryAnswers } from "./registry-answers.ts";
import { pruneFilter, removalView } from "./removing.ts";
import { type Answers, type Remote, transferred, wireOf } from "./rpc.ts";
import { checkStore, dropDamaged } from "./store-check.ts";

/** What {@link imagesAnswers} works with. */
export interface ImagesOptions {
  readonly page: Remote<ImagesPageCalls>;
  readonly crew: Crew;
  readonly lost: (worker: number) => void;
  readonly openStore: () => Promise<BrowserStore>;
  /** The way to registries, and who this page is to them. */
  readonly registries: { readonly access: RegistryAccess; readonly logins: Logins };
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** How long a change can be taken back: as long as a notice that offers it is read. */
const UNDO_MS = 10_000;

/** Milliseconds in which news are gathered before the list is made again. */
const GATHER_MS = 50;

/** The same for news of blobs alone, which come by the dozen while something is loaded and change little that is shown. */
const GATHER_BLOBS_MS = 500;

/** The store with what is kept of it in memory between calls. */
interface Opened {
  readonly store: BrowserStore;
  readonly edits: Edits;
  readonly sizes: LayerSizes;
  readonly listing: Listing;
}

/** What answers the page's calls about the kept images. The store is opened at the first of them. */
export function imagesAnswers(options: ImagesOptions): Answers<ImagesCalls> {
  const { page, crew, now, registries } = options;
  const feeds = new Map<number, Feed>();
  let feedNumbers = 0;
  let opened: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => {
    opened ??= openParts(options).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const watcher = new Watcher(options, open);
  let console: Promise<Console> | undefined;
  // Nobody who only looks has to wait for the commands to be fetched.
  const openedConsole = (): Promise<Console> => {
    console ??= Promise.all([import("./console-answers.ts"), open()])
      .then(([{ openConsole }, { store, sizes }]) =>
        openConsole({ page, store, sizes, crew, now, registries }),
      )
      .catch((error: unknown) => {
        console = undefined;
        throw error;
      });
    return console;
  };
  const progress = (task: number) => {
    let told = performance.now();
    return (done: number, total: number): void => {
      const at = performance.now();
      if (at - told < 100 && done < total) return;
      told = at;
      void page.call("progress", { task, done, total }).catch(() => {});
    };
  };

  return {
    watch: () => watcher.start(),
    refresh: () => watcher.soon(),
    async load({ task, file, only }, signal) {
      const { store } = await open();
      const tell = (event: Parameters<ImagesPageCalls["loading"]>[0]["event"]): void =>
        void page.call("loading", { task, event }).catch(() => {});
      try {
        return await loadFile(file, { store, crew, signal, only, tell });
      } finally {
        // What broke off and is kept is no news of the store's.
        watcher.soon();
      }
    },
    async compose({ task, ...request }, signal) {
      const { store } = await open();
      return (await compose(store, request, { signal, onRead: progress(task) })).view;
    },
    async feed(request, signal) {
      const { store } = await open();
      const { source } = await compose(store, request, { signal });
      const number = feedNumbers++;
      feeds.set(number, new Feed(chunksOf(source.stream())));
      return number;
    },
    async next(number) {
      const chunk: Bytes | undefined = await feeds.get(number)?.next();
      if (chunk !== undefined) return transferred(chunk, [chunk.buffer]);
      feeds.delete(number);
      return undefined;
    },
    async cancel(number) {
      const feed = feeds.get(number);
      feeds.delete(number);
      await feed?.cancel();
    },
    async tag(names) {
      const { edits } = await open();
      return undoable(await edits.edit((store) => tagImage(store, names, { now: now() })));
    },
    async untag(name) {
      const { edits } = await open();
      return undoable(await edits.edit((store) => untagImage(store, name)));
    },
    async remove({ preview, refs, force, keepParents }) {
      const { edits, sizes } = await open();
      await sizes.refresh();
      const work = (store: Parameters<typeof removeImages>[0]) =>
        removeImages(store, refs, { force, keepParents });
      const done = await (preview ? edits.preview(work) : edits.edit(work));
      return { ...removalView(done, sizes), ...undoable(done) };
    },
    async prune({ preview, all, filters = [] }) {
      const { edits, sizes } = await open();
      await sizes.refresh();
      const filter = pruneFilter(filters, now());
      const work = (store: Parameters<typeof pruneImages>[0]) => pruneImages(store, { ...filter, all });
      const done = await (preview ? edits.preview(work) : edits.edit(work));
      return { ...removalView(done, sizes, true), ...undoable(done) };
    },
    async undo(number) {
      return (await open()).edits.undo(number);
    },
    async check({ task }, signal) {
      return checkStore((await open()).store, { signal, onProgress: progress(task) });
    },
    async dropDamaged(digests) {
      return dropDamaged((await open()).store, digests.filter(isDigest));
    },
    async dropUnfinished() {
      const { store } = await open();
      const freed = await store.expire(Number.POSITIVE_INFINITY);
      const swept = await sweep(store);
      watcher.soon();
      return freed + swept.freed;
    },
    async console(request, signal) {
      const console = await openedConsole();
      try {
        return await console.run(request, signal);
      } finally {
        // Sizes of layers that were scanned on the way are no news of the store's.
        watcher.soon();
      }
    },
    consoleFacts: async () => (await openedConsole()).facts(),
    ...draftTableAnswers({
      openStore: async () => (await open()).store,
      edit: async (work) => (await open()).edits.edit(work),
      undoable,
      now,
    }),
    ...makingAnswers({
      page,
      access: registries.access,
      now,
      openStore: async () => (await open()).store,
      changed: () => watcher.soon(),
      feeds(feed) {
        const number = feedNumbers++;
        feeds.set(number, feed);
        return number;
      },
    }),
    ...registryAnswers({
      page,
      access: registries.access,
      logins: registries.logins,
      crew,
      now,
      openStore: async () => (await open()).store,
      changed: () => watcher.soon(),
    }),
    lost: options.lost,
  };
}

async function openParts({ openStore }: ImagesOptions): Promise<Opened> {
  const store = await openStore();
  const edits = new Edits(store, {
    later(work) {
      const timer = setTimeout(work, UNDO_MS);
      return () => clearTimeout(timer);
    },
  });
  const sizes = new LayerSizes(store.scans);
  // What a tab that has ended could not sweep any more. Nothing waits for it.
  void edits.tidy().catch(() => {});
  return { store, edits, sizes, listing: new Listing(edits.reading, sizes) };
}

function undoable({ undo }: Edit<unknown>): Undoable {
  return { undo, undoMs: UNDO_MS };
}

/** Tells the page what is kept, after every change. */
class Watcher {
  readonly #options: ImagesOptions;
  readonly #open: () => Promise<Opened>;
  #watching = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  #listing = false;
  #again = false;

  constructor(options: ImagesOptions, open: () => Promise<Opened>) {
    this.#options = options;
    this.#open = open;
  }

  async start(): Promise<void> {
    if (this.#watching) return this.#tell();
    this.#watching = true;
    try {
      const { store, listing } = await this.#open();
      store.watch((news) => {
        if (news.kind === "blobs") listing.blobsChanged();
        this.soon(news.kind === "blobs" ? GATHER_BLOBS_MS : GATHER_MS);
      });
    } catch (error) {
      this.#watching = false;
      void this.#options.page.call("state", { type: "failed", error: wireOf(error) }).catch(() => {});
      return;
    }
    await this.#tell();
  }

  soon(within = GATHER_MS): void {
    if (!this.#watching) return;
    const due = performance.now() + within;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#tell();
    }, within);
  }

  async #tell(): Promise<void> {
    if (this.#listing) {
      this.#again = true;
      return;
    }
    this.#listing = true;
    const { page } = this.#options;
    try {
      do {
        this.#again = false;
        const { listing } = await this.#open();
        await page.call("state", { type: "state", ...(await listing.list()) });
      } while (this.#again);
    } catch (error) {
      void page.call("state", { type: "failed", error: wireOf(error) }).catch(() => {});
    } finally {
      this.#listing = false;
    }
  }
}
