import { gzipSync } from "fflate";
import { type Bytes, sourceOf } from "../../core/bytes/mod.ts";
import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import { MEDIA_TYPES } from "../../core/oci/mod.ts";
import { composeTar, type TarComposition, type TarMember } from "../../core/tar/mod.ts";
import { DEMO_NAME } from "../model/name.ts";
import { DEMO_TAGS, demoConfig } from "./demo-config.ts";
import { DEMO_EPOCH, type DemoLayer, demoLayers } from "./demo-files.ts";

/** Made anew each time and always the same, byte for byte: a small archive as `docker save` writes it since version 25. */
export async function demoImage(): Promise<File> {
  const layers = await Promise.all(demoLayers().map(stored));
  const config = blobOf(demoConfig(layers), MEDIA_TYPES.ociConfig);
  const manifest = blobOf(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
    }),
    MEDIA_TYPES.ociManifest,
  );
  const composition = composeTar(members([...layers, config, manifest], config.descriptor, layers));
  return new File([await bytesOf(composition)], DEMO_NAME, { type: "application/x-tar" });
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

interface Stored {
  readonly descriptor: Descriptor;
  readonly bytes: Bytes;
}

interface StoredLayer extends DemoLayer, Stored {
  readonly diffID: Digest;
}

async function stored(layer: DemoLayer): Promise<StoredLayer> {
  const tar = await bytesOf(composeTar(layer.members));
  const diffID = sha256Digest(tar);
  // The platform's compressor differs from browser to browser, and so would the digests.
  const bytes = layer.gzip ? gzipSync(tar, { level: 9, mtime: 0 }) : tar;
  const mediaType = layer.gzip ? `${MEDIA_TYPES.ociLayer}+gzip` : MEDIA_TYPES.ociLayer;
  const digest = layer.gzip ? sha256Digest(bytes) : diffID;
  return { ...layer, diffID, bytes, descriptor: { mediaType, digest, size: bytes.length } };
}

function blobOf(text: string, mediaType: string): Stored {
  const bytes = new TextEncoder().encode(text);
  return { bytes, descriptor: { mediaType, digest: sha256Digest(bytes), size: bytes.length } };
}

/** The members of the archive, in the order of their names. */
function members(
  blobs: readonly Stored[],
  config: Descriptor,
  layers: readonly StoredLayer[],
): readonly TarMember[] {
  const manifest = blobs.at(-1)!.descriptor;
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociIndex,
    manifests: DEMO_TAGS.map((tag) => ({
      ...manifest,
      annotations: {
        "io.containerd.image.name": `docker.io/${tag}`,
        "org.opencontainers.image.ref.name": tag.slice(tag.indexOf(":") + 1),
      },
    })),
  };
  const archive = [
    {
      Config: pathOf(config.digest),
      RepoTags: DEMO_TAGS,
      Layers: layers.map(({ descriptor }) => pathOf(descriptor.digest)),
      LayerSources: Object.fromEntries(layers.map(({ diffID, descriptor }) => [diffID, descriptor])),
    },
  ];
  return [
    { entry: { path: "blobs/", type: "dir", mtime: DEMO_EPOCH } },
    { entry: { path: "blobs/sha256/", type: "dir", mtime: DEMO_EPOCH } },
    ...blobs
      .map(({ descriptor, bytes }) => file(pathOf(descriptor.digest), bytes))
      .sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1)),
    document("index.json", JSON.stringify(index)),
    document("manifest.json", `${JSON.stringify(archive)}\n`),
    document("oci-layout", '{"imageLayoutVersion": "1.0.0"}'),
  ];
}

const pathOf = (digest: Digest): string => `blobs/${digest.replace(":", "/")}`;

function file(path: string, bytes: Bytes): TarMember {
  return { entry: { path, type: "file", size: bytes.length, mtime: DEMO_EPOCH }, content: sourceOf(bytes) };
}

function document(path: string, text: string): TarMember {
  return file(path, new TextEncoder().encode(text));
}

async function bytesOf({ parts }: TarComposition): Promise<Bytes> {
  const buffers = parts.map(async (part) => ("buffer" in part ? part : part.arrayBuffer()));
  return new Uint8Array(await new Blob(await Promise.all(buffers)).arrayBuffer());
}
