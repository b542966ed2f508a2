import {
  type DockerfileWarning,
  type Instruction,
  type LineRange,
  parseDockerfile,
  readStages,
  type Stages,
} from "../dockerfile/mod.ts";
import { type CoreError, isCoreError } from "../error.ts";
import { formatWarning, lintCasing, lintDeprecated, lintStages, parseCheck } from "./lint.ts";

/** What a Dockerfile says of itself, before anything is read or built. */
export interface DockerfileOutline {
  /** Why it cannot be built; the place is in its `detail.lines`. What follows is then of no use. */
  readonly error: CoreError | undefined;
  /** What BuildKit's checks find that depends on no variable. */
  readonly warnings: readonly DockerfileWarning[];
  /** Names of the stages that have one. */
  readonly targets: readonly string[];
  /** Names of all ARGs, each once. */
  readonly args: readonly string[];
  /** Where programs would be run. */
  readonly runs: readonly LineRange[];
}

/** Reads a Dockerfile as far as it can be without its context: fit to be done at every key that is typed. */
export function outlineDockerfile(text: string): DockerfileOutline {
  const warnings: DockerfileWarning[] = [];
  const nothing = { warnings, targets: [], args: [], runs: [] };
  try {
    const parsed = parseDockerfile(text);
    const check = parseCheck(parsed.directives.check);
    const known = new Set<string>();
    const onWarning = (warning: DockerfileWarning): void => {
      const shown = formatWarning(warning);
      if (known.has(shown) || check.skip(warning.rule)) return;
      known.add(shown);
      warnings.push(warning);
    };
    parsed.warnings.forEach(onWarning);
    lintDeprecated(parsed, onWarning);
    const read = readStages(parsed);
    lintCasing(parsed, onWarning);
    lintStages(read, onWarning);
    return { error: undefined, warnings, ...contents(read) };
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { ...nothing, error };
  }
}

function contents({ globals, stages }: Stages): Pick<DockerfileOutline, "targets" | "args" | "runs"> {
  const all: readonly Instruction[] = [...globals, ...stages.flatMap(({ instructions }) => instructions)];
  const args = all.flatMap((instruction) =>
    instruction.kind === "arg" ? instruction.args.map(({ name }) => name) : [],
  );
  return {
    targets: stages.flatMap(({ from }) => from.name ?? []),
    args: [...new Set(args)],
    runs: all.flatMap((instruction) => (instruction.kind === "run" ? instruction.lines : [])),
  };
}
