import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import {
  type Descriptor,
  familiarName,
  formatCanonical,
  formatFamiliar,
  formatPlatform,
  type Platform,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../oci/mod.ts";
import {
  type LocalStore,
  type NameRecord,
  reachAll,
  rememberedReach,
  type TableSnapshot,
  walk,
} from "../store/mod.ts";
import type { CompressLayer } from "./gzip-layer.ts";
import type { PushEvent } from "./push-event.ts";
import {
  compressedImage,
  manifestHere,
  type OutgoingImage,
  otherPlatform,
  outgoingImage,
} from "./push-image.ts";
import type { Registry } from "./registry.ts";
import type { Repository } from "./repository.ts";

/** What {@link planPush} and a push take. */
export interface PushOptions extends ReadOptions {
  /** One image of several, without its index. */
  readonly platform?: Platform | undefined;
  /** Compresses plain layers on the way, as Docker does. Default: layers are pushed as they are stored. */
  readonly compress?: CompressLayer | undefined;
  readonly newHasher?: NewHasher | undefined;
  /** Blobs under way at once. Default: 5, as Docker. */
  readonly concurrency?: number | undefined;
  readonly onEvent?: ((event: PushEvent) => void) | undefined;
}

/** One blob of a push. */
export interface PushPart {
  readonly descriptor: Descriptor;
  /** Of a layer, what it decompresses to. */
  readonly diffID?: Digest | undefined;
  /** `skip`: the registry has it. `mount`: another of its repositories has it, if the registry takes it from there. */
  readonly action: "upload" | "mount" | "skip";
  /** Repositories to mount from, the likeliest first. */
  readonly from: readonly string[];
}

/** What a push would do. */
export interface PushPlan {
  readonly reference: Reference;
  /** What the tag will lead to. */
  readonly root: Descriptor;
  /** Image that is pushed. */
  readonly id: Digest;
  /** Root in the store. */
  readonly local: Descriptor;
  /** Configs and layers. */
  readonly parts: readonly PushPart[];
  /** Bytes of the parts, by what is done with them. */
  readonly bytes: Readonly<Record<PushPart["action"], number>>;
  /** The index that only one platform is pushed of, since the others are neither here nor there. */
  readonly single?: Digest | undefined;
  readonly image: OutgoingImage;
}

/**
 * What pushing an image would upload, mount and skip. Asks the registry for every blob, and changes nothing; compresses plain layers when
 * `compress` is given, since only then their digests are known.
 * @throws CoreError `image/missing` when there is no such name here; `image/platform`; `store/missing`; `registry/*`.
 */
export async function planPush(
  registry: Registry,
  store: LocalStore,
  request: { readonly reference: Reference } & PushOptions,
): Promise<PushPlan> {
  const { reference: given, ...options } = request;
  const reference = withDefaultTag(given);
  const table = await store.table.snapshot();
  const { target, image: id } = nameOf(table, reference);
  const repository = registry.repository(reference);
  const { image: stored, single } = await chosenImage(store, { target, id, reference, repository }, options);
  tellLayers(stored, options);
  if (single !== undefined) {
    const platform = formatPlatform(stored.platform ?? {});
    options.onEvent?.({ kind: "single", platform, index: single });
  }
  const image =
    options.compress === undefined ? stored : await compressedImage(stored, options.compress, options);
  const parts = await partsOf(image, { repository, store, table, options });
  const bytes = { upload: 0, mount: 0, skip: 0 };
  for (const { action, descriptor } of parts) bytes[action] += descriptor.size;
  return {
    reference,
    root: image.root,
    id,
    local: target,
    parts,
    bytes,
    image,
    ...(single === undefined ? {} : { single }),
  };
}

/** @throws CoreError `image/missing` in Docker's words. */
function nameOf({ names }: TableSnapshot, reference: Reference): NameRecord {
  if (reference.digest !== undefined) throw pushError("image/missing", "cannot push a digest reference");
  const found = names.get(formatCanonical(reference));
  if (found !== undefined) return found;
  const { domain, path } = reference;
  const start = formatCanonical({ domain, path });
  const others = [...names.keys()].some(
    (name) => name.startsWith(`${start}:`) || name.startsWith(`${start}@`),
  );
  throw pushError(
    "image/missing",
    others
      ? `tag does not exist: ${formatFamiliar(reference)}`
      : `An image does not exist locally with the tag: ${familiarName(reference)}`,
  );
}

function pushError(code: "image/missing", reason: string): CoreError {
  return new CoreError(code, reason, { reason });
}

/** Docker tells the layers from the top. */
function tellLayers({ layers }: OutgoingImage, { onEvent, concurrency }: PushOptions): void {
  const tell = (state: "preparing" | "waiting", at: readonly OutgoingImage["layers"][number][]): void => {
    for (const { diffID, layer, descriptor } of at)
      onEvent?.({ kind: "layer", diffID, digest: undefined, layer, state, bytes: 0, total: descriptor.size });
  };
  const fromTop = [...layers].reverse();
  tell("preparing", fromTop);
  tell("waiting", fromTop.slice(concurrency ?? PUSH_CONCURRENCY));
}

/** Docker's. */
export const PUSH_CONCURRENCY = 5;

/** The image as a whole; or one of its platforms, when that is asked for or the others are nowhere. */
async function chosenImage(
  store: LocalStore,
  at: {
    readonly target: Descriptor;
    readonly id: Digest;
    readonly reference: Reference;
    readonly repository: Repository;
  },
  options: PushOptions,
): Promise<{ readonly image: OutgoingImage; readonly single?: Digest }> {
  const { target, id, reference, repository } = at;
  const { platform, signal } = options;
  const whole = await outgoingImage(store, target, options);
  if (platform !== undefined) {
    const manifest = await manifestHere(store, target, { platform, image: id, signal });
    if (manifest === undefined)
      throw otherPlatform(formatFamiliar(reference), whole.platform ?? {}, platform);
    return { image: await outgoingImage(store, manifest, options) };
  }
  const blobs = await missingBlobs(store, whole, options);
  const lacking = [...whole.absent, ...blobs];
  const there = await Promise.all(lacking.map((one) => repository.stat(one, options)));
  if (there.every((size) => size !== undefined)) return { image: whole };
  const manifest = await manifestHere(store, target, { image: id, signal });
  if (manifest === undefined || manifest.digest === target.digest) return { image: whole };
  return { image: await outgoingImage(store, manifest, options), single: target.digest };
}

async function missingBlobs(
  store: LocalStore,
  { layers }: OutgoingImage,
  options: ReadOptions,
): Promise<readonly Descriptor[]> {
  const missing: Descriptor[] = [];
  for (const { descriptor } of layers)
    if (descriptor.urls === undefined && (await store.stat(descriptor, options)) === undefined)
      missing.push(descriptor);
  return missing;
}

async function partsOf(
  image: OutgoingImage,
  at: {
    readonly repository: Repository;
    readonly store: LocalStore;
    readonly table: TableSnapshot;
    readonly options: PushOptions;
  },
): Promise<readonly PushPart[]> {
  const { repository, store, table, options } = at;
  const known = await knownPlaces(store, table, repository);
  const parts: PushPart[] = [];
  const add = async (descriptor: Descriptor, stored: Digest, diffID?: Digest): Promise<void> => {
    const more = diffID === undefined ? {} : { diffID };
    if (
      (await repository.stat({ digest: descriptor.digest, size: descriptor.size }, options)) !== undefined
    ) {
      parts.push({ descriptor, ...more, action: "skip", from: [] });
      return;
    }
    if (descriptor.urls !== undefined && (await image.from.stat(descriptor, options)) === undefined) return;
    const from = known.get(stored) ?? [];
    parts.push({ descriptor, ...more, action: from.length > 0 ? "mount" : "upload", from });
  };
  for (const { descriptor, stored, diffID } of image.layers) await add(descriptor, stored, diffID);
  for (const config of await leavesOf(image, options)) await add(config, config.digest);
  return parts;
}

/** Configs, and the blobs of what is no image. */
async function leavesOf(
  { root, from, layers }: OutgoingImage,
  { signal }: ReadOptions,
): Promise<readonly Descriptor[]> {
  const own = new Set(layers.map(({ descriptor }) => descriptor.digest));
  const leaves: Descriptor[] = [];
  for await (const { descriptor, state } of walk(from, root, { signal, leaves: false }))
    if (state === "unasked" && !own.has(descriptor.digest)) leaves.push(descriptor);
  return leaves;
}

/** For every blob here, the other repositories of the same registry that it was pulled from or pushed to: their digest names tell. */
async function knownPlaces(
  store: LocalStore,
  { names }: TableSnapshot,
  { registry, path }: Repository,
): Promise<ReadonlyMap<Digest, readonly string[]>> {
  const places: { readonly path: string; readonly target: Descriptor }[] = [];
  for (const { name, target } of names.values()) {
    if (!name.startsWith(`${registry}/`) || !name.includes("@")) continue;
    const other = parseReference(name);
    if (other.path !== path) places.push({ path: other.path, target });
  }
  const reached = await reachAll(
    rememberedReach(store),
    places.map(({ target }) => target),
  );
  const known = new Map<Digest, string[]>();
  for (const [at, digests] of reached.entries()) {
    for (const digest of digests) {
      const from = known.get(digest) ?? [];
      if (!from.includes(places[at]!.path)) known.set(digest, [...from, places[at]!.path]);
    }
  }
  return known;
}
