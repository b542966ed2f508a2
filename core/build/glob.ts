import { CoreError } from "../error.ts";

/** One part of a pattern. */
type Part =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "class"; readonly not: boolean; readonly ranges: readonly (readonly [string, string])[] }
  /** `?`: a character that is no slash. `*`: any run of them. `**`: any run at all. `dirs`: nothing, or anything up to a slash. */
  | { readonly kind: "one" | "run" | "all" | "dirs" };

/** A pattern, ready to be matched. */
export interface Glob {
  readonly parts: readonly Part[];
}

/** The error for a pattern that is none. */
const badPattern = (): CoreError => new CoreError("build/failed", "syntax error in pattern");

/**
 * The pattern in `text`: `*`, `?`, `[a-z]`, `[^a]` and `\` as Go's `path.Match` has them, and with `deep` also `**`, any number of directories.
 * @throws CoreError `build/failed` when it is malformed
 * @see https://pkg.go.dev/path#Match
 */
export function parseGlob(text: string, deep: boolean): Glob {
  const chars = Array.from(text);
  const parts: Part[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "*" && deep && chars[at + 1] === "*") {
      at++;
      if (chars[at + 1] === "/") at++;
      parts.push({ kind: at + 1 === chars.length ? "all" : "dirs" });
    } else if (char === "*") {
      if (parts.at(-1)?.kind !== "run") parts.push({ kind: "run" });
    } else if (char === "?") parts.push({ kind: "one" });
    else if (char === "[") {
      const found = parseClass(chars, at + 1);
      parts.push(found.part);
      at = found.end;
    } else if (char === "\\") {
      if (++at === chars.length) throw badPattern();
      parts.push({ kind: "char", char: chars[at]! });
    } else parts.push({ kind: "char", char });
  }
  return { parts };
}

function parseClass(chars: readonly string[], start: number): { readonly part: Part; readonly end: number } {
  let at = start;
  const not = chars[at] === "^";
  if (not) at++;
  const ranges: [string, string][] = [];
  const take = (): string => {
    let char = chars[at++];
    if (char === undefined || char === "-" || char === "]") throw badPattern();
    if (char === "\\") char = chars[at++];
    if (char === undefined) throw badPattern();
    return char;
  };
  while (chars[at] !== "]" || ranges.length === 0) {
    const low = take();
    let high = low;
    if (chars[at] === "-") {
      at++;
      high = take();
    }
    ranges.push([low, high]);
  }
  return { part: { kind: "class", not, ranges }, end: at };
}

/** Whether `path` as a whole matches. Time grows with path times pattern, however the pattern is made. */
export function matchGlob({ parts }: Glob, path: string): boolean {
  let states = closure(parts, [0]);
  for (const char of path) {
    const next: number[] = [];
    for (const state of states) {
      // Inside a run of directories: half states, leaving at a slash.
      const inside = state !== Math.floor(state);
      const part = parts[Math.floor(state)];
      if (part === undefined) continue;
      if (part.kind === "dirs") {
        if (char === "/") next.push(Math.floor(state) + 0.5, Math.floor(state) + 1);
        else next.push(Math.floor(state) + 0.5);
      } else if (!inside && takes(part, char)) {
        next.push(part.kind === "run" || part.kind === "all" ? state : state + 1);
      }
    }
    if (next.length === 0) return false;
    states = closure(parts, next);
  }
  return states.includes(parts.length);
}

/** `states` and those that are reached without a character, ascending, each once. */
function closure(parts: readonly Part[], states: readonly number[]): number[] {
  const all = new Set<number>();
  for (const state of states) {
    all.add(state);
    if (state !== Math.floor(state)) continue;
    for (let at = state; ; at++) {
      const kind = parts[at]?.kind;
      if (kind !== "run" && kind !== "all" && kind !== "dirs") break;
      all.add(at + 1);
    }
  }
  return [...all].sort((a, b) => a - b);
}

function takes(part: Part, char: string): boolean {
  switch (part.kind) {
    case "char":
      return part.char === char;
    case "class":
      return part.not !== part.ranges.some(([low, high]) => low <= char && char <= high);
    case "all":
      return true;
    default:
      return char !== "/";
  }
}
