import { sha256Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { storeImage } from "../image/mod.ts";
import type { Platform } from "../oci/mod.ts";
import type { Lease } from "../store/mod.ts";
import { encodeConfig } from "./config-text.ts";
import { contextOf, readContext } from "./context.ts";
import { copyGround, lazily } from "./ground.ts";
import { LayerMaker } from "./layer.ts";
import { BUILD_LIMITS, type BuildLimits } from "./limits.ts";
import type { BuildOptions, BuiltImage } from "./options.ts";
import { type Preparation, prepare } from "./prepare.ts";
import { childStage, imageStage, type StageResult, scratchStage } from "./result.ts";
import { runStage } from "./stage.ts";
import { stepsOf } from "./steps.ts";
import { datedHistory, formatTime } from "./times.ts";

/**
 * Builds an image from a Dockerfile, by BuildKit's rules, and puts it into the store: layers, history and config are what BuildKit makes
 * of the same input. Stages that the target does not need are not built. Contents are read from where they lie and never held; in memory
 * are the names and attributes of the context and of the file systems that are copied from or into.
 * @throws CoreError `dockerfile/invalid`, `build/failed`, with BuildKit's words and the lines in `detail.lines`; `build/run` before
 * anything is built; `image/missing`, `bytes/limit`, `store/full`; whatever context, fetch and pull throw
 * @see https://docs.docker.com/reference/dockerfile/
 */
export async function buildImage(given: BuildOptions): Promise<BuiltImage> {
  const options = { ...given, sourceDateEpoch: given.sourceDateEpoch ?? epochOf(given) };
  const { store, signal, newHasher } = options;
  const limits: BuildLimits = { ...BUILD_LIMITS, ...options.limits };
  const root = lazily(() => readContext(options.context ?? contextOf([]), { limits, signal }));
  const prepared = await prepare(options, { root, limits });
  const lease = await store.lease(sha256Digest(new TextEncoder().encode(prepared.text), newHasher));
  try {
    const now = options.now();
    const results = new Map<number, StageResult>();
    const ground = copyGround(options, { prepared, root, results, limits });
    // A list of what is ignored that makes no sense is refused before anything is built.
    const copies = prepared.stages.flatMap((stage) => stage.instructions.filter(isCopy));
    if (copies.length > 0) await ground.context();
    const stepOf = stepsOf(prepared.stages, prepared.all.length);
    const layers = new LayerMaker({ ...options, lease, now, stepOf });
    const run = {
      stages: prepared.all,
      globals: prepared.globals,
      args: options.args ?? new Map<string, string>(),
      escape: prepared.escape,
      onWarning: prepared.onWarning,
      ground,
      layers,
      signal,
    };
    for (const { index, origin, stage, instructions } of prepared.stages) {
      const parent = origin.kind === "stage" ? results.get(origin.stage)! : undefined;
      const base = prepared.bases.get(index);
      if (base !== undefined) {
        const step = stepOf(stage.from);
        options.onProgress?.({ kind: "begin", step });
        options.onProgress?.({ kind: "done", step, cached: true });
      }
      const begin =
        parent !== undefined
          ? childStage(parent)
          : base !== undefined
            ? imageStage(base)
            : scratchStage(prepared.platform);
      results.set(index, await runStage(begin, instructions, run));
    }
    return await finish(results.get(prepared.target)!, { prepared, options, lease, now, limits });
  } finally {
    await lease.release();
  }
}

function epochOf({ args }: BuildOptions): number | undefined {
  const text = args?.get("SOURCE_DATE_EPOCH") ?? "";
  if (text === "") return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new CoreError("build/failed", `invalid SOURCE_DATE_EPOCH: ${text}`, { text });
}

const isCopy = ({ kind }: { readonly kind: string }): boolean => kind === "copy" || kind === "add";

/** Writes config and manifest of the target, and names them. */
async function finish(
  stage: StageResult,
  {
    prepared,
    options,
    lease,
    now,
    limits,
  }: {
    readonly prepared: Preparation;
    readonly options: BuildOptions;
    readonly lease: Lease;
    readonly now: number;
    readonly limits: BuildLimits;
  },
): Promise<BuiltImage> {
  const { check, warnings } = prepared;
  if (check.fail && warnings.length > 0) {
    const rules = [...new Set(warnings.map(({ rule }) => rule))];
    throw new CoreError("build/failed", `lint violation found for rules: ${rules.join(", ")}`);
  }
  if (stage.layers.length > limits.layers) {
    throw new CoreError("bytes/limit", `Cannot build: more than ${limits.layers} layers`, {
      limit: limits.layers,
    });
  }
  const { store, newHasher, signal, sourceDateEpoch, labels, tags } = options;
  const epoch = sourceDateEpoch === undefined ? undefined : formatTime(Math.min(sourceDateEpoch, now));
  const history = datedHistory(stage.history, epoch);
  const configBytes = encodeConfig({
    // Whatever a FROM asked for, the image is for what it was built for.
    platform: { ...stage.platform, ...platformOf(prepared.platform) },
    author: stage.author,
    created: history.at(-1)?.created,
    container: {
      ...stage.container,
      labels:
        labels === undefined
          ? stage.container.labels
          : new Map([...(stage.container.labels ?? []), ...labels]),
    },
    history,
    diffIDs: stage.layers.map(({ diffID }) => diffID),
  });
  const layers = stage.layers.map(({ descriptor }) => descriptor);
  const writing = { now, newHasher, signal, lease };
  const made = await storeImage(store, { config: configBytes, layers, names: tags }, writing);
  options.onProgress?.({ kind: "written", id: made.record.id, names: tags ?? [] });
  return { ...made, configBytes, layers, warnings };
}

const platformOf = ({ os, architecture, variant }: Platform): Platform => ({ os, architecture, variant });
