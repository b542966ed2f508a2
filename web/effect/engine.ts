import { CoreError } from "../../core/error.ts";
import type { ArchiveEvent, Engine, OpenArchive } from "../model/engine.ts";
import type { HoldCalls, PageCalls } from "../worker/protocol.ts";
import { answer, connect, transferred, wireOf } from "../worker/rpc.ts";
import { createPool, type Pool } from "./pool.ts";

/** Most layer workers: more of them wait for the disk, and each holds a few megabytes. */
const MOST_WORKERS = 6;

/** How long a layer worker without work is kept: starting another takes some 30 ms. */
const IDLE_MS = 3000;

/** What {@link createEngine} takes. */
export interface EngineOptions {
  /** Layer workers for all archives together; default: one for each processor, at most six. */
  readonly workers?: number;
}

/** The engine of a page: archives are opened, listed and verified in workers. */
export function createEngine(options: EngineOptions = {}): Engine {
  const size = options.workers ?? Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2));
  const pool = createPool({
    size,
    spawn: () =>
      new Worker(new URL("../worker/layer-worker.ts", import.meta.url), { type: "module", name: "layer" }),
    later(work) {
      const timer = setTimeout(work, IDLE_MS);
      return () => clearTimeout(timer);
    },
  });
  return {
    open: (file, name, listen) => openArchive(pool, { file, name }, listen),
    async demo() {
      const { demoImage } = await import("./demo-image.ts");
      return demoImage();
    },
  };
}

function openArchive(
  pool: Pool,
  request: { readonly file: Blob; readonly name: string },
  listen: (event: ArchiveEvent) => void,
): OpenArchive {
  const worker = new Worker(new URL("../worker/hold-worker.ts", import.meta.url), {
    type: "module",
    name: "hold",
  });
  const hold = connect<HoldCalls>(worker);
  const tenant = pool.enter((number) => void hold.call("lost", number).catch(() => {}));
  let open = true;
  const tell = (event: ArchiveEvent): void => {
    if (open) listen(event);
  };
  answer<PageCalls>(worker, {
    tell,
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
  hold.call("open", request).catch((error: unknown) => tell({ type: "failed", error: wireOf(error) }));

  return {
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
}
