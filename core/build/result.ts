import type { Digest } from "../digest/mod.ts";
import type { ContainerConfig, Descriptor, HistoryEntry, Platform } from "../oci/mod.ts";
import type { BaseImage } from "./base.ts";
import { type DirNode, EMPTY_ROOT } from "./files.ts";
import type { StageVariables } from "./variables.ts";

/** A layer of a stage. */
export interface StageLayer {
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
}

/** What a stage is, after its last instruction or before its first. */
export interface StageResult {
  readonly platform: Platform;
  readonly author: string | undefined;
  readonly container: ContainerConfig;
  /** Entries of the build have no time yet when they made no layer. */
  readonly history: readonly HistoryEntry[];
  readonly layers: readonly StageLayer[];
  readonly files: () => Promise<DirNode>;
  readonly variables: StageVariables;
}

/** What every image has that does not say otherwise. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A stage that begins with nothing. */
export function scratchStage(platform: Platform): StageResult {
  return begun({
    platform,
    author: undefined,
    container: { workingDir: "/" },
    history: [],
    layers: [],
    files: async () => EMPTY_ROOT,
  });
}

/** A stage that begins with an image. */
export function imageStage({ config, layers, files }: BaseImage): StageResult {
  return begun({
    platform: config.platform,
    author: config.author,
    container: { ...config.container, onBuild: undefined },
    history: config.history,
    layers: layers.map((descriptor, at) => ({ descriptor, diffID: config.diffIDs[at]! })),
    files,
  });
}

/** A stage that begins with another one: its files, config, history and variables. */
export function childStage(parent: StageResult): StageResult {
  const { values, args } = parent.variables;
  return {
    ...parent,
    container: { ...parent.container, onBuild: undefined },
    variables: { values: new Map(values), args: new Map(args) },
  };
}

function begun(stage: Omit<StageResult, "variables">): StageResult {
  const env = stage.container.env ?? [];
  const withPath = env.some((line) => line.startsWith("PATH=")) ? env : [...env, `PATH=${DEFAULT_PATH}`];
  const values = new Map(
    withPath.map((line) => {
      const equals = line.indexOf("=");
      return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  return {
    ...stage,
    container: { ...stage.container, env: withPath },
    variables: { values, args: new Map() },
  };
}
