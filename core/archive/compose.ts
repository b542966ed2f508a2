import { type Bytes, type Source, sourceOf } from "../bytes/mod.ts";
import { type Digest, type NewHasher, sha256Digest } from "../digest/mod.ts";
import {
  familiarName,
  formatCanonical,
  MEDIA_TYPES,
  parseImageConfig,
  parseReference,
  parseTimestamp,
  withDefaultTag,
} from "../oci/mod.ts";
import { composeTar, type TarComposition, type TarMember } from "../tar/mod.ts";
import { blobPath } from "./layer.ts";

/** An image to be saved. */
export interface ComposedImage {
  /** Kept byte for byte. */
  readonly config: Uint8Array;
  /** Names; `latest` is added where a name has no tag. */
  readonly tags: readonly string[];
  /** Uncompressed layers from the base up, each with its digest, which is believed. */
  readonly layers: readonly { readonly diffID: Digest; readonly content: Source }[];
}

/** A blob of the archive. */
interface Blob {
  readonly content: Source;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/**
 * An archive as `docker save` has written since version 25: an OCI layout with manifest.json, which every engine loads. Composed and not
 * copied: its parts are the layers as they were given, and a few kilobytes. The same images give the same bytes.
 * @throws CoreError `oci/*` when a config or a tag cannot be read.
 */
export function composeDockerArchive(images: readonly ComposedImage[], newHasher: NewHasher): TarComposition {
  const blobs = new Map<Digest, Blob>();
  const manifest: string[] = [];
  const index: string[] = [];
  const repositories = new Map<string, Map<string, string>>();
  for (const image of images) {
    const config = sha256Digest(image.config, newHasher);
    const { created } = parseImageConfig(image.config, { document: config });
    const mtime = Math.max((created === undefined ? undefined : parseTimestamp(created)?.seconds) ?? 0, 0);
    const layers = image.layers.map(({ diffID, content }) =>
      descriptor(MEDIA_TYPES.ociLayer, diffID, content.size),
    );
    const document = encode(
      `{"schemaVersion":2,"mediaType":"${MEDIA_TYPES.ociManifest}","config":${descriptor(MEDIA_TYPES.ociConfig, config, image.config.length)},"layers":[${layers.join()}]}`,
    );
    const digest = sha256Digest(document, newHasher);
    blobs.set(config, { content: sourceOf(image.config), mtime });
    blobs.set(digest, { content: sourceOf(document), mtime: 0 });
    for (const { diffID, content } of image.layers)
      if (!blobs.has(diffID)) blobs.set(diffID, { content, mtime });

    const names = image.tags.map((tag) => withDefaultTag(parseReference(tag)));
    manifest.push(
      manifestItem(image, {
        config,
        names: names.map((name) => `${familiarName(name)}:${name.tag ?? ""}`),
        layers,
      }),
    );
    const body = descriptor(MEDIA_TYPES.ociManifest, digest, document.length).slice(0, -1);
    for (const name of names) {
      const tag = name.tag ?? "";
      index.push(
        `${body},"annotations":{"io.containerd.image.name":${JSON.stringify(formatCanonical(name))},"org.opencontainers.image.ref.name":${JSON.stringify(tag)}}}`,
      );
      const tags = repositories.get(familiarName(name)) ?? new Map<string, string>();
      repositories.set(
        familiarName(name),
        tags.set(tag, (image.layers.at(-1)?.diffID ?? config).slice("sha256:".length)),
      );
    }
    if (names.length === 0 && index.length === 0) index.push(`${body}}`);
  }
  return composeTar([
    directory("blobs/"),
    directory("blobs/sha256/"),
    ...[...blobs]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([digest, { content, mtime }]) => file(blobPath(digest), content, mtime)),
    text(
      "index.json",
      `{"schemaVersion":2,"mediaType":"${MEDIA_TYPES.ociIndex}","manifests":[${index.join()}]}`,
    ),
    text("manifest.json", `[${manifest.join()}]\n`),
    // The space is Docker's.
    text("oci-layout", '{"imageLayoutVersion": "1.0.0"}'),
    ...(repositories.size > 0
      ? [text("repositories", `${object(repositories, (tags) => object(tags, JSON.stringify))}\n`)]
      : []),
  ]);
}

function descriptor(mediaType: string, digest: Digest, size: number): string {
  return `{"mediaType":"${mediaType}","digest":"${digest}","size":${size}}`;
}

function manifestItem(
  { layers }: ComposedImage,
  made: { readonly config: Digest; readonly names: readonly string[]; readonly layers: readonly string[] },
): string {
  const sources = new Map(
    layers.map(({ diffID, content }) => [
      diffID,
      `{"mediaType":"${MEDIA_TYPES.ociLayer}","size":${content.size},"digest":"${diffID}"}`,
    ]),
  );
  const names = made.names.length === 0 ? "null" : JSON.stringify(made.names);
  const paths = JSON.stringify(layers.map(({ diffID }) => blobPath(diffID)));
  return `{"Config":"${blobPath(made.config)}","RepoTags":${names},"Layers":${paths},"LayerSources":${object(sources, String)}}`;
}

/** A JSON object with its keys sorted, as Go writes maps. */
function object<T>(map: ReadonlyMap<string, T>, write: (value: T) => string): string {
  const members = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join()}}`;
}

function directory(path: string): TarMember {
  return { entry: { path, type: "dir" } };
}

function file(path: string, content: Source, mtime: number): TarMember {
  return { entry: { path, type: "file", mtime, size: content.size }, content };
}

function text(path: string, content: string): TarMember {
  return file(path, sourceOf(encode(content)), 0);
}

function encode(content: string): Bytes {
  return new TextEncoder().encode(content);
}
