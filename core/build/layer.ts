import { pump } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import type { Instruction } from "../dockerfile/mod.ts";
import { type StoreLayerOptions, storeLayer } from "../image/mod.ts";
import type { BlobSink, Lease, LocalStore } from "../store/mod.ts";
import { composeTar, compositionSource, encodeGoHeader } from "../tar/mod.ts";
import { type ChangesOptions, changedMembers } from "./changes.ts";
import type { Draft } from "./draft.ts";
import type { DirNode } from "./files.ts";
import type { BuildOptions, BuildStep, CachedLayer } from "./options.ts";
import { overlaid } from "./overlay.ts";
import { formatTime } from "./times.ts";

/** What one instruction makes a layer of. */
export interface LayerWork {
  readonly createdBy: string;
  /** Layers below it. */
  readonly below: readonly Digest[];
  /** The draft holds the changes alone. */
  readonly link: boolean;
  readonly work: () => Promise<Draft>;
  /** The file system below it. */
  readonly files: () => Promise<DirNode>;
}

/** A layer, and the file system with it. */
export interface MadeLayer extends CachedLayer {
  readonly root: DirNode;
}

/** What {@link LayerMaker} takes. */
export interface LayerMakerOptions
  extends Pick<
    BuildOptions,
    "newHasher" | "compressor" | "cache" | "noCache" | "sourceDateEpoch" | "signal" | "onProgress"
  > {
  readonly store: LocalStore;
  readonly lease: Lease;
  /** Seconds since the epoch: the time of the build. */
  readonly now: number;
  /** The step of an instruction. */
  readonly stepOf: (instruction: Instruction) => BuildStep;
}

/** Makes the layers of a build, and tells about it. */
export class LayerMaker {
  readonly #options: LayerMakerOptions;
  readonly #created: string;

  constructor(options: LayerMakerOptions) {
    this.#options = options;
    this.#created = formatTime(Math.min(options.now, options.sourceDateEpoch ?? Number.POSITIVE_INFINITY));
  }

  /** The layer of an instruction, in the store. @throws CoreError what its work throws, `store/full` */
  async make(instruction: Instruction, layer: LayerWork): Promise<MadeLayer> {
    const { createdBy, below, link, work, files } = layer;
    const { onProgress, noCache, cache } = this.#options;
    const step = this.#options.stepOf(instruction);
    onProgress?.({ kind: "begin", step });
    const draft = await work();
    const key = cache === undefined ? undefined : await this.#key(draft, { createdBy, below, link });
    const known = key === undefined || noCache === true ? undefined : await cache?.get(key);
    const there = known !== undefined && (await this.#options.store.stat(known.descriptor)) !== undefined;
    if (there) await this.#options.lease.pin([known.descriptor.digest]);
    const made = there ? { layer: known, cached: true } : await this.#store(draft, { step, link });
    if (key !== undefined && !there) await cache?.put(key, made.layer);
    onProgress?.({ kind: "done", step, cached: made.cached });
    return { ...made.layer, root: link ? overlaid(await files(), draft.root) : draft.root };
  }

  /** Tells that an instruction was left out. */
  skipped(instruction: Instruction): void {
    this.#options.onProgress?.({ kind: "skipped", step: this.#options.stepOf(instruction) });
  }

  async #store(
    draft: Draft,
    { step, link }: { readonly step: BuildStep; readonly link: boolean },
  ): Promise<{ readonly layer: CachedLayer; readonly cached: boolean }> {
    const { store, lease, newHasher, compressor, signal, onProgress } = this.#options;
    let cached = true;
    const sink: BlobSink = {
      lease: (root) => store.lease(root),
      async openWriter(ref, options) {
        const writer = await store.openWriter(ref, options);
        if (writer !== undefined) cached = false;
        return writer;
      },
    };
    const options: StoreLayerOptions = {
      lease,
      newHasher,
      compressor,
      signal,
      onProgress: onProgress && ((bytes, total) => onProgress({ kind: "layer", step, bytes, total })),
    };
    const members = await changedMembers(draft, this.#changes(link));
    const { descriptor, diffID } = await storeLayer(sink, members, options);
    return { layer: { descriptor, diffID, created: this.#created }, cached };
  }

  #changes(link: boolean): ChangesOptions {
    const { now, sourceDateEpoch, newHasher, signal } = this.#options;
    return { now, epoch: sourceDateEpoch, newHasher, signal, whole: link };
  }

  /** What a layer is known by: all that it is made of, but for the time of the build and when its files were touched. */
  async #key(
    draft: Draft,
    { createdBy, below, link }: Pick<LayerWork, "createdBy" | "below" | "link">,
  ): Promise<string> {
    const { newHasher, signal, sourceDateEpoch } = this.#options;
    const hasher = newHasher();
    hasher.update(
      new TextEncoder().encode(JSON.stringify([below, createdBy, link, sourceDateEpoch ?? null])),
    );
    const members = await changedMembers(draft, { ...this.#changes(link), now: 0, timeless: !draft.dated });
    const tar = compositionSource(composeTar(members, { encode: encodeGoHeader }));
    await pump(tar, (chunk) => hasher.update(chunk), { signal });
    return hasher.hex();
  }
}
