import type { Engine } from "../model/engine.ts";
import { openHold } from "./hold.ts";
import { createLayerPool } from "./layer-pool.ts";
import type { Pool } from "./pool.ts";

/** What {@link createEngine} takes. */
export interface EngineOptions {
  /** Layer workers for all archives together. */
  readonly pool?: Pool;
}

/** The engine of a page: archives are opened, listed and verified in workers. */
export function createEngine(options: EngineOptions = {}): Engine {
  const pool = options.pool ?? createLayerPool();
  return {
    open: (file, name, listen) => openHold(pool, { file, name }, listen),
    async demo() {
      const { demoImage } = await import("./demo-image.ts");
      return demoImage();
    },
  };
}
