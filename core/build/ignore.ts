import { CoreError } from "../error.ts";
import { cleanPath } from "../tar/mod.ts";
import { type Glob, matchGlob, parseGlob } from "./glob.ts";

/** One line of a list of patterns. */
interface Rule {
  readonly not: boolean;
  readonly matches: (path: string) => boolean;
}

/** Patterns in the order in which they count: the last that matches decides. */
export type PathRules = readonly Rule[];

/** The patterns of a `.dockerignore`, cleaned, in their order; `!` stays in front of what is to be kept. */
export function parseIgnoreFile(text: string): string[] {
  const lines = (text.startsWith("\ufeff") ? text.slice(1) : text).split("\n");
  return lines.flatMap((line) => {
    if (line.startsWith("#")) return [];
    let pattern = line.trim();
    if (pattern === "") return [];
    const not = pattern.startsWith("!");
    if (not) pattern = pattern.slice(1).trim();
    if (pattern !== "") {
      pattern = cleanPath(pattern);
      if (pattern.length > 1 && pattern.startsWith("/")) pattern = pattern.slice(1);
    }
    return [not ? `!${pattern}` : pattern];
  });
}

/**
 * The rules in these patterns.
 * @throws CoreError `build/failed` with BuildKit's words when one is malformed
 * @see https://github.com/moby/patternmatcher
 */
export function parseRules(patterns: readonly string[]): PathRules {
  return patterns.flatMap((text): Rule[] => {
    const trimmed = text.trim();
    if (trimmed === "") return [];
    const not = trimmed.startsWith("!");
    if (trimmed === "!") throw new CoreError("build/failed", 'illegal exclusion pattern: "!"');
    const pattern = cleanPath(not ? trimmed.slice(1) : trimmed);
    parseGlob(pattern, false);
    return [{ not, matches: matcher(pattern) }];
  });
}

const SPECIAL = /[*?[\]\\]/;

/** How one pattern is compared: `**` in front of plain text is any end of a path, not only whole names. */
function matcher(pattern: string): (path: string) => boolean {
  const rest = pattern.startsWith("**") ? pattern.slice(2) : undefined;
  if (rest !== undefined && !SPECIAL.test(rest)) {
    return (path) => path.endsWith(rest) || (rest.startsWith("/") && path === rest.slice(1));
  }
  if (!SPECIAL.test(pattern)) return (path) => path === pattern;
  const glob: Glob = parseGlob(pattern, true);
  return (path) => matchGlob(glob, path);
}

/** What the rules say about a directory, to be handed to what is in it: which of them match it or one above it. */
export type RuleMatches = readonly boolean[];

/**
 * Whether `path` is left out by the rules, which count for all that is below what they match.
 * @param above what this gave for the directory that `path` is in
 */
export function applyRules(
  rules: PathRules,
  path: string,
  above: RuleMatches = [],
): { readonly out: boolean; readonly matches: RuleMatches } {
  const matches = rules.map((rule, at) => above[at] === true || rule.matches(path));
  const last = matches.lastIndexOf(true);
  return { out: last >= 0 && !rules[last]!.not, matches };
}

/** Whether some rule keeps what others leave out: then what is left out has to be looked through. */
export const hasExceptions = (rules: PathRules): boolean => rules.some(({ not }) => not);
