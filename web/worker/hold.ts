import { type Archive, openArchive } from "../../core/archive/mod.ts";
import type { NewHasher } from "../../core/digest/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";
import type { ArchiveEvent } from "../model/engine.ts";
import { archiveView } from "./archive-view.ts";
import type { Crew } from "./crew.ts";
import { withEveryImage } from "./every-image.ts";
import { ImageTree } from "./image-tree.ts";
import { workOn } from "./layer-work.ts";
import { withScans } from "./scanned-archive.ts";
import { StoredLayer } from "./stored-layer.ts";
import { warmUp } from "./warm-up.ts";

/** What a {@link Hold} works with. */
export interface HoldOptions {
  readonly crew: Crew;
  readonly newHasher: NewHasher;
  /** Told what happens, in order. */
  readonly tell: (event: ArchiveEvent) => void;
}

/** Milliseconds in which listed layers are gathered before they are folded and told together. */
const GATHER_MS = 30;

/** An archive whose layers come in one after the other: it starts the work on them and tells what they turn out to be. */
export class Hold {
  readonly #options: HoldOptions;
  readonly #stored = new Map<string, StoredLayer>();
  readonly #users = new Map<StoredLayer, Set<ImageTree>>();
  readonly #gathering = new Set<ImageTree>();
  readonly #waiting = new Set<() => void>();
  /** As it was opened, and with the images beside that are looked into but not loaded. */
  #opened: Archive | undefined;
  #archive: Archive | undefined;
  #images: readonly ImageTree[] = [];
  #focus: ImageTree | undefined;
  #warm = false;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** Opens the archive and starts the work. @throws CoreError what `openArchive` throws. */
  async open(file: Blob, name: string): Promise<void> {
    const { newHasher, tell } = this.#options;
    tell({ type: "opening", done: 0, total: file.size });
    let told = 0;
    const archive = await openArchive(file, {
      newHasher,
      onProgress: ({ stage, done, total }) => {
        const now = performance.now();
        if (stage !== "reading" || now - told < 100) return;
        told = now;
        tell({ type: "opening", done, total });
      },
    });
    this.show(archive, name);
  }

  /**
   * Shows an archive that is open already and starts the work on those of its layers that have no scan yet; `onScan` is given the scans that come of
   * it.
   */
  show(opened: Archive, name: string, onScan?: (scan: LayerScan) => void): void {
    const { crew, tell } = this.#options;
    const archive = withEveryImage(opened);
    this.#opened = opened;
    this.#archive = archive;
    this.#images = archive.images.map(
      (image, index) =>
        new ImageTree(
          index,
          image,
          image.layers.map((layer) => this.#store(layer)),
        ),
    );
    for (const image of this.#images) {
      for (const stored of image.stored) this.#users.get(stored)?.add(image);
    }
    tell({
      type: "opened",
      archive: archiveView(archive, name, (image) => this.#layersOf(this.#images[image]!)),
    });
    if (this.#images[0] !== undefined) this.look(0);
    const foreman = {
      crew,
      urgency: (stored: StoredLayer) => this.#urgency(stored),
      changed: (stored: StoredLayer, progress: boolean) => this.#changed(stored, progress),
    };
    const work = async (stored: StoredLayer): Promise<void> => {
      if (!stored.checking) return;
      await workOn(stored, foreman);
      if (stored.scan !== undefined) onScan?.(stored.scan);
      this.#compile(stored);
    };
    for (const stored of this.#stored.values()) void work(stored);
  }

  /** Takes an image whose tree is made elsewhere, and goes on changing: nothing of it is to be read first. */
  adopt(image: ImageTree): void {
    image.wanted = true;
    image.toldComplete = true;
    this.#images = [image];
  }

  #compile({ source, scan }: StoredLayer): void {
    if (this.#warm || source === undefined || scan?.index === undefined) return;
    this.#warm = true;
    void warmUp(source, scan.index);
  }

  /** The opened archive, its layers with the scans that there are by now. @throws RangeError before it is open. */
  scanned(): Archive {
    if (this.#opened === undefined) throw new RangeError("The archive is not open yet");
    return withScans(this.#opened, ({ path }) => this.#stored.get(path)?.scan);
  }

  /** The opened archive. @throws RangeError before it is open. */
  get archive(): Archive {
    if (this.#archive === undefined) throw new RangeError("The archive is not open yet");
    return this.#archive;
  }

  /**
   * Image `index`, which from now on is what is looked at: its layers come first.
   * @throws RangeError when there is no such image.
   */
  look(index: number): ImageTree {
    const image = this.#images[index];
    if (image === undefined)
      throw new RangeError(`no image ${index} in an archive of ${this.#images.length}`);
    if (this.#focus !== image) {
      this.#focus = image;
      this.#options.crew.hurry();
    }
    if (!image.wanted) {
      image.wanted = true;
      this.#gather(image);
    }
    return image;
  }

  /** Ends when each layer of an image has been listed, or cannot be. */
  listed(image: ImageTree): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (image.stored.some(({ state }) => state === "waiting" || state === "reading")) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Ends when that is so of all images: what is compressed has been scanned then. */
  async allListed(): Promise<void> {
    await Promise.all(this.#images.map((image) => this.listed(image)));
  }

  #store(layer: ConstructorParameters<typeof StoredLayer>[0]): StoredLayer {
    // A missing layer has nothing but its name in common with another of that name; and two members are never one.
    const known = this.#stored.get(layer.path);
    if (known !== undefined) return known;
    const stored = new StoredLayer(layer);
    this.#stored.set(layer.path, stored);
    this.#users.set(stored, new Set());
    return stored;
  }

  #layersOf(image: ImageTree) {
    return image.stored.map((_, index) => image.layer(index));
  }

  #urgency(stored: StoredLayer): number {
    const users = this.#users.get(stored);
    if (users === undefined) return 2;
    if (this.#focus !== undefined && users.has(this.#focus)) return 0;
    for (const image of users) if (image.wanted) return 1;
    return 2;
  }

  #changed(stored: StoredLayer, progress: boolean): void {
    for (const image of this.#users.get(stored) ?? []) {
      if (progress && !image.wanted) continue;
      this.#tellLayers(image, (candidate) => candidate === stored);
      if (!progress && image.wanted) this.#gather(image);
    }
    if (!progress) for (const look of this.#waiting) look();
  }

  #tellLayers(image: ImageTree, which: (stored: StoredLayer) => boolean): void {
    image.stored.forEach((stored, layer) => {
      if (which(stored)) this.#options.tell({ type: "layer", image: image.index, layer: image.layer(layer) });
    });
  }

  /** Folds what has been listed a little later, so that layers that come close together are told together. */
  #gather(image: ImageTree): void {
    if (image.toldComplete || this.#gathering.has(image)) return;
    this.#gathering.add(image);
    setTimeout(() => {
      this.#gathering.delete(image);
      if (image.fold() === 0 && !image.complete) return;
      const { index, tree, folded, complete } = image;
      this.#options.tell({ type: "tree", image: index, layers: folded, nodes: tree.nodeCount, complete });
      if (!complete) return;
      image.toldComplete = true;
      this.#tellLayers(image, () => true);
    }, GATHER_MS);
  }
}
