import type { Bytes } from "../bytes/mod.ts";
import { type Digest, sha256Digest } from "../digest/mod.ts";
import { formatPlatform, type ImageConfig, mapHistory, type Platform, parseImageConfig } from "../oci/mod.ts";
import type { Contents, Member } from "./contents.ts";
import { findLayers, type LayerPlan } from "./layer.ts";
import { documentOptions, type OpenOptions } from "./options.ts";
import { attempt, attemptAsync, bounded, duplicateKeys } from "./problem.ts";
import type { ArchiveImage, ImageManifest, Problem } from "./types.ts";

/** What an archive's tables say about one image, before anything of it is read. */
export interface ImagePlan {
  readonly tags: readonly string[];
  readonly parent?: Digest | undefined;
  /** Member that holds the config. */
  readonly configPath: string;
  /** What the config must hash to, where somebody says so. */
  readonly configDigest?: Digest | undefined;
  readonly layers: (config: ImageConfig | undefined) => readonly LayerPlan[];
  readonly manifest?: ((id: Digest | undefined) => ImageManifest | undefined) | undefined;
  /** Used when the config does not say. */
  readonly platform?: Platform | undefined;
  readonly format: ArchiveImage["format"];
  readonly problems: readonly Problem[];
}

/** The image of a plan. What is missing or broken of it is noted in its problems; the rest is there. */
export async function openPlanned(
  contents: Contents,
  plan: ImagePlan,
  options: OpenOptions,
): Promise<ArchiveImage> {
  const problems: Problem[] = [...plan.problems];
  const configBytes = await attemptAsync(problems, () => readConfig(contents, plan, problems, options));
  const id = configBytes && sha256Digest(configBytes, options.newHasher);
  if (id !== undefined && plan.configDigest?.startsWith("sha256:") && id !== plan.configDigest) {
    problems.push({
      code: "digest/mismatch",
      message: `Config ${plan.configPath} has digest ${id}, expected ${plan.configDigest}`,
      detail: { path: plan.configPath, found: id, expected: plan.configDigest },
    });
  }
  const config =
    configBytes &&
    attempt(problems, () => parseImageConfig(configBytes, documentOptions(plan.configPath, options)));
  problems.push(...duplicateKeys(plan.configPath, config?.duplicateKeys ?? []));
  const planned = plan.layers(config);
  const history = mapHistory(config?.history ?? [], planned.length);
  const layers = findLayers(contents, planned.slice(0, options.limits.layers), {
    // With another number of diff IDs than layers, nobody can say which belongs to which.
    diffIDs: config?.diffIDs.length === planned.length ? config.diffIDs : [],
    byLayer: history.byLayer,
    problems,
  });
  checkCounts(problems, {
    config,
    layers: planned.length,
    surplus: history.surplus,
    limit: options.limits.layers,
  });
  const platform =
    config !== undefined && formatPlatform(config.platform) !== "" ? config.platform : plan.platform;
  return {
    id,
    tags: plan.tags,
    parent: plan.parent,
    platform,
    config,
    configBytes,
    manifest: plan.manifest?.(id),
    format: plan.format,
    layers,
    problems: bounded(problems, options.limits.problems),
  };
}

async function readConfig(
  contents: Contents,
  plan: ImagePlan,
  problems: Problem[],
  options: OpenOptions,
): Promise<Bytes | undefined> {
  const member: Member | undefined = contents.find(plan.configPath);
  if (member !== undefined) return contents.read(member, options);
  problems.push({
    code: "archive/missing",
    message: `Cannot find the config of the image: the archive has no ${plan.configPath}`,
    detail: { path: plan.configPath },
  });
  return undefined;
}

function checkCounts(
  problems: Problem[],
  counts: {
    readonly config: ImageConfig | undefined;
    readonly layers: number;
    readonly surplus: number;
    readonly limit: number;
  },
): void {
  const { config, layers, surplus, limit } = counts;
  if (layers > limit) {
    problems.push({
      code: "bytes/limit",
      message: `The image has ${layers} layers, expected at most ${limit}; the rest is left out`,
      detail: { layers, limit },
    });
  }
  if (config !== undefined && config.diffIDs.length !== layers) {
    problems.push({
      code: "archive/layout",
      message: `invalid manifest, layers length mismatch: expected ${layers}, got ${config.diffIDs.length}`,
      detail: { expected: layers, found: config.diffIDs.length },
    });
  }
  if (surplus > 0 && config?.diffIDs.length === layers) {
    problems.push({
      code: "archive/layout",
      message: `too many non-empty layers in History section: ${surplus} more than the ${layers} layers of the image`,
      detail: { layers, surplus },
    });
  }
}
