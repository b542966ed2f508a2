import type { Digest } from "../digest/mod.ts";
import { isImageConfigType, isImageLayerType, type Manifest } from "../oci/mod.ts";
import type { ImagePlan } from "./image.ts";
import { blobPath, type LayerPlan } from "./layer.ts";
import type { ImageManifest, Problem } from "./types.ts";
import type { WalkedNode } from "./walk.ts";

/** An image found through index.json: its plan, and the digest of its manifest. */
export interface LayoutImage {
  readonly digest: Digest;
  readonly plan: ImagePlan;
}

/**
 * The images among the nodes, each once, with all names it has anywhere. Attestations, artifacts and what cannot be read are none.
 */
export function layoutImages(nodes: readonly WalkedNode[]): LayoutImage[] {
  const images = new Map<
    Digest,
    { readonly walked: WalkedNode; readonly manifest: Manifest; readonly tags: Set<string> }
  >();
  for (const walked of nodes) {
    const { node, document } = walked;
    if (document?.kind !== "manifest" || !isImage(walked)) continue;
    let image = images.get(node.digest);
    if (image === undefined) {
      image = { walked, manifest: document, tags: new Set() };
      images.set(node.digest, image);
    }
    for (const tag of node.tags) image.tags.add(tag);
  }
  return [...images].map(([digest, { walked, manifest, tags }]) => ({
    digest,
    plan: planOf(walked, manifest, [...tags]),
  }));
}

/**
 * A manifest with an image's config is an image, with two exceptions: it says otherwise, or all of its layers are JSON documents. That is
 * how signatures and attestations are stored in registries, under the config type of an image. Layers of types unknown here (squashfs)
 * make an image whose layers cannot be read.
 */
function isImage({ node, document }: WalkedNode): boolean {
  if (document?.kind !== "manifest" || node.attestation !== undefined || document.artifactType !== undefined)
    return false;
  const { config, layers } = document;
  const statements = layers.length > 0 && layers.every(({ mediaType }) => mediaType.endsWith("+json"));
  return isImageConfigType(config.mediaType) && !statements;
}

function layerProblems({ layers }: Manifest): Problem[] {
  return layers.flatMap(({ mediaType }, index) =>
    mediaType === "" || isImageLayerType(mediaType)
      ? []
      : [
          {
            code: "oci/media-type" as const,
            message: `Layer ${index} has unsupported media type ${mediaType}`,
            detail: { layer: index, mediaType },
          },
        ],
  );
}

function planOf({ node }: WalkedNode, manifest: Manifest, tags: readonly string[]): ImagePlan {
  return {
    tags,
    configPath: blobPath(manifest.config.digest),
    configDigest: manifest.config.digest,
    layers: () => manifest.layers.map(planLayer),
    manifest: () => manifestOf(node),
    platform: node.platform,
    format: "oci",
    problems: layerProblems(manifest),
  };
}

function planLayer({ digest, size, mediaType, urls }: Manifest["layers"][number]): LayerPlan {
  return { path: blobPath(digest), digest, size, mediaType, urls };
}

/** The manifest of a node, as an image carries it. */
export function manifestOf(node: WalkedNode["node"]): ImageManifest | undefined {
  return node.bytes && { digest: node.digest, mediaType: node.mediaType, bytes: node.bytes };
}
