import type { Bytes, Source } from "../bytes/mod.ts";
import { type Compression, SNIFF_BYTES, sniffCompression } from "../compression/mod.ts";
import { type Digest, type NewHasher, sha256Digest } from "../digest/mod.ts";
import { type Descriptor, MEDIA_TYPES } from "../oci/mod.ts";
import { type LayerScan, layerContent } from "../tree/mod.ts";
import { legacyConfig } from "./legacy-config.ts";
import { errorOf } from "./problem.ts";
import type { ArchiveImage, ArchiveLayer } from "./types.ts";
import { manifestText } from "./write.ts";

/** A layer in the form in which it will be stored. */
export interface StoredLayer {
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
  readonly source: Source;
  /** What is known already. */
  readonly scan?: LayerScan | undefined;
}

/** An image with a manifest made for it. */
export interface MadeImage {
  /** Digest of the config. */
  readonly id: Digest;
  readonly config: Bytes;
  readonly root: Descriptor;
  readonly manifest: Bytes;
  readonly layers: readonly StoredLayer[];
}

/** What {@link makeManifest} takes. */
export interface MakeOptions {
  readonly newHasher: NewHasher;
  /** Reads a layer whose digest nobody says. */
  readonly scan: (layer: ArchiveLayer, source: Source) => Promise<LayerScan>;
}

/**
 * The image with the manifest that Docker (25 and newer) writes for it: the same image gives the same bytes everywhere. Plain layers have
 * their diff ID for digest and need not be read for it; compressed ones stay as they are, but for bzip2 and xz, which no manifest can announce.
 * @throws CoreError the image's own problem when its config or a layer is not there.
 */
export async function makeManifest(image: ArchiveImage, options: MakeOptions): Promise<MadeImage> {
  const layers: StoredLayer[] = [];
  for (const layer of image.layers) {
    if (layer.source === undefined) throw missing(image);
    layers.push(await storedLayer(layer, layer.source, options));
  }
  const config =
    image.configBytes ??
    legacyConfig(
      image,
      layers.map(({ diffID }) => diffID),
    );
  if (config === undefined) throw missing(image);
  const id = sha256Digest(config, options.newHasher);
  const manifest = new TextEncoder().encode(
    manifestText(
      { mediaType: MEDIA_TYPES.ociConfig, digest: id, size: config.length },
      layers.map(({ descriptor }) => descriptor),
    ),
  );
  const root: Descriptor = {
    mediaType: MEDIA_TYPES.ociManifest,
    digest: sha256Digest(manifest, options.newHasher),
    size: manifest.length,
  };
  return { id, config, root, manifest, layers };
}

function missing(image: ArchiveImage): Error {
  return errorOf(
    image.problems[0] ?? { code: "archive/missing", message: "The image has no config", detail: {} },
  );
}

async function storedLayer(layer: ArchiveLayer, source: Source, options: MakeOptions): Promise<StoredLayer> {
  const head = new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer());
  const compression = sniffCompression(head);
  const { diffID } = layer;
  const digest = compression === "none" ? diffID : layer.digest;
  if (mediaTypeOf(compression) !== undefined && digest !== undefined && diffID !== undefined)
    return {
      descriptor: describe(compression, digest, source.size),
      diffID,
      source,
      scan: usable(layer.scan),
    };
  const scan = usable(layer.scan) ?? (await options.scan(layer, source));
  // A layer that breaks off has no diff ID: the digest of what is there will not be the one that the config wants.
  const found = scan.diffID ?? scan.blobDigest;
  if (mediaTypeOf(compression) !== undefined || scan.diffID === undefined)
    return { descriptor: describe(compression, scan.blobDigest, source.size), diffID: found, source, scan };
  return {
    descriptor: describe("none", found, scan.size),
    diffID: found,
    source: layerContent(source, scan),
    scan: { ...scan, compression: "none", blobDigest: found, blobSize: scan.size, index: undefined },
  };
}

/** A scan made while a compressed archive went by has no index of a layer that is compressed as well. */
function usable(scan: LayerScan | undefined): LayerScan | undefined {
  return scan?.compression === "none" || scan?.index !== undefined ? scan : undefined;
}

function describe(compression: Compression, digest: Digest, size: number): Descriptor {
  return { mediaType: mediaTypeOf(compression) ?? MEDIA_TYPES.ociLayer, digest, size };
}

/** Media type of a layer in this compression; bzip2 and xz have none. */
function mediaTypeOf(compression: Compression): string | undefined {
  switch (compression) {
    case "none":
      return MEDIA_TYPES.ociLayer;
    case "gzip":
    case "zstd":
      return `${MEDIA_TYPES.ociLayer}+${compression}`;
    default:
      return undefined;
  }
}
