/** A pattern over text, whatever it was written in. Code points are given as ranges, `from` and `to` in turn, ascending. */
export type Syntax =
  | {
      readonly is: "ranges";
      readonly ranges: readonly number[] /** All others are meant. */;
      readonly negated?: boolean;
    }
  /** Any bytes but a slash (`*`), or any bytes (`**`), as many as there are, valid UTF-8 or not. */
  | { readonly is: "run"; readonly slashes: boolean }
  | { readonly is: "sequence"; readonly parts: readonly Syntax[] }
  | { readonly is: "choice"; readonly parts: readonly Syntax[] }
  | { readonly is: "repeat"; readonly part: Syntax; readonly least: number; readonly most: number }
  | { readonly is: "start" }
  | { readonly is: "end" };

/** Largest code point. */
export const LAST = 0x10ffff;

/** The byte, and the code point, that parts the components of a path. */
export const SLASH = 0x2f;

/** The text itself, as a pattern. */
export function literal(text: string): Syntax {
  return { is: "sequence", parts: Array.from(text, (character) => single(character.codePointAt(0)!)) };
}

/** The pattern of one code point. */
export const single = (point: number): Syntax => ({ is: "ranges", ranges: [point, point] });

/** The code points that are not in `ranges`. */
export function inverted(ranges: readonly number[]): number[] {
  const out: number[] = [];
  let next = 0;
  for (const [from, to] of pairs(merged(ranges))) {
    if (from > next) out.push(next, from - 1);
    next = to + 1;
  }
  if (next <= LAST) out.push(next, LAST);
  return out;
}

/** `ranges` in order, those that touch joined. */
export function merged(ranges: readonly number[]): number[] {
  const sorted = [...pairs(ranges)].sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [from, to] of sorted) {
    const last = out.length - 1;
    if (last > 0 && from <= out[last]! + 1) out[last] = Math.max(out[last]!, to);
    else out.push(from, to);
  }
  return out;
}

/** Ranges longer than this are taken as they are: they have both cases already, or are of a script without. */
const LONGEST_FOLDED = 600;

/** `ranges` with the upper and lower case of each of their letters. */
export function bothCases(ranges: readonly number[]): number[] {
  const out = [...ranges];
  for (const [from, to] of pairs(ranges)) {
    if (to - from > LONGEST_FOLDED) continue;
    for (let point = from; point <= to; point++) {
      const character = String.fromCodePoint(point);
      for (const other of [character.toLowerCase(), character.toUpperCase()]) {
        if (Array.from(other).length === 1) out.push(other.codePointAt(0)!, other.codePointAt(0)!);
      }
    }
  }
  return merged(out);
}

/** The ranges of a list of them. */
export function* pairs(ranges: readonly number[]): Generator<readonly [from: number, to: number]> {
  for (let at = 0; at < ranges.length; at += 2) yield [ranges[at]!, ranges[at + 1]!];
}
