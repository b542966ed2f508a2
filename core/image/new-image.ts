import { type Bytes, type ReadOptions, sourceOf } from "../bytes/mod.ts";
import { type Digest, type NewHasher, sha256Digest } from "../digest/mod.ts";
import {
  type Descriptor,
  encodeManifest,
  formatCanonical,
  type ImageConfig,
  layerTypeIn,
  MEDIA_TYPES,
  type MediaFamily,
  parseImageConfig,
  parseReference,
  withDefaultTag,
} from "../oci/mod.ts";
import { editTable, type ImageRecord, type Lease, type LocalStore, type TableChange } from "../store/mod.ts";
import { storeBlob } from "./layer-store.ts";

/** An image to be made, whose layers are in the store already. */
export interface NewImage {
  /** Kept byte for byte; its digest is the image's ID. */
  readonly config: Uint8Array;
  /** As the manifest lists them, from the base up: one for each diff ID of the config. */
  readonly layers: readonly Descriptor[];
  /** Whose media types documents and layers are to have. Default: `oci`. */
  readonly family?: MediaFamily | undefined;
  readonly annotations?: ReadonlyMap<string, string> | undefined;
  /** What it is to be called; `latest` is added where a tag is missing. Another image of that name loses it. */
  readonly names?: readonly string[] | undefined;
  /** Image that it was made from on this machine. */
  readonly parent?: Digest | undefined;
}

/** What {@link storeImage} takes. */
export interface StoreImageOptions extends ReadOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly newHasher?: NewHasher | undefined;
  /** On which the layers are pinned. It is not released. */
  readonly lease?: Lease | undefined;
}

/** An image that was made. */
export interface MadeImage {
  readonly record: ImageRecord;
  readonly config: ImageConfig;
}

/**
 * Writes config and manifest of an image whose layers are there, and then names it, in one step: what was named before is either as it was,
 * or gone to the new image. The same parts give the same image.
 * @throws CoreError `oci/*` when the config or a name cannot be read, `store/full`; RangeError when layers and diff IDs are not as many.
 */
export async function storeImage(
  store: LocalStore,
  image: NewImage,
  options: StoreImageOptions,
): Promise<MadeImage> {
  const { newHasher, signal } = options;
  const { manifest, described, target } = encodeImage(image, newHasher);
  const id = described.digest;
  const config = parseImageConfig(image.config, { document: id });
  if (config.diffIDs.length !== image.layers.length) {
    throw new RangeError(`${image.layers.length} layers cannot have ${config.diffIDs.length} diff IDs`);
  }
  const names = (image.names ?? []).map((text) => formatCanonical(withDefaultTag(parseReference(text))));
  const lease = options.lease ?? (await store.lease(id));
  try {
    await lease.pin(image.layers.map(({ digest }) => digest));
    const writing = { newHasher, signal, lease };
    await storeBlob(store, described, { ...writing, source: sourceOf(image.config) });
    await storeBlob(store, target, { ...writing, source: sourceOf(manifest) });
    const { record } = await editTable(store.table, ({ images }) => {
      const known = images.get(id);
      const made: ImageRecord = {
        id,
        target: known?.target ?? target,
        parent: known?.parent ?? image.parent,
        lastTaggedAt: names.length > 0 ? options.now : known?.lastTaggedAt,
      };
      const changes: TableChange[] = [{ kind: "image", id, record: made }];
      for (const name of names) changes.push({ kind: "name", name, record: { name, target, image: id } });
      return { changes, record: made };
    });
    return { record, config };
  } finally {
    if (options.lease === undefined) await lease.release();
  }
}

/**
 * Layers as a manifest of one family lists them: readers other than Docker refuse a manifest in the words of both. Where Docker has no word for one of
 * them (zstd), all are OCI's.
 */
export function inFamily(
  layers: readonly Descriptor[],
  wanted: MediaFamily = "oci",
): { readonly family: MediaFamily; readonly layers: readonly Descriptor[] } {
  const family = layers.every(({ mediaType }) => layerTypeIn(wanted, mediaType) !== undefined)
    ? wanted
    : "oci";
  const typed = layers.map((layer) => {
    const mediaType = layerTypeIn(family, layer.mediaType) ?? layer.mediaType;
    return mediaType === layer.mediaType ? layer : { ...layer, mediaType };
  });
  return { family, layers: typed };
}

/** The manifest of an image that is to be stored, and the descriptors of both documents. Stores nothing. */
export function encodeImage(
  image: Pick<NewImage, "config" | "layers" | "family" | "annotations">,
  newHasher?: NewHasher,
): { readonly manifest: Bytes; readonly described: Descriptor; readonly target: Descriptor } {
  const { family, layers } = inFamily(image.layers, image.family);
  const types = TYPES[family];
  const describe = (mediaType: string, bytes: Uint8Array): Descriptor => ({
    mediaType,
    digest: sha256Digest(bytes, newHasher),
    size: bytes.length,
  });
  const described = describe(types.config, image.config);
  const { annotations } = image;
  const manifest = encodeManifest({ mediaType: types.manifest, config: described, layers, annotations });
  return { manifest, described, target: describe(types.manifest, manifest) };
}

const TYPES = {
  oci: { manifest: MEDIA_TYPES.ociManifest, config: MEDIA_TYPES.ociConfig },
  docker: { manifest: MEDIA_TYPES.dockerManifest, config: MEDIA_TYPES.dockerConfig },
} as const;
