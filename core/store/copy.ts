import { type ReadOptions, type Source, sourceOf } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { type Descriptor, type Index, isForeignLayerType } from "../oci/mod.ts";
import type { BlobReader, BlobRef, BlobSink } from "./blob.ts";
import { inlineSource } from "./document.ts";
import type { GraphLimits } from "./limits.ts";
import { type MoveBlob, moveBlob } from "./move.ts";
import { type GraphNode, sizeProblem, walk } from "./walk.ts";

/** How far the copy of one blob is. */
export interface CopyProgress {
  readonly descriptor: Descriptor;
  readonly kind: GraphNode["kind"];
  /** `waiting` → `copying`* → `done`; or `present`, it was there; or `left`, it is not in the source and need not be. */
  readonly state: "waiting" | "copying" | "done" | "present" | "left";
  /** Bytes of it that are there. */
  readonly bytes: number;
  /** Bytes that it has. */
  readonly total: number;
  /** Bytes that were there before: a rate counts from here. */
  readonly resumedFrom: number;
}

/** What {@link copy} takes. */
export interface CopyOptions extends ReadOptions {
  /** Gives the root its name, last of all, when everything under it is there. Anything that must be true of a named image is done here. */
  readonly name?: (() => Promise<void>) | undefined;
  /** Blobs under way at once. */
  readonly concurrency?: number | undefined;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  /** Which children of an index to copy. Default: all that the source has. */
  readonly select?: ((child: Descriptor, index: Index) => boolean) | undefined;
  /** Moves one config or layer; a caller may hand it to a worker, and look at the bytes as they pass. */
  readonly move?: MoveBlob | undefined;
  readonly limits?: GraphLimits | undefined;
}

/** What {@link copy} did. */
export interface CopyResult {
  /** Bytes that went over. */
  readonly moved: number;
  /** Bytes that were there before, of whole blobs and of begun ones. */
  readonly present: number;
  /** What the source does not have and an image may lack: manifests of other platforms, layers that are to be had elsewhere. */
  readonly left: readonly Descriptor[];
  /** Documents that are whole and were copied, but not understood and so not followed. */
  readonly problems: readonly CoreError[];
}

/** As Docker has it for pulls. */
const CONCURRENCY = 3;

/**
 * Brings everything under `root` from one store to another: configs and layers first, then manifests from the deepest up, the root last,
 * then the name. So a root that is there is whole, and a name leads to a root that is. What is there already is not moved. Broken off
 * (abort, failure, a closed tab) it leaves what has arrived, which a sweep spares, and the next copy goes on from there.
 * Holds the manifests of the graph in memory, and a chunk per blob under way.
 * @throws CoreError `store/missing` when the source lacks something that an image needs; `digest/mismatch`; `store/full`; `bytes/limit`; the
 * problem of the root's document when it cannot be read; and whatever the stores fail with.
 */
export async function copy(
  stores: { readonly from: BlobReader; readonly to: BlobReader & BlobSink },
  root: Descriptor,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const lease = await stores.to.lease(root.digest);
  try {
    const job = new CopyJob(stores, options);
    await job.plan(root);
    await lease.pin(job.digests());
    const result = await job.run();
    await options.name?.();
    await lease.release();
    return result;
  } catch (error) {
    // What went wrong is the first error; a lease that cannot be marked any more is found by its age.
    await lease.suspend().catch(() => {});
    throw error;
  }
}

class CopyJob {
  readonly #from: BlobReader;
  readonly #to: BlobReader & BlobSink;
  readonly #options: CopyOptions;
  readonly #leaves: GraphNode[] = [];
  readonly #documents: GraphNode[] = [];
  readonly #left: Descriptor[] = [];
  readonly #problems: CoreError[] = [];
  #moved = 0;
  #present = 0;

  constructor(
    stores: { readonly from: BlobReader; readonly to: BlobReader & BlobSink },
    options: CopyOptions,
  ) {
    this.#from = stores.from;
    this.#to = stores.to;
    this.#options = options;
  }

  digests(): Digest[] {
    return [...this.#leaves, ...this.#documents].map(({ descriptor }) => descriptor.digest);
  }

  /** Documents come from the target where it has them: a resumed copy asks the source for none of those again. */
  async plan(root: Descriptor): Promise<void> {
    const { signal, select, limits } = this.#options;
    const either: BlobReader = {
      stat: (ref: BlobRef) => this.#from.stat(ref, { signal }),
      blob: async (ref: BlobRef) =>
        (await this.#to.blob(ref, { signal })) ?? (await this.#from.blob(ref, { signal })),
    };
    for await (const node of walk(either, root, { signal, select, limits, leaves: false })) {
      if (node.state === "damaged" || (node.problem !== undefined && node.depth === 0))
        throw node.problem ?? missing(node.descriptor);
      if (node.state === "missing") {
        if (node.depth === 0) throw missing(node.descriptor);
        this.#leave(node);
        continue;
      }
      if (node.problem !== undefined) this.#problems.push(node.problem);
      if (node.bytes === undefined) this.#leaves.push(node);
      else this.#documents.push(node);
      this.#tell(node, "waiting", 0, 0);
    }
  }

  async run(): Promise<CopyResult> {
    await this.#copyLeaves();
    for (const node of childrenFirst(this.#documents)) await this.#copyOne(node, moveBlob);
    return { moved: this.#moved, present: this.#present, left: this.#left, problems: this.#problems };
  }

  /** The first failure stops the others at their next chunk; all have ended before it is thrown. */
  async #copyLeaves(): Promise<void> {
    const stop = new AbortController();
    const outer = this.#options.signal;
    const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
    const queue = this.#leaves.values();
    const work = async (): Promise<void> => {
      for (const node of queue) {
        signal.throwIfAborted();
        try {
          await this.#copyOne(node, this.#options.move ?? moveBlob, signal);
        } catch (error) {
          if (!stop.signal.aborted) stop.abort(error);
          throw error;
        }
      }
    };
    const workers = Math.min(this.#options.concurrency ?? CONCURRENCY, this.#leaves.length);
    await Promise.allSettled(Array.from({ length: workers }, work));
    outer?.throwIfAborted();
    stop.signal.throwIfAborted();
  }

  async #copyOne(node: GraphNode, move: MoveBlob, signal = this.#options.signal): Promise<void> {
    const { descriptor } = node;
    const { size } = descriptor;
    const there = await this.#to.stat(descriptor, { signal });
    if (there !== undefined) {
      if (there !== size) throw sizeProblem(descriptor, there);
      this.#present += size;
      return this.#tell(node, "present", size, size);
    }
    let resumed = 0;
    let bytes = 0;
    let source: Source | undefined;
    if (node.bytes === undefined) {
      source = (await this.#from.blob(descriptor, { signal })) ?? inlineSource(descriptor);
      if (source === undefined) {
        if (isForeignLayerType(descriptor.mediaType) && descriptor.urls !== undefined)
          return this.#leave(node);
        throw missing(descriptor);
      }
    } else {
      source = sourceOf(node.bytes);
    }
    const found = source;
    const outcome = await move({
      descriptor,
      source: async () => found,
      to: this.#to,
      signal,
      onBytes: (at, from) => {
        resumed = from;
        bytes = at;
        this.#tell(node, "copying", bytes, resumed);
      },
    });
    const before = outcome === "present" ? size : resumed;
    this.#present += before;
    this.#moved += size - before;
    this.#tell(node, outcome === "present" ? "present" : "done", size, before);
  }

  #leave(node: GraphNode): void {
    this.#left.push(node.descriptor);
    this.#tell(node, "left", 0, 0);
  }

  #tell(
    { descriptor, kind }: GraphNode,
    state: CopyProgress["state"],
    bytes: number,
    resumedFrom: number,
  ): void {
    this.#options.onProgress?.({ descriptor, kind, state, bytes, total: descriptor.size, resumedFrom });
  }
}

/** Documents in an order in which each comes after all that it names; the first given is the root. */
function childrenFirst(documents: readonly GraphNode[]): GraphNode[] {
  const nodes = new Map(documents.map((node) => [node.descriptor.digest, node]));
  const entered = new Set<Digest>();
  const ordered: GraphNode[] = [];
  const stack = documents.slice(0, 1).map((node) => ({ node, left: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, left } = top;
    if (left) ordered.push(node);
    if (left || entered.has(node.descriptor.digest)) continue;
    entered.add(node.descriptor.digest);
    stack.push({ node, left: true });
    if (node.document?.kind !== "index") continue;
    for (const { digest } of node.document.manifests) {
      const child = nodes.get(digest);
      if (child !== undefined) stack.push({ node: child, left: false });
    }
  }
  return ordered;
}

function missing({ digest, mediaType }: Descriptor): CoreError {
  const what = mediaType === "" ? digest : `${digest} (${mediaType})`;
  return new CoreError("store/missing", `Cannot copy ${what}: the source does not have it`, {
    digest,
    mediaType,
  });
}
