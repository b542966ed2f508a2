import type { Archive, ArchiveImage, ManifestNode } from "../../core/archive/mod.ts";
import { settingsOf } from "../../core/image/mod.ts";
import { formatPlatform, mapHistory } from "../../core/oci/mod.ts";
import type { ArchiveView, HistoryLine, ImageView, LayerView, ManifestView } from "../model/engine.ts";

/** An archive as the page shows it. `layersOf` gives what is known of an image's layers by now. */
export function archiveView(
  archive: Pick<Archive, "size" | "kind" | "compression" | "images" | "manifests" | "problems">,
  name: string,
  layersOf: (image: number) => readonly LayerView[],
): ArchiveView {
  return {
    name,
    size: archive.size,
    kind: archive.kind,
    compression: archive.compression,
    images: archive.images.map((image, index) => imageView(image, index, layersOf(index))),
    manifests: archive.manifests.map((node) => manifestView(node, archive.images)),
    problems: archive.problems,
  };
}

function imageView(image: ArchiveImage, index: number, layers: readonly LayerView[]): ImageView {
  return {
    index,
    id: image.id ?? "",
    tags: image.tags,
    platform: image.platform && formatPlatform(image.platform),
    created: image.config?.created,
    manifestDigest: image.manifest?.digest,
    format: image.format,
    layers,
    history: historyOf(image),
    settings: settingsOf(image.config?.container),
    problems: image.problems,
  };
}

function historyOf(image: ArchiveImage): readonly HistoryLine[] {
  const { steps } = mapHistory(image.config?.history ?? [], image.layers.length);
  return steps.map(({ entry, layer }) => ({
    layer,
    createdBy: entry.createdBy,
    created: entry.created,
    comment: entry.comment,
    author: entry.author,
  }));
}

function manifestView(node: ManifestNode, images: readonly ArchiveImage[]): ManifestView {
  const image = node.image === undefined ? -1 : images.indexOf(node.image);
  return {
    digest: node.digest,
    mediaType: node.mediaType,
    size: node.size,
    depth: node.depth,
    tags: node.tags,
    platform: node.platform && formatPlatform(node.platform),
    attestation: node.attestation !== undefined,
    artifactType: node.artifactType,
    state: stateOf(node),
    image: image < 0 ? undefined : image,
  };
}

function stateOf(node: ManifestNode): ManifestView["state"] {
  if (node.missing) return "missing";
  if (node.digestMismatch) return "mismatch";
  return node.unparsable ? "unparsable" : "ok";
}
