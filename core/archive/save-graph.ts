import type { ReadOptions, Source } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import {
  choosePlatform,
  type Descriptor,
  formatPlatform,
  type ImageConfig,
  isForeignLayerType,
  type Manifest,
  type Platform,
  parseImageConfig,
} from "../oci/mod.ts";
import { type BlobReader, type GraphNode, readDocument, walk } from "../store/mod.ts";

/** One image to save: what it is kept by, and its names. */
export interface SaveItem {
  /** Digest of the config. */
  readonly image: Digest;
  /** Manifest or index. */
  readonly target: Descriptor;
  /** Full references with their tags; none to save it without a name. */
  readonly names: readonly string[];
  /** Image that it was built on. */
  readonly parent?: Digest | undefined;
}

/** What an image to be saved consists of. */
export interface SavedGraph {
  /** The root to list: the item's own, or the manifest of the platform that was chosen. */
  readonly root: Descriptor;
  /** Digest of the config of {@link manifest}. */
  readonly id: Digest;
  readonly config: ImageConfig;
  readonly configBytes: Uint8Array;
  /** The manifest for engines that take one platform. */
  readonly manifest: Manifest;
  /** All that is under the root and in the store, the root included. */
  readonly blobs: ReadonlyMap<Digest, Source>;
  /** What is under the root and not in the store. */
  readonly left: readonly Descriptor[];
}

/** What {@link readGraph} takes. */
export interface GraphOptions extends ReadOptions {
  /** One platform of several. Default: all that the store has whole. */
  readonly platform?: Platform | undefined;
}

/**
 * Finds everything of an image in the store: reads its documents, and nothing else. Other platforms that are not there in full are left out.
 * @throws CoreError `store/missing`, `store/damaged` when the image is not there in full; `image/platform` when it is not of the platform.
 */
export async function readGraph(
  store: BlobReader,
  item: SaveItem,
  options: GraphOptions = {},
): Promise<SavedGraph> {
  const { here: all, left: absent } = await documentsOf(store, item.target, options);
  const manifests = all.filter(({ document }) => document?.kind === "manifest");
  const chosen = await choose(store, manifests, { item, options });
  const whole = options.platform === undefined;
  const root = whole ? plain(item.target) : descriptorOf(chosen.node, chosen.config);
  const kept = whole ? all : [chosen.node];
  const blobs = new Map<Digest, Source>();
  const left: Descriptor[] = whole ? [...absent] : [];
  for (const node of kept) {
    const parts = await partsOf(store, node, options);
    if (parts.missing.length > 0 && node === chosen.node) throw missing(item, parts.missing[0]!);
    left.push(...parts.left, ...(parts.missing.length > 0 ? [node.descriptor] : []));
    if (parts.missing.length > 0) continue;
    for (const [digest, source] of parts.blobs) blobs.set(digest, source);
  }
  const { config, configBytes, manifest } = chosen;
  return { root, id: manifest.config.digest, config, configBytes, manifest, blobs, left };
}

const plain = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size });

/** The manifests and indexes under a root, parents first, and those that are not there. */
async function documentsOf(
  store: BlobReader,
  root: Descriptor,
  { signal }: GraphOptions,
): Promise<{ readonly here: readonly GraphNode[]; readonly left: readonly Descriptor[] }> {
  const here: GraphNode[] = [];
  const left: Descriptor[] = [];
  for await (const node of walk(store, root, { signal, leaves: false })) {
    if (node.state === "unasked") continue;
    if (node.state === "here") here.push(node);
    else if (node.depth === 0 || node.state === "damaged")
      throw node.problem ?? missing({ image: root.digest }, root);
    else left.push(node.descriptor);
  }
  return { here, left };
}

interface Chosen {
  readonly node: GraphNode;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  readonly configBytes: Uint8Array;
}

/** The manifest of the image itself; or, of a platform, the one that fits best. */
async function choose(
  store: BlobReader,
  nodes: readonly GraphNode[],
  { item, options }: { readonly item: SaveItem; readonly options: GraphOptions },
): Promise<Chosen> {
  const { platform, signal } = options;
  const candidates: Chosen[] = [];
  for (const node of nodes) {
    const manifest = node.document;
    if (manifest?.kind !== "manifest") continue;
    if (platform === undefined && manifest.config.digest !== item.image) continue;
    if (node.descriptor.annotations?.has("vnd.docker.reference.type")) continue;
    const configBytes = await readDocument(store, manifest.config, { signal });
    if (configBytes === undefined) continue;
    const config = parseImageConfig(configBytes, { document: manifest.config.digest });
    candidates.push({ node, manifest, config, configBytes });
  }
  const at =
    platform === undefined
      ? 0
      : choosePlatform(
          platform,
          candidates.map(({ config }) => config.platform),
        );
  const found = at === undefined ? undefined : candidates[at];
  if (found !== undefined) return found;
  if (platform === undefined) throw missing(item, { digest: item.image, mediaType: "its config", size: 0 });
  throw new CoreError(
    "image/platform",
    `no suitable export target found for platform ${formatPlatform(platform)}`,
    { image: item.image, platform: formatPlatform(platform) },
  );
}

/** The root that an image of one platform gets: its manifest, with the platform beside it as in an index. */
function descriptorOf({ descriptor }: GraphNode, { platform }: ImageConfig): Descriptor {
  return { ...plain(descriptor), platform: descriptor.platform ?? platform };
}

/** What a document and the leaves under it are in the store. */
async function partsOf(
  store: BlobReader,
  { descriptor, document }: GraphNode,
  { signal }: GraphOptions,
): Promise<{
  readonly blobs: ReadonlyMap<Digest, Source>;
  readonly missing: readonly Descriptor[];
  readonly left: readonly Descriptor[];
}> {
  const blobs = new Map<Digest, Source>();
  const missing: Descriptor[] = [];
  const left: Descriptor[] = [];
  const leaves = document?.kind === "manifest" ? [document.config, ...document.layers] : [];
  for (const part of [descriptor, ...leaves]) {
    const source = await store.blob(part, { signal });
    if (source !== undefined) blobs.set(part.digest, source);
    else if (isForeignLayerType(part.mediaType) && part.urls !== undefined) left.push(part);
    else if (part.data === undefined) missing.push(part);
  }
  return { blobs, missing, left };
}

function missing({ image }: Pick<SaveItem, "image">, { digest, mediaType }: Descriptor): CoreError {
  const what = mediaType === "" ? digest : `${digest} (${mediaType})`;
  return new CoreError("store/missing", `Cannot save image ${image}: the store does not have ${what}`, {
    image,
    digest,
  });
}
