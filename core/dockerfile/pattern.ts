import { CoreError } from "../error.ts";
import { dockerfileError } from "./error.ts";
import { DOCKERFILE_LIMITS } from "./limits.ts";

/** One part of a pattern: a character, `?` or `*`. */
type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "one" }
  | { readonly kind: "any" };

const ANY: Token = { kind: "any" };
const ONE: Token = { kind: "one" };

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    let char = chars[at]!;
    if (char === "*") {
      // Runs of stars mean the same as one.
      if (tokens.at(-1) !== ANY) tokens.push(ANY);
    } else if (char === "?") tokens.push(ONE);
    else {
      if (char === "\\") {
        char = chars[++at] ?? "";
        if (!["*", "?", "\\", "/", "}"].includes(char)) {
          throw dockerfileError(`invalid pattern (${pattern}) in substitution: invalid escape '\\${char}'`);
        }
      }
      tokens.push({ kind: "char", char });
    }
  }
  return tokens;
}

/** Comparisons left for one piece of work. */
interface Work {
  left: number;
}

/**
 * Where a match of `tokens` that begins at `from` ends: the last place, or with `shortest` the first; -1 when there is none. All ways are
 * followed at once, so that no pattern takes long by being clever.
 */
function matchEnd(
  chars: readonly string[],
  from: number,
  how: { tokens: readonly Token[]; shortest: boolean; work: Work },
): number {
  const { tokens, shortest, work } = how;
  let states = closure(tokens, [0]);
  let end = -1;
  for (let at = from; ; at++) {
    if (states.at(-1) === tokens.length) {
      end = at;
      if (shortest) return end;
    }
    if (at === chars.length || states.length === 0) return end;
    work.left -= states.length;
    if (work.left < 0) {
      throw new CoreError(
        "bytes/limit",
        `Cannot match a pattern in a substitution: it takes more than ${DOCKERFILE_LIMITS.steps} steps`,
        { limit: DOCKERFILE_LIMITS.steps },
      );
    }
    const next: number[] = [];
    for (const state of states) {
      const token = tokens[state];
      if (token === undefined) continue;
      if (token.kind === "any") next.push(state);
      else if (token.kind === "one" || token.char === chars[at]) next.push(state + 1);
    }
    states = closure(tokens, next);
  }
}

/** `states` in order and each once, with those that are reached without a character. */
function closure(tokens: readonly Token[], states: readonly number[]): number[] {
  const all: number[] = [];
  for (const state of states) {
    if ((all.at(-1) ?? -1) < state) all.push(state);
    for (let at = state; tokens[at] === ANY; at++) if (all.at(-1)! < at + 1) all.push(at + 1);
  }
  return all;
}

/** `value` without the prefix (or, `fromEnd`, the suffix) that matches `pattern`: the shortest, or the longest. */
export function trimPattern(
  value: string,
  pattern: string,
  how: { readonly fromEnd: boolean; readonly longest: boolean },
): string {
  const chars = Array.from(value);
  const tokens = tokensOf(pattern);
  if (how.fromEnd) {
    chars.reverse();
    tokens.reverse();
  }
  const work = { left: DOCKERFILE_LIMITS.steps };
  const end = matchEnd(chars, 0, { tokens, shortest: !how.longest, work });
  if (end < 0) return value;
  const rest = chars.slice(end);
  return (how.fromEnd ? rest.reverse() : rest).join("");
}

/** `value` with the first match of `pattern`, or all of them, replaced; at each place the longest match counts. */
export function replacePattern(
  value: string,
  pattern: string,
  how: { readonly by: string; readonly all: boolean },
): string {
  const chars = Array.from(value);
  const tokens = tokensOf(pattern);
  const work = { left: DOCKERFILE_LIMITS.steps };
  const parts: string[] = [];
  let size = 0;
  const add = (part: string): void => {
    parts.push(part);
    size += part.length;
    if (size > DOCKERFILE_LIMITS.expanded) {
      throw new CoreError(
        "bytes/limit",
        `Cannot substitute a variable: the result has more than ${DOCKERFILE_LIMITS.expanded} characters`,
        { limit: DOCKERFILE_LIMITS.expanded },
      );
    }
  };
  let at = 0;
  let last = -1;
  while (at <= chars.length) {
    work.left--;
    const end = matchEnd(chars, at, { tokens, shortest: false, work });
    // Nothing is matched right behind a match.
    if (end >= 0 && !(end === at && at === last)) {
      add(how.by);
      last = end;
      if (!how.all) return parts.join("") + chars.slice(end).join("");
    }
    if (end > at) at = end;
    else {
      if (at < chars.length) add(chars[at]!);
      at++;
    }
  }
  return parts.join("");
}
