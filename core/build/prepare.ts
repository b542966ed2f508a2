import {
  type DockerfileWarning,
  type Instruction,
  locate,
  located,
  parseDockerfile,
  readStages,
  readTrigger,
  type Stage,
} from "../dockerfile/mod.ts";
import { CoreError } from "../error.ts";
import { normalizePlatform, type Platform } from "../oci/mod.ts";
import { type BaseImage, openBase } from "./base.ts";
import { findDockerfile } from "./context-files.ts";
import type { DirNode } from "./files.ts";
import type { BuildLimits } from "./limits.ts";
import {
  type CheckRules,
  formatWarning,
  lintCasing,
  lintDeprecated,
  lintStages,
  parseCheck,
} from "./lint.ts";
import type { BuildOptions } from "./options.ts";
import { type PlannedStage, planStages } from "./plan.ts";
import type { OnWarning, Variables } from "./scope.ts";
import type { StageWork } from "./steps.ts";

/** Everything that is known before anything is built. */
export interface Preparation {
  readonly text: string;
  /** Name of the Dockerfile. */
  readonly file: string;
  readonly escape: string;
  /** All stages of the file. */
  readonly all: readonly Stage[];
  /** Those that are needed, in their order. */
  readonly stages: readonly StageWork[];
  readonly target: number;
  readonly globals: Variables;
  readonly platform: Platform;
  /** The images that stages begin with, by the stage's number. */
  readonly bases: ReadonlyMap<number, BaseImage>;
  readonly check: CheckRules;
  readonly warnings: readonly DockerfileWarning[];
  readonly onWarning: OnWarning;
}

const HOST: Platform = { os: "linux", architecture: "amd64" };

/**
 * Reads the Dockerfile and finds out what is to be done, reading no more than configs.
 * @throws CoreError `dockerfile/invalid`, `build/run`, `build/failed`, `image/missing`
 */
export async function prepare(
  options: BuildOptions,
  { root, limits }: { readonly root: () => Promise<DirNode>; readonly limits: BuildLimits },
): Promise<Preparation> {
  const { text, file } = await dockerfileOf(options, { root, limits });
  const parsed = parseDockerfile(text);
  const check = parseCheck(parsed.directives.check);
  const { escape } = parsed.directives;
  const known = new Set<string>();
  const warnings: DockerfileWarning[] = [];
  const onWarning: OnWarning = (warning) => {
    const shown = formatWarning(warning);
    if (known.has(shown) || check.skip(warning.rule)) return;
    known.add(shown);
    warnings.push(warning);
    options.onWarning?.(warning);
  };
  parsed.warnings.forEach(onWarning);
  lintDeprecated(parsed, onWarning);
  const read = readStages(parsed);
  if (read.stages.length > limits.stages) throw tooMany("stages", limits.stages);
  lintCasing(parsed, onWarning);
  lintStages(read, onWarning);
  const platform = normalizePlatform(options.platform ?? HOST);
  const { stages, target, globals } = planStages(read, {
    target: options.target,
    args: options.args ?? new Map(),
    build: normalizePlatform(options.buildPlatform ?? HOST),
    platform,
    escape,
    onWarning,
  });
  const bases = await openBases(stages, options);
  const works = stages.map((stage): StageWork => {
    const triggers = triggersOf(stage, { base: bases.get(stage.index), all: read.stages });
    if (triggers.length > limits.triggers) throw tooMany("ONBUILD instructions", limits.triggers);
    return { ...stage, instructions: [...triggers, ...stage.stage.instructions] };
  });
  if (options.skipRun !== true) refuseRuns(works);
  const prepared = { text, file, escape, all: read.stages, stages: works, target, globals, platform, bases };
  return { ...prepared, check, warnings, onWarning };
}

async function dockerfileOf(
  options: BuildOptions,
  { root, limits }: { readonly root: () => Promise<DirNode>; readonly limits: BuildLimits },
): Promise<{ readonly text: string; readonly file: string }> {
  const { dockerfile, file, signal } = options;
  if (dockerfile !== undefined) return { text: dockerfile, file: file ?? "Dockerfile" };
  return findDockerfile(await root(), file, { limits, signal });
}

async function openBases(
  stages: readonly PlannedStage[],
  options: BuildOptions,
): Promise<ReadonlyMap<number, BaseImage>> {
  const bases = new Map<number, BaseImage>();
  for (const { index, origin, stage } of stages) {
    if (origin.kind !== "image") continue;
    try {
      bases.set(index, await openBase(origin.reference, origin.platform, options));
    } catch (error) {
      throw locate(error, stage.from.lines);
    }
  }
  return bases;
}

/** The instructions that ONBUILDs of what a stage begins with put in front of its own. */
function triggersOf(
  { stage, origin }: PlannedStage,
  { base, all }: { readonly base: BaseImage | undefined; readonly all: readonly Stage[] },
): Instruction[] {
  const { lines } = stage.from;
  const parent = origin.kind === "stage" ? all[origin.stage]!.instructions : [];
  const texts =
    base?.config.container?.onBuild ??
    parent.flatMap((instruction) => (instruction.kind === "onbuild" ? [instruction.trigger] : []));
  return located(lines, () => texts.map((text) => readTrigger(text, lines)));
}

/** @throws CoreError `build/run`, with every line that would run a program */
function refuseRuns(stages: readonly StageWork[]): void {
  const runs = stages.flatMap(({ instructions }) => instructions.filter(({ kind }) => kind === "run"));
  const [first] = runs;
  if (first === undefined) return;
  const more = runs.length === 1 ? "" : ` (and ${runs.length - 1} more)`;
  const shown = first.original.length > SHOWN ? `${first.original.slice(0, SHOWN)}…` : first.original;
  const lines = [[first.lines.start, first.lines.end]];
  throw new CoreError(
    "build/run",
    `cannot run programs without a kernel: line ${first.lines.start} is ${shown}${more}; --skip-run leaves such instructions out`,
    { lines, runs: runs.map((run) => run.lines.start) },
  );
}

/** Characters of an instruction that a message shows. */
const SHOWN = 200;

const tooMany = (what: string, limit: number): CoreError =>
  new CoreError("bytes/limit", `Cannot build: more than ${limit} ${what}`, { what, limit });
