import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { storeDocument } from "../image/mod.ts";
import {
  type Descriptor,
  documentKind,
  encodeIndex,
  formatCanonical,
  formatPlatform,
  type ImageConfig,
  type Manifest,
  MEDIA_TYPES,
  type MediaFamily,
  normalizePlatform,
  type Platform,
  parseImageConfig,
  parseReference,
  withDefaultTag,
} from "../oci/mod.ts";
import { editTable, type LocalStore, readDocument, type TableChange, walk } from "../store/mod.ts";

/** One image of an index. */
export interface PlatformImage {
  /** Of its manifest, with its platform. */
  readonly descriptor: Descriptor;
  readonly platform: Platform;
  /** Digest of its config. */
  readonly id: Digest;
}

/** The images under some roots, and what else is there. */
export interface PlatformImages {
  readonly images: readonly PlatformImage[];
  /** Attestations and artifacts of them, as their indexes list them. */
  readonly others: readonly Descriptor[];
  /** Platforms that an index lists and that are not here, as descriptors. */
  readonly missing: readonly Descriptor[];
}

/** What reading and writing indexes takes. */
export interface IndexOptions extends ReadOptions {
  readonly newHasher: NewHasher;
}

const ATTESTATION_OF = "vnd.docker.reference.digest";

/**
 * The images under these roots, indexes and manifests alike, in order, each once.
 * @throws CoreError `store/damaged`; what reading a document throws.
 */
export async function platformImages(
  store: LocalStore,
  roots: readonly Descriptor[],
  options: IndexOptions,
): Promise<PlatformImages> {
  const { signal, newHasher } = options;
  const images = new Map<Digest, PlatformImage>();
  const others = new Map<Digest, Descriptor>();
  const missing = new Map<Digest, Descriptor>();
  for (const root of roots) {
    for await (const node of walk(store, root, { signal, newHasher, leaves: false })) {
      if (node.state === "damaged" && node.problem !== undefined) throw node.problem;
      const { descriptor, document } = node;
      if (node.state === "missing" && documentKind(descriptor.mediaType) !== undefined) {
        missing.set(descriptor.digest, descriptor);
      }
      if (document?.kind !== "manifest") continue;
      const config = isAttestation(descriptor) ? undefined : await configOf(store, document, options);
      if (config === undefined) {
        others.set(descriptor.digest, descriptor);
        continue;
      }
      const platform = normalizePlatform(descriptor.platform ?? config.platform);
      const { mediaType, digest, size, annotations } = descriptor;
      const listed = { mediaType: mediaType || document.mediaType, digest, size, annotations, platform };
      images.set(digest, { descriptor: listed, platform, id: document.config.digest });
    }
  }
  return { images: [...images.values()], others: [...others.values()], missing: [...missing.values()] };
}

const isAttestation = ({ annotations, platform }: Descriptor): boolean =>
  annotations?.has(ATTESTATION_OF) === true || platform?.os === "unknown";

async function configOf(
  store: LocalStore,
  { config }: Manifest,
  options: IndexOptions,
): Promise<ImageConfig | undefined> {
  if (config.mediaType !== MEDIA_TYPES.ociConfig && config.mediaType !== MEDIA_TYPES.dockerConfig)
    return undefined;
  const bytes = await readDocument(store, config, options);
  return bytes && parseImageConfig(bytes, { document: config.digest });
}

/** An index to be made. */
export interface NewIndex {
  readonly images: readonly PlatformImage[];
  /** What else is to be listed; attestations of images that are not among them are left out. */
  readonly others?: readonly Descriptor[] | undefined;
  /** Default: `oci`. */
  readonly family?: MediaFamily | undefined;
  readonly annotations?: ReadonlyMap<string, string> | undefined;
  /** `latest` is added where a tag is missing. */
  readonly names: readonly string[];
}

/**
 * Makes one index of images that are in the store, and names it. In listings it stands for the first of them. The same images give the same
 * index.
 * @throws CoreError `edit/index` when there is no image, or two are of one platform; `oci/reference`, `store/full`.
 */
export async function storeIndex(
  store: LocalStore,
  index: NewIndex,
  { now, ...options }: IndexOptions & { readonly now: number },
): Promise<{ readonly target: Descriptor; readonly id: Digest; readonly names: readonly string[] }> {
  const { images, family = "oci", annotations } = index;
  const first = checkedImages(images);
  const names = index.names.map((text) => formatCanonical(withDefaultTag(parseReference(text))));
  const subjects = new Set(images.map(({ descriptor }) => descriptor.digest));
  const others = (index.others ?? []).filter((one) => {
    const subject = one.annotations?.get(ATTESTATION_OF);
    return subject === undefined || [...subjects].some((digest) => digest === subject);
  });
  const mediaType = family === "oci" ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.dockerList;
  const manifests = [...images.map(({ descriptor }) => descriptor), ...others];
  const bytes = encodeIndex({ mediaType, manifests, annotations });
  const lease = await store.lease(first.id);
  try {
    await lease.pin(manifests.map(({ digest }) => digest));
    const target = await storeDocument(store, { bytes, mediaType }, { ...options, lease });
    await editTable(store.table, (table) => {
      const known = table.images.get(first.id);
      const record = {
        id: first.id,
        // An image that was kept by its manifest alone is from now on one of several.
        target: known === undefined || subjects.has(known.target.digest) ? target : known.target,
        parent: known?.parent,
        lastTaggedAt: names.length > 0 ? now : known?.lastTaggedAt,
      };
      const changes: TableChange[] = [{ kind: "image", id: first.id, record }];
      for (const name of names)
        changes.push({ kind: "name", name, record: { name, target, image: first.id } });
      return { changes };
    });
    return { target, id: first.id, names };
  } finally {
    await lease.release();
  }
}

function checkedImages(images: readonly PlatformImage[]): PlatformImage {
  const [first] = images;
  if (first === undefined) {
    throw new CoreError("edit/index", "Cannot make an index: found no image, expected at least one", {});
  }
  const seen = new Map<string, Digest>();
  for (const { platform, descriptor } of images) {
    const text = formatPlatform(platform);
    const other = seen.get(text);
    if (other !== undefined) {
      throw new CoreError(
        "edit/index",
        `Cannot make an index: ${other} and ${descriptor.digest} are both ${text}, expected one image a platform`,
        { platform: text, digest: descriptor.digest },
      );
    }
    seen.set(text, descriptor.digest);
  }
  return first;
}
