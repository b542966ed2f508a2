import type { ArchiveImage } from "../../core/archive/mod.ts";
import { TarDecoder } from "../../core/tar/mod.ts";
import { addLayer, createTree, type LayerUsage, layerCount, type Tree, usage } from "../../core/tree/mod.ts";
import type { LayerView } from "../model/engine.ts";
import { layerView } from "./layer-view.ts";
import { wireOf } from "./rpc.ts";
import type { StoredLayer } from "./stored-layer.ts";

/** One image of an archive: its layers, and the tree they make, as far as they have been read. */
export class ImageTree {
  /** Position in the archive. */
  readonly index: number;
  readonly image: ArchiveImage;
  readonly stored: readonly StoredLayer[];
  readonly tree: Tree;
  /** Of an image that is being edited: the first layer that is a change. */
  since: number | undefined;
  /** Somebody looks at it, or has. */
  wanted = false;
  /** The page has been told that the tree is complete. */
  toldComplete = false;
  #full = false;
  #usage: readonly LayerUsage[] | undefined;

  /** An image whose tree is still to be folded, or whose `tree` somebody else folds. */
  constructor(index: number, image: ArchiveImage, stored: readonly StoredLayer[], tree = createTree()) {
    this.tree = tree;
    this.index = index;
    this.image = image;
    this.stored = stored;
  }

  /** Layers in the tree. */
  get folded(): number {
    return layerCount(this.tree);
  }

  /** The tree holds all that can be read. */
  get complete(): boolean {
    return this.#full || this.folded === this.stored.length;
  }

  /**
   * Adds to the tree the layers that are next and have been listed; those that cannot be read leave it as it is. How many it added. A layer
   * that the tree has no room for ends it there, and is told among that layer's problems.
   */
  fold(): number {
    const before = this.folded;
    for (let next = before; next < this.stored.length && !this.#full; next++) {
      const stored = this.stored[next]!;
      if (stored.state === "waiting" || stored.state === "reading") break;
      try {
        addLayer(this.tree, stored.table ?? new TarDecoder().table());
      } catch (error) {
        this.#full = true;
        stored.problems = [...stored.problems, wireOf(error)];
      }
    }
    return this.folded - before;
  }

  /** What each layer did, once all are there. */
  usage(): readonly LayerUsage[] | undefined {
    if (!this.complete) return undefined;
    this.#usage ??= usage(this.tree, { most: 0 }).layers;
    return this.#usage;
  }

  /** Layer `index` as the page shows it. */
  layer(index: number): LayerView {
    return layerView(
      this.image.layers[index]!,
      this.stored[index]!,
      this.wanted ? this.usage()?.[index] : undefined,
    );
  }
}
