import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import {
  type BlobMove,
  type BlobReader,
  type LayerScans,
  type MoveLayer,
  moveBlob,
  moveLayer,
} from "../store/mod.ts";
import { type LayerScan, scanLayer } from "../tree/mod.ts";
import type { LoadProgress } from "./load-options.ts";
import type { ArchiveLayer } from "./types.ts";

/** A layer that an image wants. */
interface WantedLayer {
  readonly index: number;
  readonly digest?: Digest | undefined;
  readonly diffID: Digest | undefined;
  readonly path: string;
  readonly scan?: LayerScan | undefined;
}

/** What a {@link LayerWatch} takes. */
interface WatchOptions extends ReadOptions {
  readonly newHasher: NewHasher;
  readonly scans?: LayerScans | undefined;
  readonly moveLayer?: MoveLayer | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly place: { readonly image: number; readonly images: number };
}

/** Sees to it that every layer of an image is what its config says, and that its scan is kept, whether it is moved or was there before. */
export class LayerWatch {
  readonly #options: WatchOptions;
  readonly #wanted = new Map<Digest, WantedLayer[]>();
  readonly #seen = new Map<Digest, Digest | undefined>();
  #diffIDs: readonly Digest[] = [];

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Diff IDs of the image that is named. */
  get diffIDs(): readonly Digest[] {
    return this.#diffIDs;
  }

  /** Adds the layers of an image; `named` for the one that gets the names. */
  expect(layers: readonly WantedLayer[], named: boolean): void {
    for (const layer of layers) {
      if (layer.digest === undefined) continue;
      const same = this.#wanted.get(layer.digest) ?? [];
      this.#wanted.set(layer.digest, [...same, layer]);
    }
    if (named) this.#diffIDs = layers.flatMap(({ diffID }) => diffID ?? []);
  }

  /** What the layer stored under `digest` decompresses to; `undefined` for what is no layer. */
  diffIDOf(digest: Digest): Digest | undefined {
    return this.#wanted.get(digest)?.[0]?.diffID;
  }

  /** Tells that a layer is read ahead of being stored. */
  reading(
    { digest, diffID, size: total }: Pick<ArchiveLayer, "digest" | "diffID" | "size">,
    bytes: number,
  ): void {
    const { onProgress, place } = this.#options;
    onProgress?.({ kind: "layer", state: "reading", digest, diffID, bytes, total, resumedFrom: 0, ...place });
  }

  /** Moves a config or layer; layers are scanned on the way, unless that has been done. */
  async move(move: BlobMove): Promise<"moved" | "present"> {
    const { descriptor, to, signal, onBytes } = move;
    const wanted = this.#wanted.get(descriptor.digest);
    if (wanted === undefined) return moveBlob(move);
    const known = wanted.find(({ scan }) => scan?.compression === "none" || scan?.index !== undefined)?.scan;
    if (known !== undefined) {
      const outcome = await moveBlob(move);
      await this.#take(known);
      return outcome;
    }
    const scan = await (this.#options.moveLayer ?? moveLayer)({
      descriptor,
      diffID: wanted[0]?.diffID,
      source: await move.source(),
      to,
      newHasher: this.#options.newHasher,
      signal,
      onBytes,
    });
    await this.#take(scan);
    return "moved";
  }

  /** Looks after the layers that were there already. */
  async finish(from: BlobReader): Promise<void> {
    const { newHasher, scans, signal } = this.#options;
    for (const [digest, wanted] of this.#wanted) {
      if (this.#seen.has(digest)) continue;
      const kept = await scans?.byBlob(digest);
      if (kept !== undefined) {
        this.#verify(kept);
        continue;
      }
      // A plain layer is what its config says when its digest is right, which the store has seen to.
      const plain = wanted.every(({ diffID }) => diffID === digest);
      if (plain && scans === undefined) continue;
      const source = await from.blob({ digest }, { signal });
      if (source !== undefined) await this.#take(await scanLayer(source, { newHasher, signal }));
    }
  }

  async #take(scan: LayerScan): Promise<void> {
    this.#verify(scan);
    await this.#options.scans?.put(scan);
  }

  #verify({ blobDigest, diffID }: LayerScan): void {
    this.#seen.set(blobDigest, diffID);
    for (const layer of this.#wanted.get(blobDigest) ?? [])
      if (layer.diffID !== undefined && layer.diffID !== diffID) throw wrongLayer(layer, diffID);
  }

  /** `error`, in Docker's words when it is about a layer that is not what its config says. */
  told(error: unknown): unknown {
    if (!isCoreError(error, "digest/mismatch")) return error;
    const { expected, found } = error.detail;
    for (const layers of this.#wanted.values())
      for (const layer of layers)
        if (layer.diffID === expected && error.detail["layer"] === undefined)
          return wrongLayer(layer, typeof found === "string" ? found : undefined);
    return error;
  }
}

function wrongLayer({ index, diffID, digest, path }: WantedLayer, found: string | undefined): CoreError {
  const got =
    found === undefined ? "none, since the layer cannot be decompressed to its end" : JSON.stringify(found);
  return new CoreError(
    "digest/mismatch",
    `invalid diffID for layer ${index}: expected "${diffID}", got ${got}`,
    {
      layer: digest ?? "",
      index,
      path,
      what: "diffID",
      expected: diffID ?? "",
      ...(found === undefined ? {} : { found }),
    },
  );
}
