import { createPool, type Pool } from "./pool.ts";

/** Most layers read at a time: more workers wait for the disk, and each holds a few megabytes. */
const MOST_WORKERS = 6;

/** How long a layer worker without work is kept: starting another takes some 30 ms. */
const IDLE_MS = 3000;

/**
 * The pool of layer workers of a page, for all that is opened and loaded in it. `size` defaults to one for each processor, at most six, and one more, so
 * that a load can use them all and what is looked at need not wait for it.
 */
export function createLayerPool(
  size = 1 + Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2)),
): Pool {
  return createPool({
    size,
    spawn: () =>
      new Worker(new URL("../worker/layer-worker.ts", import.meta.url), { type: "module", name: "layer" }),
    later(work) {
      const timer = setTimeout(work, IDLE_MS);
      return () => clearTimeout(timer);
    },
  });
}
