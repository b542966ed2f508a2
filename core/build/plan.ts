import {
  dockerfileError,
  goQuote,
  type Instruction,
  locate,
  located,
  nearest,
  type Stage,
  type Stages,
} from "../dockerfile/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import {
  normalizePlatform,
  type Platform,
  parsePlatform,
  parseReference,
  type Reference,
} from "../oci/mod.ts";
import { type OnWarning, platformVariables, substitute, type Variables } from "./scope.ts";

/** What a stage begins as. */
export type Origin =
  | { readonly kind: "scratch" }
  | { readonly kind: "stage"; readonly stage: number }
  | {
      readonly kind: "image";
      readonly reference: Reference;
      readonly text: string;
      readonly platform: Platform;
    };

/** Where a COPY takes files from. */
export type CopyFrom =
  | { readonly kind: "stage"; readonly stage: number }
  | { readonly kind: "image"; readonly text: string };

/** A stage that is to be built. */
export interface PlannedStage {
  readonly index: number;
  readonly stage: Stage;
  readonly origin: Origin;
}

/** What is to be built, in which order. */
export interface Plan {
  /** In the order in which they are built; the last is the target. */
  readonly stages: readonly PlannedStage[];
  readonly target: number;
  /** What ARG in a stage finds, and FROM. */
  readonly globals: Variables;
}

/** What {@link planStages} takes. */
export interface PlanOptions {
  readonly target: string | undefined;
  readonly args: ReadonlyMap<string, string>;
  readonly build: Platform;
  readonly platform: Platform;
  readonly escape: string;
  readonly onWarning: OnWarning;
}

/**
 * The stages that the target needs.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words
 */
export function planStages({ globals, stages }: Stages, options: PlanOptions): Plan {
  if (stages.length === 0) throw dockerfileError("dockerfile contains no stages to build");
  const target = targetOf(stages, options.target);
  const platforms = { build: options.build, target: options.platform };
  const variables = platformVariables(platforms, stages[target]!.from.name ?? "default");
  for (const name of variables.keys()) {
    const given = options.args.get(name);
    if (given !== undefined) variables.set(name, given);
  }
  const defaults = new Map(variables);
  const declared = new Set<string>(variables.keys());
  for (const instruction of globals) {
    for (const { name, value } of instruction.args) {
      const scope = {
        variables,
        escape: options.escape,
        declared,
        line: instruction.lines.start,
        onWarning: options.onWarning,
      };
      declared.add(name);
      const chosen =
        options.args.get(name) ??
        (value === undefined ? undefined : located(instruction.lines, () => substitute(value, scope)));
      if (value !== undefined) defaults.set(name, substitute(value, { ...scope, onWarning: () => {} }));
      if (chosen !== undefined) variables.set(name, chosen);
    }
  }
  const names = stages.map((stage, index) =>
    originName(stage, { ...options, variables, defaults, declared, index, stages }),
  );
  const needs = stages.map((stage, index) => [
    ...(typeof names[index] === "number" ? [names[index]] : []),
    ...stage.instructions.flatMap((instruction) => {
      const from = copyFrom(instruction, stages);
      return from?.kind === "stage" ? [from.stage] : [];
    }),
  ]);
  refuseCycles(stages, needs);
  const order = reachable(needs, target);
  return {
    target,
    globals: variables,
    stages: order.map((index) => {
      const name = names[index]!;
      const stage = stages[index]!;
      refuseLater(stage, index, stages);
      const origin: Origin =
        typeof name === "number"
          ? { kind: "stage", stage: name }
          : imageOrigin(stage, name, { ...options, variables, declared });
      return { index, stage, origin };
    }),
  };
}

function targetOf(stages: readonly Stage[], target: string | undefined): number {
  if (target === undefined || target === "") return stages.length - 1;
  const named = stages.findLastIndex(({ from }) => from.name === target.toLowerCase());
  if (named >= 0) return named;
  const names = stages.flatMap(({ from }) => from.name ?? []);
  const near = nearest(target, names, { caseSensitive: false });
  const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
  throw dockerfileError(`target stage ${goQuote(target)} could not be found${hint}`);
}

/** The stage that a FROM names, or the name of its image after substitution. */
function originName(
  { from }: Stage,
  options: PlanOptions & {
    readonly variables: Variables;
    readonly defaults: Variables;
    readonly declared: Set<string>;
    readonly index: number;
    readonly stages: readonly Stage[];
  },
): number | string {
  const { variables, defaults, declared, escape, index, stages, onWarning } = options;
  const line = from.lines.start;
  return located(from.lines, () => {
    const name = substitute(from.image, {
      variables,
      escape,
      declared,
      line,
      onWarning: undeclared(onWarning),
    });
    const quiet = { variables: defaults, escape, declared, line, onWarning: () => {} };
    const fallback = substitute(from.image, quiet);
    if (fallback === "" || (!isName(fallback) && fallback !== "scratch")) {
      onWarning({
        rule: "InvalidDefaultArgInFrom",
        message: `Default value for ARG ${from.image} results in empty or invalid base image name`,
        line,
      });
    }
    if (name === "") throw dockerfileError(`base name (${from.image}) should not be blank`);
    const stage = stages.slice(0, index).findLastIndex((other) => other.from.name === name);
    return stage < 0 ? name : stage;
  });
}

/** In FROM a variable that nobody declared has a warning of its own. */
const undeclared =
  (onWarning: OnWarning): OnWarning =>
  (warning) =>
    onWarning({
      ...warning,
      rule: "UndefinedArgInFrom",
      message: warning.message.replace(
        /^Usage of undefined variable '\$(.*)'/,
        "FROM argument '$1' is not declared",
      ),
    });

function isName(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}

function imageOrigin(
  { from }: Stage,
  name: string,
  options: PlanOptions & { readonly variables: Variables; readonly declared: Set<string> },
): Origin {
  return located(from.lines, () => {
    const platform = from.platform === undefined ? options.platform : fromPlatform(from, options);
    if (name === "scratch") return { kind: "scratch" };
    try {
      return { kind: "image", reference: parseReference(name), text: name, platform };
    } catch (error) {
      if (!isCoreError(error, "oci/reference")) throw error;
      const { reason } = error.detail;
      const why = typeof reason === "string" ? reason : error.message;
      throw dockerfileError(`failed to parse stage name ${goQuote(name)}: ${why}`);
    }
  });
}

function fromPlatform(
  from: Stage["from"],
  {
    variables,
    declared,
    escape,
    onWarning,
    build,
  }: PlanOptions & { readonly variables: Variables; readonly declared: Set<string> },
): Platform {
  const written = from.platform ?? "";
  const line = from.lines.start;
  const text = substitute(written, { variables, escape, declared, line, onWarning: undeclared(onWarning) });
  if (text === "") throw dockerfileError(`empty platform value from expression ${written}`);
  try {
    const platform = normalizePlatform(parsePlatform(text, build));
    // A stage that says in its name what it is for may be for that alone.
    if (!written.includes("$") && from.name?.includes(platform.architecture ?? "") !== true) {
      onWarning({
        rule: "FromPlatformFlagConstDisallowed",
        message: `FROM --platform flag should not use constant value ${goQuote(written)}`,
        line,
      });
    }
    return platform;
  } catch (error) {
    if (!isCoreError(error, "oci/platform")) throw error;
    const { start, end } = from.lines;
    // BuildKit says the place twice.
    const lines = [
      [start, end],
      [start, end],
    ];
    throw new CoreError(
      "dockerfile/invalid",
      `failed to parse platform ${text}: ${goQuote(text)}: cannot parse platform specifier: invalid argument`,
      { lines },
    );
  }
}

/** Where a COPY takes its files from; `undefined`: the context. @throws CoreError `dockerfile/invalid` */
export function copyFrom(instruction: Instruction, stages: readonly Stage[]): CopyFrom | undefined {
  if (instruction.kind !== "copy" || instruction.copy.from === undefined) return undefined;
  const { from } = instruction.copy;
  if (from.includes("$")) {
    throw dockerfileError(
      "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
    );
  }
  if (/^\d{1,9}$/.test(from)) {
    if (Number(from) >= stages.length) throw dockerfileError(`invalid stage index ${Number(from)}`);
    return { kind: "stage", stage: Number(from) };
  }
  const stage = stages.findLastIndex((other) => other.from.name === from.toLowerCase());
  return stage < 0 ? { kind: "image", text: from } : { kind: "stage", stage };
}

/** A stage is built after those it copies from. */
function refuseLater({ instructions }: Stage, index: number, stages: readonly Stage[]): void {
  for (const instruction of instructions) {
    const from = copyFrom(instruction, stages);
    if (from?.kind !== "stage" || from.stage < index) continue;
    const name = (at: number): string => stages[at]!.from.name ?? `stage-${at}`;
    throw dockerfileError(
      `cannot copy from stage ${goQuote(name(from.stage))}, it needs to be defined before current stage ${goQuote(name(index))}`,
      instruction.lines,
    );
  }
}

/** @throws CoreError `dockerfile/invalid` when stages need each other */
function refuseCycles(stages: readonly Stage[], needs: readonly (readonly number[])[]): void {
  const done = new Set<number>();
  for (const start of needs.keys()) {
    const trail: { readonly stage: number; at: number }[] = [{ stage: start, at: 0 }];
    const open = new Set([start]);
    while (trail.length > 0) {
      const top = trail.at(-1)!;
      const next = needs[top.stage]![top.at++];
      if (next === undefined) {
        open.delete(top.stage);
        done.add(top.stage);
        trail.pop();
      } else if (open.has(next)) {
        const name = stages[next]!.from.name ?? `stage-${next}`;
        const lines = copyLines(stages[top.stage]!, next, stages);
        throw locate(dockerfileError(`circular dependency detected on stage: ${name}`), lines);
      } else if (!done.has(next)) {
        open.add(next);
        trail.push({ stage: next, at: 0 });
      }
    }
  }
}

const copyLines = (stage: Stage, from: number, stages: readonly Stage[]) =>
  stage.instructions.find((instruction) => {
    const found = copyFrom(instruction, stages);
    return found?.kind === "stage" && found.stage === from;
  })?.lines ?? stage.from.lines;

/** The stages that `target` needs, itself among them, in their order. */
function reachable(needs: readonly (readonly number[])[], target: number): number[] {
  const found = new Set([target]);
  for (const stage of found) for (const next of needs[stage]!) found.add(next);
  return [...found].sort((a, b) => a - b);
}
