import { type Source, sourceOf } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import {
  type Descriptor,
  familiarName,
  formatCanonical,
  formatFamiliar,
  MEDIA_TYPES,
  type Platform,
  type Reference,
} from "../oci/mod.ts";
import { composeTar, type TarComposition, type TarMember } from "../tar/mod.ts";
import { blobPath } from "./layer.ts";

/** A blob of an archive to be written. */
export interface LayoutBlob {
  readonly content: Source;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/** An image of an archive to be written. */
export interface LayoutImage {
  readonly root: Descriptor;
  /** Each with a tag. */
  readonly names: readonly Reference[];
  /** Digest of the config. */
  readonly id: Digest;
  /** From the base up, as they lie in the archive. */
  readonly layers: readonly { readonly diffID: Digest; readonly descriptor: Descriptor }[];
  /** Image that it was built on, when that is in the archive too. */
  readonly parent?: Digest | undefined;
}

/** What {@link composeLayout} takes. */
export interface Layout {
  readonly blobs: ReadonlyMap<Digest, LayoutBlob>;
  readonly images: readonly LayoutImage[];
  /** Whether engines that know nothing of OCI layouts shall read it too: adds manifest.json and repositories. */
  readonly docker: boolean;
}

/** An OCI layout as a tar, its entries in the order of their paths: the same images give the same bytes. Reads nothing. */
export function composeLayout({ blobs, images, docker }: Layout): TarComposition {
  const algorithms = new Set([...blobs.keys()].map((digest) => digest.slice(0, digest.indexOf(":"))));
  const files = [...blobs].map(([digest, blob]) => fileMember(blobPath(digest), blob.content, blob.mtime));
  const repositories = docker ? repositoriesText(images) : undefined;
  const tables = [
    textMember("index.json", indexText(images, docker)),
    // The space is Docker's.
    textMember("oci-layout", '{"imageLayoutVersion": "1.0.0"}'),
    ...(docker ? [textMember("manifest.json", `[${images.map(itemText).join()}]\n`)] : []),
    ...(repositories === undefined ? [] : [textMember("repositories", repositories)]),
  ];
  const folders = [...algorithms].map((algorithm) => directoryMember(`blobs/${algorithm}/`));
  return composeTar(inPathOrder([directoryMember("blobs/"), ...folders, ...files, ...tables]));
}

/** The members in the order of their paths, which is that of every engine. */
export function inPathOrder(members: readonly TarMember[]): TarMember[] {
  return [...members].sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
}

/** One descriptor per name. Docker lists an image without a name only where the list is empty; for us it is one that must not be lost. */
function indexText(images: readonly LayoutImage[], docker: boolean): string {
  const entries = images.flatMap(({ root, names }) => {
    const body = descriptorText(root).slice(0, -1);
    if (names.length === 0) return [`${body}}`];
    return names.map((name) => {
      const tag = JSON.stringify(docker ? (name.tag ?? "") : formatFamiliar(name));
      const full = JSON.stringify(formatCanonical(name));
      return `${body},"annotations":{"io.containerd.image.name":${full},"org.opencontainers.image.ref.name":${tag}}}`;
    });
  });
  return `{"schemaVersion":2,"mediaType":"${MEDIA_TYPES.ociIndex}","manifests":[${entries.join()}]}`;
}

function itemText({ id, names, layers, parent }: LayoutImage): string {
  const tags = names.length === 0 ? "null" : JSON.stringify(names.map(formatFamiliar));
  const paths = JSON.stringify(layers.map(({ descriptor }) => blobPath(descriptor.digest)));
  const sources = new Map(
    layers.map(({ diffID, descriptor: { mediaType, size, digest } }) => [
      diffID,
      `{"mediaType":${JSON.stringify(mediaType)},"size":${size},"digest":"${digest}"}`,
    ]),
  );
  const built = parent === undefined ? "" : `,"Parent":"${parent}"`;
  const more = sources.size === 0 ? "" : `,"LayerSources":${objectText(sources, String)}`;
  return `{"Config":"${blobPath(id)}","RepoTags":${tags},"Layers":${paths}${built}${more}}`;
}

/** `repositories`, as Docker writes it since version 25: names lead to the topmost layer. `undefined` when there are no names. */
function repositoriesText(images: readonly LayoutImage[]): string | undefined {
  const tops = images.flatMap(({ id, names, layers }) =>
    names.map((name) => ({ name, id: hexOf(layers.at(-1)?.diffID ?? id) })),
  );
  return tops.length === 0 ? undefined : tagsText(tops);
}

/** The text of a `repositories` file. */
export function tagsText(tops: readonly { readonly name: Reference; readonly id: string }[]): string {
  const repositories = new Map<string, Map<string, string>>();
  for (const { name, id } of tops) {
    const tags = repositories.get(familiarName(name)) ?? new Map<string, string>();
    repositories.set(familiarName(name), tags.set(name.tag ?? "", id));
  }
  return `${objectText(repositories, (tags) => objectText(tags, JSON.stringify))}\n`;
}

/** The manifest of an image, as Docker writes it. */
export function manifestText(config: Descriptor, layers: readonly Descriptor[]): string {
  return `{"schemaVersion":2,"mediaType":"${MEDIA_TYPES.ociManifest}","config":${descriptorText(config)},"layers":[${layers.map(descriptorText).join()}]}`;
}

/** A descriptor as JSON: type, digest, size, and the platform where it is said. */
function descriptorText({ mediaType, digest, size, platform }: Descriptor): string {
  const where = platform === undefined ? "" : `,"platform":${platformText(platform)}`;
  return `{"mediaType":${JSON.stringify(mediaType)},"digest":"${digest}","size":${size}${where}}`;
}

function platformText({ architecture, os, variant, osVersion, osFeatures }: Platform): string {
  return JSON.stringify({
    architecture,
    os,
    "os.version": osVersion,
    "os.features": osFeatures,
    variant,
  });
}

/** A JSON object with its keys sorted, as Go writes maps. */
function objectText<T>(map: ReadonlyMap<string, T>, write: (value: T) => string): string {
  const members = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join()}}`;
}

/** The digits of a digest. */
export const hexOf = (digest: Digest): string => digest.slice(digest.indexOf(":") + 1);

/** A directory of an archive. */
export function directoryMember(path: string, mtime = 0): TarMember {
  return { entry: { path, type: "dir", mtime } };
}

/** A file of an archive. */
export function fileMember(path: string, content: Source, mtime: number): TarMember {
  return { entry: { path, type: "file", mtime, size: content.size }, content };
}

/** A document of an archive. */
export function textMember(path: string, text: string, mtime = 0): TarMember {
  return fileMember(path, sourceOf(new TextEncoder().encode(text)), mtime);
}
