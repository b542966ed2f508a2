import { refused } from "./failure.ts";

/**
 * Whether a shell pattern matches all of `name`: `*` and `?` do not match `/`.
 * @throws CoreError `command/failed` when it is no pattern.
 * @see Go's path.Match
 */
export function matchGlob(pattern: string, name: string): boolean {
  return compileGlob(pattern).test(name);
}

const known = new Map<string, RegExp>();
/** Patterns remembered: a command has a few, and asks them of every name. */
const MOST_KNOWN = 64;

function compileGlob(pattern: string): RegExp {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const chars = Array.from(pattern);
  let source = "";
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    // Runs of stars mean one star; as a regular expression each would multiply the work.
    if (char === "*") source += chars[at + 1] === "*" ? "" : "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "\\") {
      const next = chars[++at];
      if (next === undefined) throw bad();
      source += literal(next);
    } else if (char === "[") {
      const { text, end } = classAt(chars, at);
      source += text;
      at = end;
    } else source += literal(char);
  }
  const compiled = new RegExp(`^(?:${source})$`, "su");
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(pattern, compiled);
  return compiled;
}

function classAt(chars: readonly string[], start: number): { readonly text: string; readonly end: number } {
  let at = start + 1;
  const negated = chars[at] === "^";
  if (negated) at++;
  const ranges: string[] = [];
  while (chars[at] !== "]" || ranges.length === 0) {
    const low = charAt(chars, at);
    at = low.end;
    let high = low;
    if (chars[at] === "-") {
      high = charAt(chars, at + 1);
      at = high.end;
    }
    if (low.char <= high.char) ranges.push(`${literal(low.char)}-${literal(high.char)}`);
    else ranges.push("");
  }
  const text = ranges.join("");
  return { text: negated ? `[^${text}]` : text === "" ? "[^\\s\\S]" : `[${text}]`, end: at };
}

function charAt(chars: readonly string[], at: number): { readonly char: string; readonly end: number } {
  const char = chars[at];
  if (char === undefined || char === "-" || char === "]") throw bad();
  if (char !== "\\") {
    if (chars[at + 1] === undefined) throw bad();
    return { char, end: at + 1 };
  }
  const escaped = chars[at + 1];
  if (escaped === undefined || chars[at + 2] === undefined) throw bad();
  return { char: escaped, end: at + 2 };
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");

const bad = (): Error => refused("syntax error in pattern");
