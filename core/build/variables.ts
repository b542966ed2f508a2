import type { BodyOf, Instruction } from "../dockerfile/mod.ts";
import { type OnWarning, substitute, type Variables } from "./scope.ts";

/** The variables of one stage. ARG and ENV share one space of names; what comes later wins. */
export interface StageVariables {
  readonly values: Variables;
  /** Names that ARG declared, with the value they were given, in the order in which they first came. */
  readonly args: Map<string, string | undefined>;
}

/** What {@link declareArgs} takes. */
export interface ArgOptions {
  readonly globals: Variables;
  /** What the caller gave. */
  readonly given: ReadonlyMap<string, string>;
  readonly escape: string;
  readonly onWarning: OnWarning;
}

/** Carries an ARG out and gives what it leaves in the history. @throws CoreError `dockerfile/invalid` */
export function declareArgs(
  variables: StageVariables,
  instruction: Instruction & BodyOf<"arg">,
  { globals, given, escape, onWarning }: ArgOptions,
): string {
  const { values, args } = variables;
  const said = instruction.args.map(({ name, value }) => {
    const scope = {
      variables: values,
      escape,
      declared: new Set(args.keys()),
      line: instruction.lines.start,
      onWarning,
    };
    const chosen = given.get(name) ?? (value === undefined ? globals.get(name) : substitute(value, scope));
    args.set(name, chosen);
    if (chosen === undefined) return name;
    values.set(name, chosen);
    return `${name}=${chosen}`;
  });
  return `ARG ${said.join(" ")}`;
}
