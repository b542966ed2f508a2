import type { Bytes } from "../bytes/mod.ts";
import { isDigest } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import {
  type Fields,
  fieldsOf,
  type ImageConfig,
  parseJson,
  parseReference,
  readDescriptor,
} from "../oci/mod.ts";
import type { ImagePlan } from "./image.ts";
import type { LayerPlan } from "./layer.ts";
import type { ArchiveLimits } from "./limits.ts";
import { documentOptions, type OpenOptions } from "./options.ts";
import { attempt, duplicateKeys } from "./problem.ts";
import type { Problem } from "./types.ts";

/** The images that a `manifest.json` lists, and what is wrong with the list. */
export interface DockerManifest {
  readonly plans: readonly ImagePlan[];
  readonly problems: readonly Problem[];
}

/**
 * The images that `manifest.json` lists; items that cannot be read are left out and noted.
 * @throws CoreError `oci/json`, `bytes/limit` when it is no JSON; `archive/layout` when it is no list.
 */
export function parseDockerManifest(bytes: Bytes, options: OpenOptions): DockerManifest {
  const document = "manifest.json";
  const { limits } = options;
  const { value, duplicateKeys: keys } = parseJson(bytes, documentOptions(document, options));
  if (!Array.isArray(value)) {
    throw new CoreError(
      "archive/layout",
      "Cannot read manifest.json: it is no list, expected a list of images",
      { document },
    );
  }
  const items: readonly unknown[] = value;
  const problems: Problem[] = duplicateKeys(document, keys);
  const plans: ImagePlan[] = [];
  if (items.length > limits.images) {
    problems.push({
      code: "bytes/limit",
      message: `manifest.json lists ${items.length} images, expected at most ${limits.images}; the rest is left out`,
      detail: { images: items.length, limit: limits.images },
    });
  }
  for (const [index, item] of value.slice(0, limits.images).entries()) {
    const plan = attempt(problems, () => planOf(fieldsOf(item, `${document} [${index}]`), limits));
    if (plan !== undefined) plans.push(plan);
  }
  return { plans, problems };
}

function planOf(item: Fields, limits: ArchiveLimits): ImagePlan {
  const tags = item.strings("RepoTags") ?? [];
  const paths = item.strings("Layers") ?? [];
  const parent = item.string("Parent");
  return {
    tags,
    parent: parent !== undefined && isDigest(parent) ? parent : undefined,
    configPath: item.string("Config") ?? "",
    layers: (config) => layerPlans(item, paths, config),
    format: "docker",
    problems: tagProblems(tags, limits.problems),
  };
}

/**
 * `LayerSources` describes layers by diff ID. It is a hint: one that cannot be read is passed over, and its digest may be that of the
 * layer in a registry rather than of the bytes here.
 */
function layerPlans(item: Fields, paths: readonly string[], config: ImageConfig | undefined): LayerPlan[] {
  const sources = item.value("LayerSources");
  return paths.map((path, index): LayerPlan => {
    const diffID = config?.diffIDs[index];
    // Digests are keys here, not fields: they match exactly.
    const source = sources instanceof Map && diffID !== undefined ? sources.get(diffID) : undefined;
    if (source === undefined) return { path };
    try {
      const { mediaType, urls } = readDescriptor(fieldsOf(source, diffID ?? ""));
      return { path, mediaType, urls };
    } catch (error) {
      if (isCoreError(error)) return { path };
      throw error;
    }
  });
}

/** What is wrong with the first tags that have something wrong with them, `most` of them. */
function tagProblems(tags: readonly string[], most: number): Problem[] {
  const problems: Problem[] = [];
  for (const tag of tags) {
    if (problems.length >= most) break;
    attempt(problems, () => parseReference(tag));
  }
  return problems;
}
