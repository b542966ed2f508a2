import { CoreError } from "../../core/error.ts";
import type { DraftProgress, DraftStanding } from "../model/drafts.ts";
import type { ArchiveEvent, OpenArchive } from "../model/engine.ts";
import type { LoadOutcome, LoadRequest } from "../model/images.ts";
import type { HoldCalls, PageCalls } from "../worker/protocol.ts";
import type { AccessState } from "../worker/registry-access.ts";
import type { RemoteRequest } from "../worker/remote-archive.ts";
import { answer, connect, type Remote, transferred, wireOf } from "../worker/rpc.ts";
import type { StoredRequest } from "../worker/stored-archive.ts";
import type { Pool } from "./pool.ts";

/** What is told of an open draft. */
export interface DraftListener {
  readonly standing: (standing: DraftStanding) => void;
  readonly progress: (task: number, progress: DraftProgress) => void;
}

/** What a hold worker opens: a file, an image that is kept, one in a registry, reached as `access` says, or a draft by its ID. */
export type HoldRequest =
  | { readonly draft: string; readonly listener: DraftListener; readonly name: string }
  | { readonly file: Blob; readonly name: string }
  | { readonly stored: StoredRequest; readonly name: string }
  | {
      readonly remote: RemoteRequest;
      readonly access: () => Promise<AccessState>;
      readonly name: string;
    };

/** Brings what is open into the store. */
type Keep = (request: LoadRequest) => Promise<LoadOutcome>;

const HOLDS = new WeakMap<OpenArchive, Remote<HoldCalls>>();

/** The way to the worker of an archive that {@link openHold} opened. @throws TypeError for any other. */
export function holdOf(archive: OpenArchive): Remote<HoldCalls> {
  const hold = HOLDS.get(archive);
  if (hold === undefined) throw new TypeError("The archive is not open here");
  return hold;
}

const KEEPS = new WeakMap<OpenArchive, Keep>();

/** Brings an archive that {@link openHold} opened into the store. @throws TypeError for any other. */
export function keepArchive(archive: OpenArchive, request: LoadRequest): Promise<LoadOutcome> {
  const keep = KEEPS.get(archive);
  if (keep === undefined) throw new TypeError("Cannot keep an archive that is not open here");
  return keep(request);
}

/** Opens an archive in a worker of its own. */
export function openHold(
  pool: Pool,
  request: HoldRequest,
  listen: (event: ArchiveEvent) => void,
): OpenArchive {
  const worker = new Worker(new URL("../worker/hold-worker.ts", import.meta.url), {
    type: "module",
    name: "hold",
  });
  const hold = connect<HoldCalls>(worker);
  const tenant = pool.enter((number) => void hold.call("lost", number).catch(() => {}));
  let open = true;
  let keeping: LoadRequest["listen"];
  const tell = (event: ArchiveEvent): void => {
    if (open) listen(event);
  };
  answer<PageCalls>(worker, {
    tell,
    loading: (event) => keeping?.(event),
    draft(standing) {
      if (open && "draft" in request) request.listener.standing(standing);
    },
    drafting({ task, progress }) {
      if (open && "draft" in request) request.listener.progress(task, progress);
    },
    async lease(priority) {
      const lease = await tenant.lease(priority);
      return lease.port === undefined ? lease : transferred(lease, [lease.port]);
    },
    release: (number) => tenant.release(number),
  });

  const end = (error: CoreError): void => {
    tenant.leave();
    worker.terminate();
    hold.end(error);
  };
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const why = event.message === "" ? "its script did not load" : event.message;
    const error = new CoreError(
      "worker/ended",
      `Cannot go on with ${request.name}: its worker ended: ${why}`,
    );
    end(error);
    tell({ type: "failed", error: error.toJSON() });
  });
  const opening = async (): Promise<void> => {
    if ("file" in request) return hold.call("open", request);
    if ("draft" in request) return hold.call("openDraft", request.draft);
    if ("stored" in request) return hold.call("openStored", request.stored);
    return hold.call("openRemote", { request: request.remote, access: await request.access() });
  };
  opening().catch((error: unknown) => tell({ type: "failed", error: wireOf(error) }));

  const archive: OpenArchive = {
    look: (image) => void hold.call("look", image).catch(() => {}),
    view: (spec, signal) => hold.call("view", spec, { signal }),
    change: (view, spec, signal) => hold.call("change", { view, spec }, { signal }),
    fold: (view, node, { expanded, deep = false }) => hold.call("fold", { view, node, expanded, deep }),
    reveal: (view, node) => hold.call("reveal", { view, node }),
    rows: (view, from, to) => hold.call("rows", { view, from, to }),
    closeView: (view) => void hold.call("closeView", view).catch(() => {}),
    node: (image, node, upTo) => hold.call("node", { image, node, upTo }),
    find: (image, path, upTo) => hold.call("find", { image, path, upTo }),
    read: (place, { from, to }, signal) => hold.call("read", { place, from, to }, { signal }),
    async save(place, format, signal) {
      const { feed, size } = await hold.call("save", { place, format }, { signal });
      const cancel = (): void => void hold.call("cancel", feed).catch(() => {});
      signal?.addEventListener("abort", cancel, { once: true });
      return { size, next: () => hold.call("next", feed, { signal }), cancel };
    },
    usage: (image) => hold.call("usage", image),
    document: (image, kind, raw = false) => hold.call("document", { image, kind, raw }),
    close() {
      open = false;
      end(new CoreError("worker/ended", `Cannot go on with ${request.name}: it is closed`));
    },
  };
  HOLDS.set(archive, hold);
  KEEPS.set(archive, async ({ listen: told, signal, only }) => {
    keeping = told;
    try {
      return await hold.call("keep", { only }, { signal });
    } finally {
      keeping = undefined;
    }
  });
  return archive;
}
