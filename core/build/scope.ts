import { type DockerfileWarning, expandWord, nearest } from "../dockerfile/mod.ts";
import { formatPlatform, type Platform } from "../oci/mod.ts";

/** Variables in the order in which they were first set. */
export type Variables = Map<string, string>;

/** Takes what is doubtful about a Dockerfile as it is found. */
export type OnWarning = (warning: DockerfileWarning) => void;

/** The variables that every FROM can use, and every stage that asks for them with ARG. */
export function platformVariables(
  platforms: { readonly build: Platform; readonly target: Platform },
  targetStage: string,
): Variables {
  const variables: Variables = new Map();
  for (const [prefix, platform] of [
    ["BUILD", platforms.build],
    ["TARGET", platforms.target],
  ] as const) {
    variables.set(`${prefix}PLATFORM`, formatPlatform(platform));
    variables.set(`${prefix}OS`, platform.os ?? "");
    variables.set(`${prefix}OSVERSION`, platform.osVersion ?? "");
    variables.set(`${prefix}ARCH`, platform.architecture ?? "");
    variables.set(`${prefix}VARIANT`, platform.variant ?? "");
  }
  return variables.set("TARGETSTAGE", targetStage);
}

/** What substituting the words of one instruction takes. */
export interface WordScope {
  readonly variables: ReadonlyMap<string, string>;
  /** The escape character of the file. */
  readonly escape: string;
  /** Names that were declared, with a value or without. */
  readonly declared: ReadonlySet<string>;
  readonly line: number;
  readonly onWarning: OnWarning;
}

/** `word` after substitution. @throws CoreError `dockerfile/invalid` */
export function substitute(
  word: string,
  scope: WordScope,
  how: { readonly literalQuotes?: boolean } = {},
): string {
  const lookup = (name: string): string | undefined => scope.variables.get(name);
  let unset: readonly string[] = [];
  try {
    const expanded = expandWord(word, lookup, { ...how, escape: scope.escape });
    unset = expanded.unset;
    return expanded.value;
  } catch (error) {
    // BuildKit reports what is not set even where the substitution fails.
    unset = unsetIn(word, scope, how);
    throw error;
  } finally {
    for (const name of unset) if (!scope.declared.has(name)) warn(name, scope);
  }
}

/** The names asked for in a word that cannot be substituted. */
function unsetIn(
  word: string,
  { variables, escape }: WordScope,
  how: { readonly literalQuotes?: boolean },
): string[] {
  const asked: string[] = [];
  const lookup = (name: string): string | undefined => {
    const value = variables.get(name);
    if (value === undefined) asked.push(name);
    return value;
  };
  try {
    expandWord(word, lookup, { ...how, escape });
  } catch {
    // It failed before.
  }
  return asked;
}

function warn(name: string, { variables, line, onWarning }: WordScope): void {
  const near = nearest(name, variables.keys());
  const hint = near === undefined ? "" : ` (did you mean $${near}?)`;
  onWarning({ rule: "UndefinedVar", message: `Usage of undefined variable '$${name}'${hint}`, line });
}
