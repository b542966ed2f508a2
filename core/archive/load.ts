import { type Source, sourceOf } from "../bytes/mod.ts";
import { type Digest, isDigest } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { Descriptor, Platform } from "../oci/mod.ts";
import { type BlobReader, copy, type LocalStore } from "../store/mod.ts";
import { scanLayer } from "../tree/mod.ts";
import { makeManifest } from "./load-manifest.ts";
import { linkParents, nameImage } from "./load-name.ts";
import type { LoadOptions } from "./load-options.ts";
import { type LoadPlan, planLoad } from "./load-plan.ts";
import { childChoice } from "./load-select.ts";
import { LayerWatch } from "./load-watch.ts";
import { openArchive } from "./open.ts";
import { errorOf } from "./problem.ts";
import { archiveBlobs, blobsOf } from "./store.ts";
import type { Archive, ArchiveImage, ArchiveLayer } from "./types.ts";

/** An image that was loaded. */
export interface LoadedImage {
  /** Digest of its config. */
  readonly id: Digest;
  /** Manifest or index that it is kept by. */
  readonly root: Descriptor;
  /** Its names in full, as they stand in the table. */
  readonly names: readonly string[];
}

/** What {@link loadArchive} did. */
export interface LoadResult {
  /** What `docker load` prints. */
  readonly lines: readonly string[];
  readonly images: readonly LoadedImage[];
  /** Bytes that were stored. */
  readonly moved: number;
  /** Bytes that were there before. */
  readonly present: number;
  /** What the archive does not have and an image may lack: other platforms, layers that are to be had elsewhere. */
  readonly left: readonly Descriptor[];
}

const HOST: Platform = { os: "linux", architecture: "amd64" };

/**
 * Loads an archive as `docker load` does, of every layout: image by image, its layers first, its names last, so that what broke off
 * leaves whole images and what has arrived of the next; another load goes on from there. A layer is read once for digest, diff ID, table and
 * storing, twice when it is compressed and the archive does not say its digest; it is stored as it came. A multi-platform image stays whole
 * under its index. Holds the tables of the archive, and a chunk and a scan per layer under way.
 * @throws CoreError with Docker's words where Docker refuses: `digest/mismatch` (`invalid diffID for layer 0: …`), `archive/layout`,
 * `archive/missing`, `oci/reference`; `archive/unrecognized`; `store/full`.
 */
export async function loadArchive(
  from: Source | Archive,
  store: LocalStore,
  options: LoadOptions,
): Promise<LoadResult> {
  const archive =
    "kind" in from ? from : await openArchive(from, { newHasher: options.newHasher, signal: options.signal });
  if (archive.kind === "rootfs" || archive.kind === "layer") {
    throw new CoreError(
      "archive/unrecognized",
      "Cannot load archive: unrecognized image format; it is a file system without an image, which can be imported",
      { kind: archive.kind },
    );
  }
  const blobs = archiveBlobs(archive);
  const platform = options.only ?? options.platform ?? HOST;
  const plans = await planLoad(archive, { blobs, platform, only: options.only !== undefined });
  if (plans.length === 0 && archive.images.length === 0) {
    const why = archive.problems.find(({ code }) => code !== "archive/duplicate");
    if (why !== undefined && archive.documents.manifest === undefined) throw errorOf(why);
  }
  const job: Job = { archive, blobs, store, options, plans };
  const loaded: (LoadedImage & Outcome)[] = [];
  for (const at of plans.keys()) loaded.push(await loadOne(job, at));
  await linkParents(
    store.table,
    plans.map(({ image }, at) => ({
      id: loaded[at]!.id,
      parent: image.parent,
      diffIDs: loaded[at]!.diffIDs,
    })),
  );
  return {
    lines: linesOf(archive, loaded),
    images: loaded.map(({ id, root, names }) => ({ id, root, names })),
    moved: loaded.reduce((sum, { moved }) => sum + moved, 0),
    present: loaded.reduce((sum, { present }) => sum + present, 0),
    left: loaded.flatMap(({ left }) => left),
  };
}

interface Job {
  readonly archive: Archive;
  readonly blobs: BlobReader;
  readonly store: LocalStore;
  readonly options: LoadOptions;
  readonly plans: readonly LoadPlan[];
}

interface Outcome {
  readonly lines: readonly string[];
  readonly diffIDs: readonly Digest[];
  readonly moved: number;
  readonly present: number;
  readonly left: readonly Descriptor[];
}

async function loadOne(job: Job, at: number): Promise<LoadedImage & Outcome> {
  const { archive, store, options, plans } = job;
  const plan = plans[at]!;
  const { image } = plan;
  refuse(image);
  const place = { image: at, images: plans.length };
  const watch = new LayerWatch({ ...options, place });
  const { id, root, from } = plan.root === undefined ? await made(job, plan, watch) : found(job, plan, watch);
  let named = { names: [] as readonly string[], lines: [] as readonly string[] };
  try {
    const result = await copy({ from, to: store }, root, {
      signal: options.signal,
      concurrency: options.concurrency,
      select: await childChoice(archive, job.blobs, { only: options.only, named: image.manifest?.digest }),
      move: (move) => watch.move(move),
      onProgress({ descriptor: { digest }, ...progress }) {
        options.onProgress?.({ ...progress, ...place, digest, diffID: watch.diffIDOf(digest) });
      },
      async name() {
        await watch.finish(from);
        named = await nameImage(store.table, { id, root, names: plan.names });
      },
    });
    return { id, root, ...named, diffIDs: watch.diffIDs, ...result };
  } catch (error) {
    const told = isCoreError(error, "store/missing") ? (lacking(image) ?? error) : watch.told(error);
    if (isCoreError(told) && told.code !== "store/full") await forget(store, root, told);
    throw told;
  }
}

/** What Docker looks at before it reads a layer. */
function refuse({ config, description, layers, problems }: ArchiveImage): void {
  // What stands twice is no reason, only a note.
  const first = problems.find(({ code }) => code !== "archive/duplicate") ?? problems[0];
  if (config === undefined && description === undefined && first !== undefined) throw errorOf(first);
  if (config !== undefined && description === undefined && config.diffIDs.length !== layers.length)
    throw errorOf(problems.find(({ code }) => code === "archive/layout") ?? first!);
}

/** What of an image the archive lacks, in the archive's own words. */
function lacking({ problems }: ArchiveImage): CoreError | undefined {
  const missing = problems.find(({ code }) => code === "archive/missing" || code === "tar/truncated");
  return missing && errorOf(missing);
}

interface Rooted {
  readonly id: Digest;
  readonly root: Descriptor;
  readonly from: BlobReader;
}

/** An image with its manifest in the archive. */
function found(job: Job, { image, images, root }: LoadPlan, watch: LayerWatch): Rooted {
  for (const one of images) watch.expect(one.layers, one === image);
  return { id: image.id!, root: root!, from: job.blobs };
}

/** An image whose manifest is made here. */
async function made(job: Job, plan: LoadPlan, watch: LayerWatch): Promise<Rooted> {
  const { newHasher, signal } = job.options;
  const image = await completed(plan.image, job);
  const { id, config, root, manifest, layers } = await makeManifest(image, {
    newHasher,
    scan(layer, source) {
      const onProgress = (bytes: number): void => watch.reading(layer, bytes);
      return scanLayer(source, { newHasher, signal, onProgress });
    },
  });
  const blobs = new Map<Digest, Source>(layers.map(({ descriptor, source }) => [descriptor.digest, source]));
  blobs.set(id, sourceOf(config)).set(root.digest, sourceOf(manifest));
  watch.expect(
    layers.map(({ descriptor, diffID, scan }, index) => ({
      index,
      digest: descriptor.digest,
      diffID: image.layers[index]?.diffID ?? diffID,
      path: image.layers[index]?.path ?? "",
      scan,
    })),
    true,
  );
  return { id, root, from: blobsOf(blobs) };
}

/** The image with the plain layers that the store has, whatever the archive has for them: Docker does not read what it knows either. */
async function completed(image: ArchiveImage, { store, options }: Job): Promise<ArchiveImage> {
  const layers: ArchiveLayer[] = [];
  for (const layer of image.layers) {
    const { diffID } = layer;
    const kept =
      diffID === undefined ? undefined : await store.blob({ digest: diffID }, { signal: options.signal });
    layers.push(kept === undefined ? layer : { ...layer, source: kept, size: kept.size, digest: diffID });
  }
  return { ...image, layers };
}

/** After a failure that trying again will not mend: the next sweep takes what came of the image. */
async function forget(store: LocalStore, root: Descriptor, { detail }: CoreError): Promise<void> {
  const { layer } = detail;
  if (typeof layer === "string" && isDigest(layer)) await store.discard(layer);
  const lease = await store.lease(root.digest);
  await lease.release();
}

/** Docker names the IDs only where the last image of the archive has no name, and then all; of a layout, those without a name. */
function linesOf(archive: Archive, loaded: readonly (LoadedImage & Outcome)[]): string[] {
  const ids = (of: readonly LoadedImage[]): string[] => of.map(({ id }) => `Loaded image ID: ${id}`);
  if (archive.kind === "docker-v1") return [];
  if (archive.kind === "oci-layout")
    return loaded.flatMap((image) => (image.names.length === 0 ? ids([image]) : image.lines));
  const lines = loaded.flatMap((image) => image.lines);
  return loaded.at(-1)?.names.length === 0 ? [...lines, ...ids(loaded)] : lines;
}
