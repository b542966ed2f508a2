import type { Archive, ArchiveImage, ArchiveLayer, ManifestNode } from "../../core/archive/mod.ts";
import { sourceOf } from "../../core/bytes/mod.ts";
import { isDigest, newSha256 } from "../../core/digest/mod.ts";
import {
  type Descriptor,
  formatFamiliar,
  formatPlatform,
  MEDIA_TYPES,
  mapHistory,
  parsePlatform,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../../core/oci/mod.ts";
import {
  layerSource,
  listStargz,
  openRemoteImage,
  type Registry,
  type RemoteImage,
  type Repository,
} from "../../core/registry/mod.ts";
import type { LocalStore } from "../../core/store/mod.ts";
import { readTable } from "../../core/tar/mod.ts";
import type { RemoteFacts } from "../model/registries.ts";
import type { BrowserStore } from "../store/mod.ts";

/** What in a registry is looked at. */
export interface RemoteRequest {
  /** As people type it. */
  readonly reference: string;
  readonly platform?: string | undefined;
}

interface Looked {
  readonly reference: Reference;
  readonly repository: Repository;
  readonly image: RemoteImage;
}

async function lookAt(registry: Registry, request: RemoteRequest, signal: AbortSignal): Promise<Looked> {
  const reference = withDefaultTag(parseReference(request.reference));
  const repository = registry.repository(reference);
  const image = await openRemoteImage(repository, reference.digest ?? reference.tag ?? "latest", {
    signal,
    newHasher: newSha256,
    ...(request.platform !== undefined && { platform: parsePlatform(request.platform) }),
  });
  return { reference, repository, image };
}

/** What a name leads to, and how much of it the store lacks. @throws CoreError what `openRemoteImage` throws. */
export async function remoteFacts(
  registry: Registry,
  request: RemoteRequest,
  { store, signal }: { readonly store: LocalStore; readonly signal: AbortSignal },
): Promise<RemoteFacts> {
  const { reference, image } = await lookAt(registry, request, signal);
  const { root, index, variant } = image;
  const { manifest, config } = variant;
  const layers = await Promise.all(
    manifest.layers.map(async ({ digest, mediaType, size }) => ({
      digest,
      mediaType,
      size,
      present: (await store.stat({ digest }, { signal })) !== undefined,
    })),
  );
  const platform = formatPlatform(variant.descriptor.platform ?? config.platform);
  const children = (index?.manifests ?? []).filter(isImage);
  return {
    name: formatFamiliar(reference),
    digest: root.digest,
    mediaType: root.mediaType,
    platforms:
      index === undefined
        ? [{ platform, digest: root.digest, size: root.size }]
        : children.map((child) => ({
            platform: child.platform === undefined ? "" : formatPlatform(child.platform),
            digest: child.digest,
            size: child.size,
          })),
    platform,
    id: variant.id,
    created: config.created,
    layers,
    missing: layers.reduce((sum, { size, present }) => sum + (present ? 0 : size), 0),
  };
}

const isImage = ({ annotations, platform }: Descriptor): boolean =>
  annotations?.has("vnd.docker.reference.type") !== true && platform?.os !== "unknown";

/**
 * An image in a registry as an archive that holds nothing else: its documents are here, its layers are read by ranges as they are
 * needed. Of several platforms the one that is wanted.
 * @throws CoreError what `openRemoteImage` throws.
 */
export async function remoteArchive(
  registry: Registry,
  request: RemoteRequest,
  { store, signal }: { readonly store: BrowserStore | undefined; readonly signal: AbortSignal },
): Promise<Archive> {
  const { reference, repository, image } = await lookAt(registry, request, signal);
  const { variant, root } = image;
  const { manifest, config } = variant;
  const received = await repository.manifest(variant.descriptor.digest, { signal });
  const history = mapHistory(config.history, manifest.layers.length).byLayer;
  const layers = await severally(manifest.layers, async (descriptor, index): Promise<ArchiveLayer> => {
    const { digest, mediaType, size, urls } = descriptor;
    const { source, scan } = await layerOf(repository, descriptor, { store, signal });
    const path = `blobs/${digest.replace(":", "/")}`;
    return {
      index,
      diffID: config.diffIDs[index],
      path,
      source,
      scan,
      size,
      mediaType,
      digest,
      urls,
      history: history[index],
    };
  });
  const tag = formatFamiliar(reference);
  const mediaType = manifest.mediaType;
  const shown: ArchiveImage = {
    id: variant.id,
    tags: [tag],
    platform: variant.descriptor.platform ?? config.platform,
    config,
    configBytes: variant.configBytes,
    manifest: { digest: variant.descriptor.digest, mediaType, bytes: received.bytes },
    format: mediaType === MEDIA_TYPES.dockerManifest ? "docker" : "oci",
    layers,
    problems: [],
  };
  const rootBytes = (await repository.manifest(root.digest, { signal })).bytes;
  const nodes: ManifestNode[] = [];
  if (image.index !== undefined) {
    nodes.push(
      node(root, { bytes: rootBytes, depth: 0, tags: [tag], manifests: image.index.manifests.length }),
    );
  }
  nodes.push(
    node(
      { ...variant.descriptor, mediaType },
      {
        bytes: received.bytes,
        depth: nodes.length,
        tags: nodes.length === 0 ? [tag] : [],
        config: manifest.config,
        layers: manifest.layers.map(({ digest }) => digest),
        image: shown,
      },
    ),
  );
  const size = layers.reduce((sum, layer) => sum + layer.size, manifest.config.size + received.bytes.length);
  const nothing = sourceOf(new Uint8Array(1024));
  return {
    kind: "oci-layout",
    compression: "none",
    size,
    contentSize: size,
    members: await readTable(nothing),
    source: nothing,
    images: [shown],
    manifests: nodes,
    documents: image.index === undefined ? {} : { index: rootBytes },
    problems: [],
  };
}

/** A layer: out of the store where that has it; by its own table of contents where it has one; else read through ranges as a whole. */
async function layerOf(
  repository: Repository,
  descriptor: Descriptor,
  { store, signal }: { readonly store: BrowserStore | undefined; readonly signal: AbortSignal },
): Promise<Pick<ArchiveLayer, "source" | "scan">> {
  const { digest } = descriptor;
  const here = await store?.blob({ digest }, { signal });
  if (here !== undefined) return { source: here, scan: await store?.scans.byBlob(digest) };
  const source = await layerSource(repository, descriptor, { signal });
  // Without a digest to check it against it could list anything.
  if (!isDigest(descriptor.annotations?.get(STARGZ) ?? "")) return { source, scan: undefined };
  // A table of contents that is broken is passed over: the layer itself is read then.
  const listed = await listStargz(source, descriptor, { signal }).catch(() => undefined);
  signal.throwIfAborted();
  return listed === undefined ? { source, scan: undefined } : { source: listed.content, scan: listed.scan };
}

/** Layers that are asked for their tables at once: a manifest may name thousands. */
const AT_ONCE = 4;

/** What `work` makes of each, in their order, a few at a time. */
async function severally<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const made: R[] = [];
  const left = items.entries();
  const one = async (): Promise<void> => {
    for (const [index, item] of left) made[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return made;
}

/** Annotation of layers that have a table of contents. @see https://github.com/containerd/stargz-snapshotter/blob/v0.15.1/docs/estargz.md */
const STARGZ = "containerd.io/snapshot/stargz/toc.digest";

function node(
  { digest, mediaType, size, platform }: Descriptor,
  more: Omit<
    ManifestNode,
    "digest" | "mediaType" | "size" | "platform" | "missing" | "digestMismatch" | "unparsable"
  >,
): ManifestNode {
  return {
    digest,
    mediaType,
    size,
    platform,
    missing: false,
    digestMismatch: false,
    unparsable: false,
    ...more,
  };
}
