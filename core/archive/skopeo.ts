import type { Bytes } from "../bytes/mod.ts";
import { type Digest, sha256Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { type Descriptor, type Manifest, parseManifest } from "../oci/mod.ts";
import type { Contents } from "./contents.ts";
import type { ImagePlan } from "./image.ts";
import { documentOptions, type OpenOptions } from "./options.ts";
import { attempt, attemptAsync } from "./problem.ts";
import type { Problem } from "./types.ts";

/** What skopeo's `dir:` layout holds: blobs named by bare hex beside a manifest; with an index, each child as `<hex>.manifest.json`. */
export async function skopeoImages(
  contents: Contents,
  bytes: Bytes,
  options: OpenOptions,
): Promise<{ readonly plans: ImagePlan[]; readonly problems: Problem[] }> {
  const root = parseManifest(bytes, documentOptions("manifest.json", options));
  if (root.kind === "manifest") {
    return { plans: [planOf(root, { digest: sha256Digest(bytes, options.newHasher), bytes })], problems: [] };
  }
  if (root.manifests.length + root.flaws.length === 0) {
    const found = "Cannot read manifest.json: it is neither a list of images nor a manifest";
    throw new CoreError("archive/layout", found, { document: "manifest.json" });
  }
  const plans: ImagePlan[] = [];
  const problems: Problem[] = [];
  for (const child of root.manifests.slice(0, options.limits.images)) {
    const path = `${hexOf(child.digest)}.manifest.json`;
    const plan = await attemptAsync(problems, async () => {
      const member = contents.find(path);
      if (member === undefined) {
        throw new CoreError(
          "archive/missing",
          `Cannot find manifest ${child.digest}: the archive has no ${path}`,
          {
            digest: child.digest,
            path,
          },
        );
      }
      const found = await contents.read(member, options);
      const manifest = attempt(problems, () => parseManifest(found, documentOptions(path, options)));
      return manifest?.kind === "manifest" && !child.annotations?.has("vnd.docker.reference.type")
        ? planOf(manifest, { digest: child.digest, bytes: found }, child)
        : undefined;
    });
    if (plan !== undefined) plans.push(plan);
  }
  return { plans, problems: problems.slice(0, options.limits.problems) };
}

function planOf(
  manifest: Manifest,
  { digest, bytes }: { readonly digest: Digest; readonly bytes: Bytes },
  child?: Descriptor,
): ImagePlan {
  return {
    tags: [],
    configPath: hexOf(manifest.config.digest),
    configDigest: manifest.config.digest,
    layers: () =>
      manifest.layers.map((layer) => ({
        path: hexOf(layer.digest),
        digest: layer.digest,
        size: layer.size,
        mediaType: layer.mediaType,
        urls: layer.urls,
      })),
    manifest: () => ({ digest, mediaType: manifest.mediaType, bytes }),
    platform: child?.platform,
    format: manifest.mediaType.startsWith("application/vnd.docker.") ? "docker" : "oci",
    problems: [],
  };
}

function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}
