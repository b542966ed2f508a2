import { type Bytes, pump, type ReadOptions, type Source, sourceOf } from "../bytes/mod.ts";
import { SNIFF_BYTES, sniffCompression } from "../compression/mod.ts";
import { type Digest, type NewHasher, newSha256, sha256Digest, verifying } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import {
  choosePlatform,
  type Descriptor,
  formatPlatform,
  type ImageConfig,
  isImageConfigType,
  type Manifest,
  MEDIA_TYPES,
  type Platform,
  parseImageConfig,
  parseManifest,
  platformRank,
} from "../oci/mod.ts";
import { type BlobReader, type GraphNode, readDocument, walk } from "../store/mod.ts";
import type { CompressLayer } from "./gzip-layer.ts";

/** A layer as it is pushed. */
export interface OutgoingLayer {
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
  /** From 0 at the base. */
  readonly layer: number;
  /** What it is called in the store, where it is compressed on the way. */
  readonly stored: Digest;
}

/** What a push moves. */
export interface OutgoingImage {
  readonly root: Descriptor;
  readonly rootBytes: Bytes;
  /** Layers of all its images, each blob once. */
  readonly layers: readonly OutgoingLayer[];
  /** Everything under the root, as far as it is here. */
  readonly from: BlobReader;
  /** What is not here: manifests of other platforms, and configs. */
  readonly absent: readonly Descriptor[];
  /** Platform of the one image, where it is one. */
  readonly platform: Platform | undefined;
}

/** Everything under a root in the store, to be pushed as it stands. @throws CoreError `store/missing`, `store/damaged`, `digest/mismatch`. */
export async function outgoingImage(
  store: BlobReader,
  root: Descriptor,
  options: ReadOptions = {},
): Promise<OutgoingImage> {
  const nodes: GraphNode[] = [];
  const absent: Descriptor[] = [];
  for await (const node of walk(store, root, { ...options, leaves: false })) {
    if (node.state === "missing" && node.depth > 0) absent.push(node.descriptor);
    else if (
      node.state === "missing" ||
      node.state === "damaged" ||
      (node.depth === 0 && node.problem !== undefined)
    )
      throw node.problem ?? notHere(node.descriptor);
    else nodes.push(node);
  }
  const layers = new Map<Digest, OutgoingLayer>();
  let platform: Platform | undefined;
  for (const { document } of nodes) {
    if (document?.kind !== "manifest" || !isImageConfigType(document.config.mediaType)) continue;
    const config = await readConfig(store, document, options);
    if (config === undefined) {
      absent.push(document.config);
      continue;
    }
    platform ??= config.platform;
    for (const [layer, descriptor] of document.layers.entries()) {
      const { digest } = descriptor;
      if (!layers.has(digest))
        layers.set(digest, { descriptor, diffID: config.diffIDs[layer] ?? digest, layer, stored: digest });
    }
  }
  const bytes = nodes[0]?.bytes;
  if (bytes === undefined) throw notHere(root);
  const mediaType = nodes[0]?.document?.mediaType ?? root.mediaType;
  return {
    root: { mediaType, digest: root.digest, size: bytes.length },
    rootBytes: bytes,
    layers: [...layers.values()],
    from: store,
    absent,
    platform,
  };
}

/** The manifest of a platform under a root that is in the store, whole. `undefined` when there is none. */
export async function manifestHere(
  store: BlobReader,
  root: Descriptor,
  {
    platform,
    image,
    signal,
  }: ReadOptions & { readonly platform?: Platform | undefined; readonly image: Digest },
): Promise<Descriptor | undefined> {
  const found: { readonly descriptor: Descriptor; readonly platform: Platform; readonly own: boolean }[] = [];
  for await (const { descriptor, document } of walk(store, root, { signal, leaves: false })) {
    if (document?.kind !== "manifest" || !isImageConfigType(document.config.mediaType)) continue;
    const config = await readConfig(store, document, { signal });
    if (config === undefined) continue;
    const { mediaType } = document;
    const { digest, size } = descriptor;
    found.push({
      descriptor: { mediaType, digest, size },
      platform: config.platform,
      own: document.config.digest === image,
    });
  }
  if (platform === undefined) return (found.find(({ own }) => own) ?? found[0])?.descriptor;
  const fitting = found.filter((one) => platformRank(platform, one.platform) !== undefined);
  const at = choosePlatform(
    platform,
    fitting.map((one) => one.platform),
  );
  return at === undefined ? undefined : fitting[at]?.descriptor;
}

async function readConfig(
  store: BlobReader,
  { config }: Manifest,
  options: ReadOptions,
): Promise<ImageConfig | undefined> {
  const bytes = await readDocument(store, config, options);
  return bytes === undefined ? undefined : parseImageConfig(bytes, { document: config.digest });
}

/**
 * The same image with its plain layers in gzip, as Docker pushes them: its config as it is, its manifest written anew in Docker's form. An image
 * without plain layers, or with other platforms beside it, stays as it is.
 * @throws CoreError `digest/mismatch` when a layer in the store is not what it is called.
 */
export async function compressedImage(
  image: OutgoingImage,
  compress: CompressLayer,
  options: ReadOptions & {
    readonly newHasher?: NewHasher | undefined;
    readonly onLayer?: ((layer: OutgoingLayer) => void) | undefined;
  } = {},
): Promise<OutgoingImage> {
  const document = parseManifest(image.rootBytes, {
    document: image.root.digest,
    mediaType: image.root.mediaType,
  });
  if (document.kind !== "manifest") return image;
  const made = new Map<Digest, { readonly descriptor: Descriptor; readonly source: Source | undefined }>();
  for (const layer of image.layers) {
    const { descriptor } = layer;
    const source = await image.from.blob(descriptor, options);
    if (source === undefined) {
      made.set(descriptor.digest, { descriptor, source });
      continue;
    }
    const head = new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer());
    const kind = sniffCompression(head);
    if (kind !== "none") {
      made.set(descriptor.digest, {
        descriptor: { ...descriptor, mediaType: LAYER_TYPES.get(kind) ?? descriptor.mediaType },
        source,
      });
      continue;
    }
    options.onLayer?.(layer);
    const squeezed = await compress(checking(source, descriptor, options.newHasher), options);
    const digest = await digestOf(squeezed, options);
    made.set(descriptor.digest, {
      descriptor: { mediaType: DOCKER_GZIP, digest, size: squeezed.size },
      source: squeezed,
    });
  }
  if ([...made].every(([digest, { descriptor }]) => descriptor.digest === digest)) return image;
  const layers = document.layers.map(
    ({ digest, ...rest }) => made.get(digest)?.descriptor ?? { digest, ...rest },
  );
  const bytes = dockerManifest(document.config, layers);
  const root = {
    mediaType: MEDIA_TYPES.dockerManifest,
    digest: sha256Digest(bytes, options.newHasher),
    size: bytes.length,
  };
  const sources = new Map<Digest, Source>([[root.digest, sourceOf(bytes)]]);
  for (const { descriptor, source } of made.values())
    if (source !== undefined) sources.set(descriptor.digest, source);
  const from: BlobReader = {
    stat: async (ref, how) => sources.get(ref.digest)?.size ?? image.from.stat(ref, how),
    blob: async (ref, how) => sources.get(ref.digest) ?? image.from.blob(ref, how),
  };
  return {
    ...image,
    root,
    rootBytes: bytes,
    from,
    layers: image.layers.map((layer) => ({
      ...layer,
      descriptor: made.get(layer.stored)?.descriptor ?? layer.descriptor,
    })),
  };
}

const DOCKER_GZIP = `${MEDIA_TYPES.dockerLayer}.gzip`;
const LAYER_TYPES: ReadonlyMap<string, string> = new Map([
  ["gzip", DOCKER_GZIP],
  ["zstd", `${MEDIA_TYPES.dockerLayer}.zstd`],
]);

/** A manifest byte for byte as Docker writes it. */
export function dockerManifest(config: Descriptor, layers: readonly Descriptor[]): Bytes {
  const said = (mediaType: string, { size, digest }: Descriptor): unknown => ({ mediaType, size, digest });
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.dockerManifest,
    config: said(MEDIA_TYPES.dockerConfig, config),
    layers: layers.map((layer) => said(layer.mediaType, layer)),
  };
  return new TextEncoder().encode(JSON.stringify(manifest, undefined, 3));
}

/** A source that ends with an error when its bytes are not those of `descriptor`. */
function checking(source: Source, descriptor: Descriptor, newHasher: NewHasher | undefined): Source {
  return {
    ...plain(source),
    stream() {
      const verifier = verifying(descriptor.digest, descriptor.size, newHasher);
      return source.stream().pipeThrough(
        new TransformStream<Bytes, Bytes>({
          transform(chunk, controller) {
            verifier.push(chunk);
            controller.enqueue(chunk);
          },
          flush: () => verifier.end(),
        }),
      );
    },
  };
}

/** The members of a source whose members stand on its prototype, as those of a Blob do. */
function plain(source: Source): Omit<Source, "stream"> {
  return {
    size: source.size,
    slice: (from, to) => source.slice(from, to),
    arrayBuffer: () => source.arrayBuffer(),
  };
}

async function digestOf(
  source: Source,
  options: ReadOptions & { readonly newHasher?: NewHasher | undefined },
): Promise<Digest> {
  const hasher = (options.newHasher ?? newSha256)();
  await pump(source, (chunk) => hasher.update(chunk), options);
  return `sha256:${hasher.hex()}`;
}

function notHere({ digest }: Descriptor): CoreError {
  return new CoreError("store/missing", `Cannot push ${digest}: it is not here`, { digest });
}

/** Docker's note where the platform that was asked for is not the image's. */
export function otherPlatform(shown: string, found: Platform, wanted: Platform): CoreError {
  const reason = `image with reference ${shown} was found but its platform (${formatPlatform(found)}) does not match the specified platform (${formatPlatform(wanted)})`;
  return new CoreError("image/platform", reason, { reason });
}
