import type { ReadOptions } from "../bytes/mod.ts";
import type { NewHasher } from "../digest/mod.ts";
import type { ScanShelf } from "../image/mod.ts";
import type { LocalStore } from "../store/mod.ts";

/** What everything that is done to containers works with. */
export interface ContainerContext extends ReadOptions {
  readonly store: LocalStore;
  readonly newHasher: NewHasher;
  /** Scans of layers, so that an image is not read again for each look into a container. */
  readonly shelf?: ScanShelf | undefined;
  /** Seconds since the epoch. */
  readonly now: () => number;
}
