import type { Digest } from "../digest/mod.ts";
import { isCoreError } from "../error.ts";
import {
  choosePlatform,
  type Descriptor,
  formatCanonical,
  isForeignLayerType,
  type Platform,
  parseManifest,
  parseReference,
  platformRank,
  withDefaultTag,
} from "../oci/mod.ts";
import type { BlobReader } from "../store/mod.ts";
import type { Archive, ArchiveImage, ManifestNode } from "./types.ts";

/** One thing to load: what is brought over, and the image that its names will mean. */
export interface LoadPlan {
  readonly image: ArchiveImage;
  /** As written, in order. */
  readonly names: readonly string[];
  /** Manifest or index; `undefined` when the archive has none for this image and one is to be made. */
  readonly root: Descriptor | undefined;
  /** The images under the root, the chosen one among them. */
  readonly images: readonly ArchiveImage[];
}

/** What {@link planLoad} takes. */
export interface LoadChoice {
  readonly blobs: BlobReader;
  /** Which image a name means when it leads to several. */
  readonly platform: Platform;
  /** Whether to load that one only, and nothing where it is not. */
  readonly only: boolean;
}

/**
 * What to load of an archive, in the order in which Docker does: by manifest.json with the roots that index.json has for its images, else
 * by index.json, else image by image.
 */
export async function planLoad(archive: Archive, choice: LoadChoice): Promise<LoadPlan[]> {
  const plans: LoadPlan[] = [];
  const groups = rootGroups(archive.manifests);
  if (archive.kind === "oci-layout") {
    for (const group of groups) plans.push(...(await layoutPlan(group, choice)));
    return plans;
  }
  for (const image of archive.images) {
    if (choice.only && platformRank(choice.platform, image.platform) === undefined) continue;
    plans.push(...(await listedPlans(image, groups, choice.blobs)));
  }
  return plans;
}

/** What index.json lists, each with all that is under it. */
interface RootGroup {
  readonly node: ManifestNode;
  readonly under: readonly ManifestNode[];
}

function rootGroups(nodes: readonly ManifestNode[]): RootGroup[] {
  const groups: { node: ManifestNode; under: ManifestNode[] }[] = [];
  for (const node of nodes) {
    if (node.depth === 0) groups.push({ node, under: [] });
    groups.at(-1)?.under.push(node);
  }
  return groups;
}

const rootOf = ({
  digest,
  mediaType,
  size,
}: Pick<Descriptor, "digest" | "mediaType" | "size">): Descriptor => ({ digest, mediaType, size });

const imagesOf = (nodes: readonly ManifestNode[]): ArchiveImage[] => [
  ...new Set(nodes.flatMap(({ image }) => image ?? [])),
];

/** The images of one root of a layout: none when it is an artifact, or of other platforms only. */
async function layoutPlan({ node, under }: RootGroup, choice: LoadChoice): Promise<LoadPlan[]> {
  const all = imagesOf(under);
  const fitting = choice.only
    ? all.filter(({ platform }) => platformRank(choice.platform, platform) !== undefined)
    : all;
  const whole: ArchiveImage[] = [];
  for (const image of fitting) if (await isWhole(image, choice.blobs)) whole.push(image);
  const candidates = whole.length > 0 ? whole : fitting;
  const chosen =
    choosePlatform(
      choice.platform,
      candidates.map(({ platform }) => platform),
    ) ?? 0;
  const image = candidates[chosen];
  if (image === undefined) return [];
  return [{ image, names: layoutNames(node.tags), root: rootOf(node), images: whole }];
}

/**
 * An image that manifest.json (or an older table) lists: one plan for each root that index.json has for its names, which are several when the
 * same image stands alone under one name and among other platforms under another.
 */
async function listedPlans(
  image: ArchiveImage,
  groups: readonly RootGroup[],
  blobs: BlobReader,
): Promise<LoadPlan[]> {
  const { manifest, tags: names } = image;
  if (manifest === undefined || !(await isWhole(image, blobs)))
    return [{ image, names, root: undefined, images: [image] }];
  const { digest, mediaType, bytes } = manifest;
  const roots = groups
    .filter(({ under }) => under.some((node) => node.digest === digest))
    .map(({ node, under }) => ({ node, images: imagesOf(under) }));
  const own = { node: { digest, mediaType, size: bytes.length, tags: [] }, images: [image] };
  const plans = new Map<Digest, { root: Descriptor; names: string[]; images: readonly ArchiveImage[] }>();
  for (const name of names.length === 0 ? [undefined] : names) {
    const canonical = name === undefined ? "" : (canonicalOf(name) ?? "");
    const { node, images } = roots.find((root) => root.node.tags.includes(canonical)) ?? roots[0] ?? own;
    const plan = plans.get(node.digest) ?? { root: rootOf(node), names: [], images };
    plans.set(node.digest, plan);
    if (name !== undefined) plan.names.push(name);
  }
  return [...plans.values()].map((plan) => ({ image, ...plan }));
}

/** Whether the archive has everything that the image needs here. */
export async function isWhole(image: ArchiveImage, blobs: BlobReader): Promise<boolean> {
  if (image.manifest === undefined || image.configBytes === undefined) return false;
  const document = parseManifest(image.manifest.bytes, {
    document: image.manifest.digest,
    mediaType: image.manifest.mediaType,
  });
  if (document.kind !== "manifest") return false;
  for (const blob of [document.config, ...document.layers]) {
    if (blob.data !== undefined || (await blobs.stat(blob)) !== undefined) continue;
    if (!isForeignLayerType(blob.mediaType) || blob.urls === undefined) return false;
  }
  return true;
}

/** Bare words that are tags rather than repositories. An engine would name an image `latest:latest`. */
const TAG_WORD = /^(?:latest|v?\d[\w.-]*)$/;

/**
 * The names that the annotations of a layout give: the full one that containerd writes, else the other if it can name an image. What cannot
 * is no error: a layout may call its images what it likes.
 */
function layoutNames(annotations: readonly string[]): string[] {
  const name = annotations[0] ?? "@";
  return TAG_WORD.test(name) || name.includes("@") || canonicalOf(name) === undefined ? [] : [name];
}

function canonicalOf(name: string): string | undefined {
  try {
    return formatCanonical(withDefaultTag(parseReference(name)));
  } catch (error) {
    if (isCoreError(error)) return undefined;
    throw error;
  }
}
