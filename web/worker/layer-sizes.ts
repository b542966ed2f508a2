import type { Digest } from "../../core/digest/mod.ts";
import type { ScanShelf } from "../store/mod.ts";

/** Sizes of layers as Docker counts them, by diff ID. A diff ID never means another size, so they are only added to. */
export class LayerSizes {
  readonly #scans: ScanShelf;
  #known: ReadonlyMap<Digest, number> = new Map();

  constructor(scans: ScanShelf) {
    this.#scans = scans;
  }

  /** Looks for layers that have been scanned since. Reads sizes only, no tables. */
  async refresh(): Promise<void> {
    this.#known = await this.#scans.layerSizes();
  }

  of(diffID: Digest): number | undefined {
    return this.#known.get(diffID);
  }
}
