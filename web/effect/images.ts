import { CoreError } from "../../core/error.ts";
import type { ConsoleHost } from "../model/console.ts";
import type { Drafts } from "../model/drafts.ts";
import type { ByteFeed } from "../model/engine.ts";
import type { Images, LoadRequest, SavedImages, StoreEvent } from "../model/images.ts";
import type { BuildTelling, EditProgress, Making } from "../model/making.ts";
import type { RegistrySettings, TransferEvent } from "../model/registries.ts";
import { askPersistence } from "../store/mod.ts";
import type { ComposeRequest } from "../worker/composing.ts";
import type { ImagesCalls, ImagesPageCalls } from "../worker/images-protocol.ts";
import { answer, connect, type Remote, transferred } from "../worker/rpc.ts";
import { createDrafts } from "./drafts.ts";
import { keepArchive, openHold } from "./hold.ts";
import { createLayerPool } from "./layer-pool.ts";
import { blobFeed, createMaking } from "./making.ts";
import type { Pool } from "./pool.ts";
import type { RegistryWorker } from "./registries.ts";

/** What {@link createImages} takes. */
export interface ImagesOptions {
  /** Layer workers, shared with whoever else reads layers in this page. */
  readonly pool?: Pool;
}

/** What is to be told of pieces of work under way, by their numbers. */
interface Listeners {
  readonly loads: Map<number, NonNullable<LoadRequest["listen"]>>;
  readonly consoles: Map<number, ConsoleHost>;
  readonly progress: Map<number, (progress: { readonly done: number; readonly total: number }) => void>;
  readonly transfers: Map<number, (event: TransferEvent) => void>;
  readonly edits: Map<number, (progress: EditProgress) => void>;
  readonly builds: Map<number, (telling: BuildTelling) => void>;
}

/** The images, and the way to the worker that looks after them for what else it does. */
export interface KeptImages extends Images {
  readonly registryWorker: RegistryWorker;
  readonly making: Making;
  readonly drafts: Drafts;
}

/** The images kept in the browser, looked after by a worker. It is started at the first call, and started again should it die. */
export function createImages(options: ImagesOptions = {}): KeptImages {
  const pool = options.pool ?? createLayerPool();
  const watchers = new Set<(event: StoreEvent) => void>();
  const listeners: Listeners = {
    loads: new Map(),
    consoles: new Map(),
    progress: new Map(),
    transfers: new Map(),
    edits: new Map(),
    builds: new Map(),
  };
  let registrySettings: RegistrySettings | undefined;
  let last: StoreEvent | undefined;
  let tasks = 0;
  let started: Remote<ImagesCalls> | undefined;

  const tell = (event: StoreEvent): void => {
    last = event;
    for (const watcher of watchers) watcher(event);
  };
  const worker = (): Remote<ImagesCalls> => {
    started ??= startConfigured();
    return started;
  };
  const startConfigured = (): Remote<ImagesCalls> => {
    const fresh = startWorker(pool, {
      tell,
      listeners,
      ended(again) {
        started = undefined;
        // One that never worked would only fail again; the next call tries.
        if (again && watchers.size > 0) watch();
      },
    });
    if (registrySettings !== undefined) void fresh.call("registries", registrySettings).catch(() => {});
    return fresh;
  };
  const watch = (): void =>
    void worker()
      .call("watch", undefined)
      .catch(() => {});

  const compose = async (
    request: ComposeRequest,
    {
      signal,
      listen,
    }: {
      signal?: AbortSignal | undefined;
      listen?: Listeners["progress"] extends Map<number, infer L> ? L | undefined : never;
    },
  ): Promise<SavedImages> => {
    const task = tasks++;
    if (listen !== undefined) listeners.progress.set(task, listen);
    try {
      const view = await worker().call("compose", { ...request, task }, { signal });
      const { blob, size } = view;
      const feed =
        blob === undefined ? () => remoteFeed(worker(), request, size) : async () => blobFeed(blob);
      return { ...view, feed };
    } finally {
      listeners.progress.delete(task);
    }
  };

  /** Numbers a piece of work of which `listen` is told until it ends. */
  const numbered = <L>(list: Map<number, L>, listen: L | undefined) => {
    const task = tasks++;
    if (listen !== undefined) list.set(task, listen);
    return { task, end: () => void list.delete(task) };
  };

  return {
    watch(listen) {
      watchers.add(listen);
      if (last !== undefined) listen(last);
      if (watchers.size === 1) watch();
      return () => void watchers.delete(listen);
    },
    async load(file, _name, { listen, signal, only } = {}) {
      const task = tasks++;
      if (listen !== undefined) listeners.loads.set(task, listen);
      try {
        return await worker().call("load", { task, file, only }, { signal });
      } finally {
        listeners.loads.delete(task);
      }
    },
    keep: async (archive, request = {}) => keepArchive(archive, request),
    open: (ref, { platform }, listen) => openHold(pool, { stored: { ref, platform }, name: ref }, listen),
    save: (refs, { layout, platforms, ...how }) => compose({ refs, layout, platforms }, how),
    // Docker's layout says besides which image was built on which, but not which names of one image mean another manifest of it.
    exportAll: (signal) => compose({ layout: "oci", platforms: "all" }, { signal }),
    tag: (source, target) => worker().call("tag", { source, target }),
    untag: (name) => worker().call("untag", name),
    previewRemove: (request) => worker().call("remove", { ...request, preview: true }),
    remove: (request) => worker().call("remove", { ...request, preview: false }),
    previewPrune: (request) => worker().call("prune", { ...request, preview: true }),
    prune: (request) => worker().call("prune", { ...request, preview: false }),
    undo: (undo) => worker().call("undo", undo),
    async check({ listen, signal } = {}) {
      const task = tasks++;
      if (listen !== undefined) listeners.progress.set(task, listen);
      try {
        return await worker().call("check", { task }, { signal });
      } finally {
        listeners.progress.delete(task);
      }
    },
    dropDamaged: (digests) => worker().call("dropDamaged", digests),
    dropUnfinished: () => worker().call("dropUnfinished", undefined),
    async command(line, { host, signal }) {
      const task = tasks++;
      listeners.consoles.set(task, host);
      try {
        return await worker().call("console", { task, line, columns: host.columns }, { signal });
      } finally {
        listeners.consoles.delete(task);
      }
    },
    commandFacts: () => worker().call("consoleFacts", undefined),
    drafts: createDrafts(worker, pool),
    making: createMaking(worker, {
      edits: (listen) => numbered(listeners.edits, listen),
      builds: (listen) => numbered(listeners.builds, listen),
    }),
    registryWorker: {
      call: (name, request, how) => worker().call(name, request, how),
      follow: (listen) => numbered(listeners.transfers, listen),
      configure(settings) {
        registrySettings = settings;
        // One that is not running yet is told when it starts.
        void started?.call("registries", settings).catch(() => {});
      },
    },
    async askPersistence() {
      // Only a page may ask; workers can but look.
      const persistent = await askPersistence();
      if (started !== undefined) await started.call("refresh", undefined);
      return persistent;
    },
  };
}

function startWorker(
  pool: Pool,
  page: {
    readonly tell: (event: StoreEvent) => void;
    readonly listeners: Listeners;
    readonly ended: (again: boolean) => void;
  },
): Remote<ImagesCalls> {
  const worker = new Worker(new URL("../worker/images-worker.ts", import.meta.url), {
    type: "module",
    name: "images",
  });
  const images = connect<ImagesCalls>(worker);
  const tenant = pool.enter((number) => void images.call("lost", number).catch(() => {}));
  let answered = false;
  answer<ImagesPageCalls>(worker, {
    state(event) {
      answered = true;
      page.tell(event);
    },
    loading: ({ task, event }) => page.listeners.loads.get(task)?.(event),
    editing: ({ task, progress }) => page.listeners.edits.get(task)?.(progress),
    building: ({ task, telling }) => page.listeners.builds.get(task)?.(telling),
    transferring: ({ task, event }) => page.listeners.transfers.get(task)?.(event),
    progress: ({ task, done, total }) => page.listeners.progress.get(task)?.({ done, total }),
    consolePrint: async ({ task, text }) => page.listeners.consoles.get(task)?.print(text),
    consoleAsk: async ({ task, hidden }) => page.listeners.consoles.get(task)?.ask({ hidden }),
    consoleFiles: ({ task }) => page.listeners.consoles.get(task)?.files() ?? [],
    consolePick: async ({ task, wanted }) => page.listeners.consoles.get(task)?.pick(wanted),
    consoleOwn: async ({ task, words }) =>
      (await page.listeners.consoles.get(task)?.own(words)) ?? { text: "", code: 1 },
    async lease(priority) {
      const lease = await tenant.lease(priority);
      return lease.port === undefined ? lease : transferred(lease, [lease.port]);
    },
    release: (number) => tenant.release(number),
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const why = event.message === "" ? "its script did not load" : event.message;
    const error = new CoreError("worker/ended", `Cannot go on with the images: their worker ended: ${why}`);
    tenant.leave();
    worker.terminate();
    images.end(error);
    if (!answered) page.tell({ type: "failed", error: error.toJSON() });
    page.ended(answered);
  });
  return images;
}

async function remoteFeed(
  worker: Remote<ImagesCalls>,
  request: ComposeRequest,
  size: number,
): Promise<ByteFeed> {
  const feed = await worker.call("feed", request);
  return {
    size,
    next: () => worker.call("next", feed),
    cancel: () => void worker.call("cancel", feed).catch(() => {}),
  };
}
