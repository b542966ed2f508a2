import { SLASH, type Syntax, single } from "./syntax.ts";

/** A wildcard pattern, and what it is held against. */
export interface Glob {
  readonly syntax: Syntax;
  /** Whole paths, since a slash is in it; else names. */
  readonly paths: boolean;
}

const NOT_SLASH: Syntax = { is: "ranges", ranges: [SLASH, SLASH], negated: true };
const ANY_NAME: Syntax = { is: "run", slashes: false };
const ANY: Syntax = { is: "run", slashes: true };

/** Whether `text` has something in it that makes it a wildcard pattern. */
export const isGlob = (text: string): boolean => /[*?[{]/.test(text);

/**
 * What a wildcard pattern means: `*` any run without a slash, `**` any run, `?` one character, `[a-z]` and `[!a-z]` one of some, `{a,b}`
 * either; a backslash takes away their meaning. Without a slash it is held against names; with one against the end of paths, at the
 * border of a name; with one in front against whole paths. A `[` or `{` that is not closed stands for itself.
 */
export function parseGlob(text: string): Glob {
  const paths = text.includes("/");
  const body = sequence(Array.from(text.replace(/^\/+/, "").replace(/\/+$/, "")));
  if (!paths) return { paths, syntax: { is: "sequence", parts: [{ is: "start" }, body, { is: "end" }] } };
  const front: Syntax[] = text.startsWith("/") ? [{ is: "start" }, single(SLASH)] : [single(SLASH)];
  return { paths, syntax: { is: "sequence", parts: [...front, body, { is: "end" }] } };
}

function sequence(characters: readonly string[]): Syntax {
  const parts: Syntax[] = [];
  for (let at = 0; at < characters.length; ) {
    const [part, next] = partAt(characters, at);
    parts.push(part);
    at = next;
  }
  return { is: "sequence", parts };
}

function partAt(characters: readonly string[], at: number): readonly [part: Syntax, next: number] {
  const character = characters[at]!;
  if (character === "\\" && at + 1 < characters.length) return [point(characters[at + 1]!), at + 2];
  if (character === "?") return [NOT_SLASH, at + 1];
  if (character === "*") return starsAt(characters, at);
  if (character === "[") return classAt(characters, at) ?? [point(character), at + 1];
  if (character === "{") return choiceAt(characters, at) ?? [point(character), at + 1];
  return [point(character), at + 1];
}

const point = (character: string): Syntax => single(character.codePointAt(0)!);

/** `**` and a slash: any directories, or none. */
function starsAt(characters: readonly string[], at: number): readonly [part: Syntax, next: number] {
  let end = at;
  while (characters[end] === "*") end++;
  if (end - at === 1) return [ANY_NAME, end];
  if (characters[end] !== "/" || (at > 0 && characters[at - 1] !== "/")) return [ANY, end];
  const directories: Syntax = { is: "sequence", parts: [ANY, single(SLASH)] };
  return [{ is: "repeat", part: directories, least: 0, most: 1 }, end + 1];
}

function classAt(
  characters: readonly string[],
  at: number,
): readonly [part: Syntax, next: number] | undefined {
  let next = at + 1;
  const negated = characters[next] === "!" || characters[next] === "^";
  if (negated) next++;
  const end = characters.indexOf("]", next + 1);
  if (end < 0) return undefined;
  const ranges: number[] = [];
  for (; next < end; next++) {
    const from = characters[next]!.codePointAt(0)!;
    const ranged = characters[next + 1] === "-" && next + 2 < end;
    const to = ranged ? characters[next + 2]!.codePointAt(0)! : from;
    if (to >= from) ranges.push(from, to);
    if (ranged) next += 2;
  }
  return [{ is: "ranges", ranges: negated ? [...ranges, SLASH, SLASH] : ranges, negated }, end + 1];
}

/** One level of `{a,b}`: braces inside stand for themselves. */
function choiceAt(
  characters: readonly string[],
  at: number,
): readonly [part: Syntax, next: number] | undefined {
  const end = characters.indexOf("}", at);
  if (end < 0) return undefined;
  const parts: Syntax[] = [];
  let from = at + 1;
  for (let next = from; next <= end; next++) {
    if (next < end && characters[next] !== ",") continue;
    parts.push(sequence(characters.slice(from, next)));
    from = next + 1;
  }
  return [{ is: "choice", parts }, end + 1];
}
