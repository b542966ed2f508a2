import type { Bytes } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { fieldsOf, type JsonValue, parseJson } from "../oci/mod.ts";
import type { Contents } from "./contents.ts";
import { parseDockerManifest } from "./docker.ts";
import { type ImagePlan, openPlanned } from "./image.ts";
import { layoutImages, manifestOf } from "./layout.ts";
import { legacyImages } from "./legacy.ts";
import { documentOptions, type OpenOptions } from "./options.ts";
import { attempt, attemptAsync } from "./problem.ts";
import type { Outline } from "./recognise.ts";
import { skopeoImages } from "./skopeo.ts";
import type { Archive, ArchiveImage, ArchiveKind, ManifestNode, Problem } from "./types.ts";
import { type Walk, walkIndex } from "./walk.ts";

/** The images of an archive; `kind` is `undefined` when its tables tell of none that could be read. */
export interface FoundImages extends Pick<Archive, "images" | "manifests" | "documents"> {
  readonly kind: ArchiveKind | undefined;
  readonly problems: readonly Problem[];
}

/** The images by the tables of an archive: `manifest.json` decides, else `index.json`, else the layout of before 1.10. */
export async function readImages(
  contents: Contents,
  seen: Outline,
  options: OpenOptions,
): Promise<FoundImages> {
  const problems: Problem[] = [];
  const read = (name: string): Promise<Bytes | undefined> =>
    attemptAsync(problems, async () => {
      const member = seen.tables.has(name) ? contents.find(name) : undefined;
      return member && (await contents.read(member, options));
    });
  const documents = { manifest: await read("manifest.json"), index: await read("index.json") };
  const { index, manifest } = documents;
  const walked = index && (await attemptAsync(problems, () => walkIndex(contents, index, options)));
  // A file of that name may stand in any file tree. It is a layout's when it leads somewhere, or the layout says that it is one.
  const walk =
    walked !== undefined && (walked.nodes.length > 0 || seen.tables.has("oci-layout")) ? walked : undefined;
  problems.push(...(walk?.problems ?? []));
  if (walk !== undefined) problems.push(...checkLayout(await read("oci-layout"), problems, options));

  const docker = manifest && (await fromManifest(contents, { manifest, walk, problems, options }));
  if (docker !== undefined && (docker.plans.length > 0 || seen.bare !== "rootfs")) {
    const images = await openPlans(contents, docker.plans, options);
    const others = walk === undefined ? [] : await walkedImages(contents, walk, { listed: images, options });
    return {
      ...listed(docker.kind, images, problems),
      manifests: nodesOf(walk, [...images, ...others]),
      documents,
    };
  }
  if (walk !== undefined) {
    const images = await walkedImages(contents, walk, { listed: [], options });
    return { ...listed("oci-layout", images, problems), manifests: nodesOf(walk, images), documents };
  }
  if (seen.legacy || seen.tables.has("repositories")) {
    const repositories = await read("repositories");
    const found = await attemptAsync(problems, () => legacyImages(contents, repositories, options));
    problems.push(...(found?.problems ?? []));
    if (found !== undefined && found.images.length > 0) {
      return { kind: "docker-v1", images: found.images, manifests: [], documents, problems };
    }
  }
  return { kind: undefined, images: [], manifests: [], documents, problems };
}

function listed(
  kind: ArchiveKind,
  images: readonly ArchiveImage[],
  problems: readonly Problem[],
): Pick<FoundImages, "kind" | "images" | "problems"> {
  if (images.length > 0 || problems.length > 0) return { kind, images, problems };
  const none: Problem = { code: "archive/missing", message: "The archive lists no image", detail: {} };
  return { kind, images, problems: [none] };
}

/** The plans of manifest.json, which is a list in a Docker archive and an object in skopeo's `dir:`. */
async function fromManifest(
  contents: Contents,
  from: {
    readonly manifest: Bytes;
    readonly walk: Walk | undefined;
    readonly problems: Problem[];
    readonly options: OpenOptions;
  },
): Promise<{ readonly kind: ArchiveKind; readonly plans: readonly ImagePlan[] } | undefined> {
  const { manifest, walk, problems, options } = from;
  if (walk === undefined && manifest.find((byte) => byte > 0x20) === 0x7b) {
    const skopeo = await attemptAsync(problems, () => skopeoImages(contents, manifest, options));
    problems.push(...(skopeo?.problems ?? []));
    return skopeo && { kind: "skopeo-dir", plans: skopeo.plans };
  }
  const docker = attempt(problems, () => parseDockerManifest(manifest, options));
  if (docker === undefined) return undefined;
  problems.push(...docker.problems);
  const byConfig = new Map<Digest, ReturnType<typeof manifestOf>>();
  for (const { node } of walk?.nodes ?? []) {
    if (node.config !== undefined && !byConfig.has(node.config.digest))
      byConfig.set(node.config.digest, manifestOf(node));
  }
  const plans = docker.plans.map(
    (plan): ImagePlan => ({ ...plan, manifest: (id) => (id === undefined ? undefined : byConfig.get(id)) }),
  );
  return { kind: "docker-save", plans };
}

/** The images of a walk that are not among those listed already, by their manifest. */
async function walkedImages(
  contents: Contents,
  walk: Walk,
  { listed, options }: { readonly listed: readonly ArchiveImage[]; readonly options: OpenOptions },
): Promise<ArchiveImage[]> {
  const known = new Set(listed.map((image) => image.manifest?.digest));
  const plans = layoutImages(walk.nodes).filter(({ digest }) => !known.has(digest));
  return openPlans(
    contents,
    plans.slice(0, options.limits.images).map(({ plan }) => plan),
    options,
  );
}

async function openPlans(
  contents: Contents,
  plans: readonly ImagePlan[],
  options: OpenOptions,
): Promise<ArchiveImage[]> {
  const images: ArchiveImage[] = [];
  for (const plan of plans) {
    options.signal?.throwIfAborted();
    images.push(await openPlanned(contents, plan, options));
    options.onProgress?.({ stage: "images", done: images.length, total: plans.length });
  }
  return images;
}

function nodesOf(walk: Walk | undefined, images: readonly ArchiveImage[]): ManifestNode[] {
  const byManifest = new Map(images.map((image) => [image.manifest?.digest, image]));
  return (walk?.nodes ?? []).map(({ node }) => ({ ...node, image: byManifest.get(node.digest) }));
}

/** An OCI layout says so in a file of its own; many tools leave it out. */
function checkLayout(bytes: Bytes | undefined, problems: Problem[], options: OpenOptions): Problem[] {
  if (bytes === undefined) {
    return [
      {
        code: "archive/missing",
        message: "The archive has index.json but no oci-layout",
        detail: { path: "oci-layout" },
      },
    ];
  }
  const version = attempt(problems, () => {
    const value: JsonValue = parseJson(bytes, documentOptions("oci-layout", options)).value;
    return fieldsOf(value, "oci-layout").string("imageLayoutVersion") ?? "";
  });
  if (version === undefined || version === "1.0.0") return [];
  return [
    {
      code: "archive/layout",
      message: `oci-layout has imageLayoutVersion ${JSON.stringify(version.slice(0, 100))}, expected "1.0.0"`,
      detail: { found: version.slice(0, 100) },
    },
  ];
}
