import type { Bytes, ReadOptions, Source } from "../bytes/mod.ts";
import { type Digest, isDigest, type NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import {
  choosePlatform,
  type Descriptor,
  documentKind,
  formatPlatform,
  type ImageConfig,
  type Index,
  isImageConfigType,
  type Manifest,
  normalizePlatform,
  type Platform,
  parseImageConfig,
  parseManifest,
} from "../oci/mod.ts";
import { GRAPH_LIMITS, readDocument } from "../store/mod.ts";
import type { Repository } from "./repository.ts";

/** The platform that images are looked for where nobody says one. */
export const DEFAULT_PLATFORM: Platform = { os: "linux", architecture: "amd64" };

/** One image of one platform in a registry. */
export interface RemoteVariant {
  /** Of its manifest; with the platform that the index gives it. */
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  readonly configBytes: Bytes;
  /** Digest of its config. */
  readonly id: Digest;
}

/** What a name in a registry leads to. */
export interface RemoteImage {
  /** Manifest or index. */
  readonly root: Descriptor;
  /** The root, when it is one of several platforms. */
  readonly index?: Index | undefined;
  /** What was chosen of it. */
  readonly variant: RemoteVariant;
  /** What leads from the root to the manifest, itself last. */
  readonly chain: readonly Digest[];
}

/** What {@link openRemoteImage} takes. */
export interface RemoteImageOptions extends ReadOptions {
  /** Default: {@link DEFAULT_PLATFORM}. */
  readonly platform?: Platform | undefined;
  readonly newHasher?: NewHasher | undefined;
}

/**
 * An image in a registry, looked at without being pulled: one HEAD, and its documents. Its layers are read through {@link layerSource}.
 * @throws CoreError `registry/*`; `image/platform` when it has nothing for the platform; `registry/artifact` when it is no image; `oci/schema1`;
 * `oci/document` when its config does not fit its layers; `digest/mismatch`.
 */
export async function openRemoteImage(
  repository: Repository,
  reference: string,
  options: RemoteImageOptions = {},
): Promise<RemoteImage> {
  const digest = isDigest(reference) ? reference : (await repository.resolve(reference, options)).digest;
  const { descriptor, bytes } = await repository.manifest(digest, options);
  const document = parseManifest(bytes, { document: digest, mediaType: descriptor.mediaType });
  const root = { mediaType: document.mediaType, digest, size: bytes.length };
  if (document.kind === "manifest") {
    const variant = await openVariant(repository, { descriptor: root, manifest: document }, options);
    const [found, wanted] = [
      variant.config.platform.os ?? "",
      (options.platform ?? DEFAULT_PLATFORM).os ?? "linux",
    ];
    if (found !== "" && found !== wanted) {
      const reason = `cannot download image with operating system ${JSON.stringify(found)} when requesting ${JSON.stringify(wanted)}`;
      throw new CoreError("image/platform", reason, { reason, found, wanted });
    }
    return { root, variant, chain: [] };
  }
  const chosen = await chooseVariant(repository, document, options);
  const variant = await openVariant(repository, chosen, options);
  return { root, index: document, variant, chain: chosen.chain };
}

/** A layer (or any blob) of a remote image, read by ranges. */
export async function layerSource(
  repository: Repository,
  layer: Descriptor,
  options: ReadOptions = {},
): Promise<Source> {
  const source = await repository.blob({ digest: layer.digest, size: layer.size }, options);
  if (source !== undefined) return source;
  throw new CoreError("registry/missing", `Cannot read ${layer.digest}: the registry does not have it`, {
    digest: layer.digest,
  });
}

interface Chosen {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
}

/** Follows indexes within indexes. */
async function chooseVariant(
  repository: Repository,
  root: Index,
  options: RemoteImageOptions,
): Promise<Chosen & Pick<RemoteImage, "chain">> {
  const chain: Digest[] = [];
  const wanted = options.platform ?? DEFAULT_PLATFORM;
  let index = root;
  for (let depth = 0; depth < GRAPH_LIMITS.depth; depth++) {
    const candidates = index.manifests.filter(isImageEntry);
    const at = choosePlatform(
      wanted,
      candidates.map(({ platform }) => platform),
    );
    const descriptor = at === undefined ? undefined : candidates[at];
    if (descriptor === undefined) throw noMatch(wanted, index);
    chain.push(descriptor.digest);
    const { bytes } = await repository.manifest(descriptor.digest, options);
    const document = parseManifest(bytes, { document: descriptor.digest, mediaType: descriptor.mediaType });
    if (document.kind === "manifest") return { descriptor, manifest: document, chain };
    index = document;
  }
  throw noMatch(wanted, index);
}

/** Whether an entry of an index can be an image: attestations and artifacts are none. */
export function isImageEntry({ mediaType, annotations, platform }: Descriptor): boolean {
  const kind = documentKind(mediaType);
  if (kind !== "manifest" && kind !== "index" && mediaType !== "") return false;
  return annotations?.has("vnd.docker.reference.type") !== true && platform?.os !== "unknown";
}

function noMatch(wanted: Platform, { manifests }: Index): CoreError {
  const shown = formatPlatform(normalizePlatform(wanted));
  const reason = `no matching manifest for ${shown} in the manifest list entries`;
  const there = manifests.flatMap(({ platform }) =>
    platform === undefined ? [] : [formatPlatform(platform)],
  );
  return new CoreError("image/platform", reason, { reason, wanted: shown, there: there.slice(0, 100) });
}

/** An image's config beside its manifest, both checked. @throws as {@link openRemoteImage}. */
export async function openVariant(
  repository: Repository,
  { descriptor, manifest }: Chosen,
  options: RemoteImageOptions,
): Promise<RemoteVariant> {
  const { config: at, layers } = manifest;
  if (!isImageConfigType(at.mediaType)) throw artifact(manifest);
  const configBytes = await readDocument(
    repository,
    { ...at, mediaType: "" },
    { signal: options.signal, newHasher: options.newHasher },
  );
  if (configBytes === undefined)
    throw new CoreError(
      "registry/missing",
      `Cannot read config ${at.digest}: the registry does not have it`,
      { digest: at.digest },
    );
  const config = parseImageConfig(configBytes, { document: at.digest });
  if (config.diffIDs.length !== layers.length) {
    const reason =
      config.diffIDs.length === 0
        ? "invalid rootfs in image configuration"
        : "layers from manifest don't match image configuration";
    throw new CoreError("oci/document", `Cannot use ${descriptor.digest}: ${reason}`, {
      reason,
      layers: layers.length,
      diffIDs: config.diffIDs.length,
    });
  }
  return { descriptor, manifest, config, configBytes, id: at.digest };
}

function artifact({ config, artifactType, layers }: Manifest): CoreError {
  const { mediaType } = config;
  const reason =
    mediaType === "application/vnd.docker.plugin.v1+json"
      ? `Encountered remote ${JSON.stringify(mediaType)}(plugin) when fetching`
      : mediaType.startsWith("application/vnd.docker.ai.")
        ? 'AI models are not yet supported by the Engine, please use "docker model pull/run" instead'
        : `unsupported media type ${mediaType}`;
  return new CoreError("registry/artifact", reason, {
    reason,
    mediaType,
    layers: layers.length,
    ...(artifactType === undefined ? {} : { artifactType }),
  });
}
