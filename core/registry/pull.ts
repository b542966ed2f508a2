import { type ReadOptions, sourceOf } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import {
  type Descriptor,
  isForeignLayerType,
  type Platform,
  parseManifest,
  type Reference,
  withDefaultTag,
} from "../oci/mod.ts";
import {
  type BlobReader,
  copy,
  type LayerScans,
  type LocalStore,
  type MoveLayer,
  walk,
} from "../store/mod.ts";
import type { PullEvent } from "./pull-event.ts";
import { PullLayers } from "./pull-layers.ts";
import { lookAfter, movePulled } from "./pull-move.ts";
import { nameRemoteImage } from "./pull-name.ts";
import type { Registry } from "./registry.ts";
import {
  isImageEntry,
  openRemoteImage,
  openVariant,
  type RemoteImage,
  type RemoteVariant,
} from "./remote-image.ts";
import type { Repository } from "./repository.ts";

/** What {@link pullImage} takes. */
export interface PullOptions extends ReadOptions {
  readonly newHasher: NewHasher;
  /** Which image of several. Default: linux/amd64. */
  readonly platform?: Platform | undefined;
  /** All of several, with whatever else their index names. The name then means the image of `platform`, if there is one. */
  readonly allPlatforms?: boolean | undefined;
  /** Every tag of the repository, in the registry's order. */
  readonly allTags?: boolean | undefined;
  /**
   * What a tag leads to, as somebody says who is believed more than the registry: the image of that digest is pulled by the tag then. `undefined`
   * where nobody can say. Default: the registry says.
   */
  readonly expected?: ((reference: Reference) => Promise<Digest | undefined>) | undefined;
  /** Where scans of layers go. */
  readonly scans?: LayerScans | undefined;
  /** Brings one layer over and scans it: a place to look at its bytes as they pass. Default: {@link moveLayer}. */
  readonly moveLayer?: MoveLayer | undefined;
  /** Layers under way at once. Default: 3, as Docker. */
  readonly concurrency?: number | undefined;
  /** Ranges of one large layer at once, where the registry gives ranges. Default: 3. */
  readonly ranges?: number | undefined;
  /** Bytes of one such range. */
  readonly window?: number | undefined;
  readonly onEvent?: ((event: PullEvent) => void) | undefined;
}

/** An image that was pulled. */
export interface PulledImage {
  /** By what it was asked for, in full. */
  readonly reference: Reference;
  /** Digest of the config. */
  readonly id: Digest;
  /** What the registry calls by the reference: manifest or index. */
  readonly digest: Digest;
  /** Manifest or index in the store that the names lead to. */
  readonly root: Descriptor;
  /** In full. */
  readonly names: readonly string[];
  /** `Downloaded newer image`; otherwise it `is up to date`. */
  readonly newer: boolean;
  /** What its config says it runs on: a single image is given for every platform that is asked for. */
  readonly platform: Platform;
  /** Bytes that came. */
  readonly moved: number;
  /** Bytes that were there before. */
  readonly present: number;
}

/** Docker's. */
const CONCURRENCY = 3;
const RANGES = 3;

/**
 * Pulls as `docker pull` does: gives the images, one without `allTags`. Every byte is checked as it comes, layers are scanned in the same pass; the
 * names are set last, so that a name leads to an image that is whole. Broken off it leaves what has come, and the next pull
 * goes on from there, byte by byte. An image that is there already, by its config, is not fetched again under whatever compression.
 * Holds the documents of one image, a chunk and a scan per layer under way, and the ranges that are ahead of their turn (8 MiB a layer).
 * @throws CoreError `registry/*`, `image/platform`, `oci/*`, `digest/mismatch`, `store/full`. {@link dockerReason} has Docker's words.
 */
export async function pullImage(
  registry: Registry,
  store: LocalStore,
  request: { readonly reference: Reference } & PullOptions,
): Promise<readonly PulledImage[]> {
  const { reference, ...options } = request;
  const repository = registry.repository(reference);
  const pulled: PulledImage[] = [];
  const job: Job = { registry, repository, store, options };
  if (options.allTags !== true) return [await pullOne(job, withDefaultTag(reference))];
  for (const tag of await allTags(repository, options)) {
    options.signal?.throwIfAborted();
    pulled.push(await pullOne(job, { domain: reference.domain, path: reference.path, tag }));
  }
  return pulled;
}

async function allTags(repository: Repository, options: ReadOptions): Promise<readonly string[]> {
  const tags: string[] = [];
  for await (const page of repository.tags(options)) for (const tag of page) tags.push(tag);
  return tags;
}

interface Job {
  readonly registry: Registry;
  readonly repository: Repository;
  readonly store: LocalStore;
  readonly options: PullOptions;
}

async function pullOne(job: Job, reference: Reference): Promise<PulledImage> {
  const { repository, store, options } = job;
  const digestOf = reference.digest ?? (await options.expected?.(reference));
  const image = await openRemoteImage(repository, digestOf ?? reference.tag ?? "latest", options);
  const { variant, root } = image;
  const { digest } = root;
  options.onEvent?.({ kind: "image", reference, digest });
  const done = async (kept: Descriptor, moved: number, present: number): Promise<PulledImage> => {
    const { id, config } = variant;
    const named = await nameRemoteImage(store.table, { id, root: kept, digest, reference });
    options.onEvent?.({ kind: "done", reference, digest });
    return { reference, id, digest, root: kept, ...named, platform: config.platform, moved, present };
  };
  const here = await blobsHere(store, [variant], options);
  const known = (await store.table.snapshot()).images.get(variant.id);
  const complete = variant.manifest.layers.every((layer) => here.has(layer.digest));
  if (
    known !== undefined &&
    !complete &&
    options.allPlatforms !== true &&
    (await isWhole(store, known.target, variant.id))
  )
    return done(known.target, 0, 0);
  return fetchImage(job, { image, quiet: known !== undefined && complete, done });
}

/** Brings over what is missing of an image. */
async function fetchImage(
  { registry, repository, store, options }: Job,
  order: {
    readonly image: RemoteImage;
    /** It is only named anew: nothing is told of its layers. */
    readonly quiet: boolean;
    readonly done: (root: Descriptor, moved: number, present: number) => Promise<PulledImage>;
  },
): Promise<PulledImage> {
  const { image, quiet, done } = order;
  const { root, variant } = image;
  const most = registry.transport(repository.registry).limits.documents;
  const variants =
    options.allPlatforms === true ? await allVariants(repository, image, { ...options, most }) : [variant];
  const chosen = new Set(image.chain);
  const concurrency = options.concurrency ?? CONCURRENCY;
  const silent = quiet && options.allPlatforms !== true;
  const layers = new PullLayers(variants, (event) => silent || options.onEvent?.(event));
  layers.begin(await blobsHere(store, variants, options), concurrency);
  const from = reader(repository, variants, { layers, options });
  let pulled: PulledImage | undefined;
  const totals = { moved: 0, present: 0 };
  const seen = new Map<Digest, Digest | undefined>();
  await copy({ from, to: store }, root, {
    signal: options.signal,
    concurrency,
    ...(options.allPlatforms === true ? {} : { select: (child) => chosen.has(child.digest) }),
    move: (move) => movePulled(move, { store, layers, options, seen }),
    onProgress({ kind, descriptor, state, bytes, resumedFrom }) {
      const { digest } = descriptor;
      if (state === "done" || state === "present") {
        totals.present += resumedFrom;
        totals.moved += descriptor.size - resumedFrom;
        if (kind === "layer") layers.arrived(digest);
      } else if (state === "copying" && kind === "layer") layers.progress(digest, bytes, resumedFrom);
    },
    async name() {
      if (!silent) await lookAfter(variants, { store, options, seen });
      pulled = await done(root, totals.moved, totals.present);
    },
  });
  if (pulled === undefined) throw new TypeError("copy ends by naming");
  return pulled;
}

/** The images of an index that can run, the chosen one first, each once. @throws CoreError `bytes/limit` when their documents are too large. */
async function allVariants(
  repository: Repository,
  { index, variant }: RemoteImage,
  options: PullOptions & { readonly most: number },
): Promise<readonly RemoteVariant[]> {
  const variants = [variant];
  const seen = new Set([variant.descriptor.digest]);
  let held = 0;
  for (const descriptor of index?.manifests.filter(isImageEntry) ?? []) {
    if (seen.has(descriptor.digest)) continue;
    seen.add(descriptor.digest);
    const { bytes } = await repository.manifest(descriptor.digest, options);
    const document = parseManifest(bytes, { document: descriptor.digest, mediaType: descriptor.mediaType });
    if (document.kind !== "manifest") continue;
    held += bytes.length + document.config.size;
    if (held > options.most)
      throw new CoreError(
        "bytes/limit",
        `Cannot pull all platforms: their manifests and configs have more than ${options.most} bytes`,
        { limit: options.most },
      );
    try {
      variants.push(await openVariant(repository, { descriptor, manifest: document }, options));
    } catch (error) {
      // Something else among the images: it is copied, and not taken apart.
      if (!isCoreError(error, "registry/artifact") && !isCoreError(error, "oci/document")) throw error;
    }
  }
  return variants;
}

/** The repository, with the configs that have been read and with layers by ranges; layers that are kept elsewhere count as missing here. */
function reader(
  repository: Repository,
  variants: readonly RemoteVariant[],
  { layers, options }: { readonly layers: PullLayers; readonly options: PullOptions },
): BlobReader {
  const configs = new Map(variants.map(({ id, configBytes }) => [id, configBytes]));
  return {
    stat: (ref, how) => repository.stat(ref, how),
    async blob(ref, how = {}) {
      const config = configs.get(ref.digest);
      if (config !== undefined) return sourceOf(config);
      if (isForeignLayerType(ref.mediaType ?? "") && (await repository.stat(ref, how)) === undefined)
        return undefined;
      return repository.blob(ref, {
        ...how,
        ranges: options.ranges ?? RANGES,
        window: options.window,
        onWait: ({ ms }) => layers.retrying(ref.digest, Math.ceil(ms / 1000)),
      });
    },
  };
}

/** The configs and layers that are there. */
async function blobsHere(
  store: LocalStore,
  variants: readonly RemoteVariant[],
  options: ReadOptions,
): Promise<ReadonlySet<Digest>> {
  const here = new Set<Digest>();
  for (const { manifest } of variants)
    for (const { digest } of [manifest.config, ...manifest.layers])
      if ((await store.stat({ digest }, options)) !== undefined) here.add(digest);
  return here;
}

/** Whether everything of the image with this config is there under a root. */
async function isWhole(store: LocalStore, root: Descriptor, id: Digest): Promise<boolean> {
  for await (const { document } of walk(store, root, { leaves: false })) {
    if (document?.kind !== "manifest" || document.config.digest !== id) continue;
    const parts = [document.config, ...document.layers];
    const sizes = await Promise.all(parts.map((part) => store.stat(part)));
    if (sizes.every((size, at) => size !== undefined || isForeignLayerType(parts[at]!.mediaType)))
      return true;
  }
  return false;
}
