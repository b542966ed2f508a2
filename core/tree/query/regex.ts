import { queryError } from "./error.ts";
import { inverted, LAST, type Syntax, single } from "./syntax.ts";

/** Longest pattern: a person types it. It bounds the depth of groups as well. */
const LONGEST = 1000;
/** Most repetitions that `{n}` may ask for. */
const MOST_REPEATS = 1000;

const DIGITS = [0x30, 0x39];
const WORDS = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const SPACES = [0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x2028, 0x2029, 0xfeff, 0xfeff];
const CLASSES: { readonly [letter: string]: readonly number[] } = {
  d: DIGITS,
  D: inverted(DIGITS),
  w: WORDS,
  W: inverted(WORDS),
  s: SPACES,
  S: inverted(SPACES),
};
const CONTROLS: { readonly [letter: string]: number } = { n: 10, t: 9, r: 13, f: 12, v: 11, "0": 0 };

/**
 * What a regular expression means. It has what a finite automaton can do: classes, groups, alternatives, repetition, `^` and `$`. It has no back
 * references, no looking around and no word boundaries, so that no pattern takes more than one step a byte.
 * @throws CoreError `tree/query` when it is malformed, or asks for more.
 */
export function parseRegex(source: string): Syntax {
  if (source.length > LONGEST)
    throw queryError(source, `it has ${source.length} characters, expected at most ${LONGEST}`);
  const parser = new RegexParser(source);
  return parser.all();
}

class RegexParser {
  readonly #source: string;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#characters = Array.from(source);
  }

  all(): Syntax {
    const syntax = this.#choice();
    if (this.#at < this.#characters.length) throw this.#error("a ) closes nothing");
    return syntax;
  }

  #choice(): Syntax {
    const parts = [this.#sequence()];
    while (this.#take("|")) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { is: "choice", parts };
  }

  #sequence(): Syntax {
    const parts: Syntax[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      parts.push(this.#repeated(this.#atom()));
    }
    return { is: "sequence", parts };
  }

  #repeated(part: Syntax): Syntax {
    let repeated = part;
    for (;;) {
      const times = this.#times();
      if (times === undefined) return repeated;
      repeated = { is: "repeat", part: repeated, least: times[0], most: times[1] };
      // Greedy or not is no matter to whether there is a match.
      this.#take("?");
    }
  }

  #times(): readonly [least: number, most: number] | undefined {
    if (this.#take("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#take("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#take("?")) return [0, 1];
    const rest = this.#characters.slice(this.#at, this.#at + 12).join("");
    const found = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(rest);
    if (found === null) return undefined;
    this.#at += found[0].length;
    const least = Number(found[1]);
    const most =
      found[2] === undefined ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (most < least) throw this.#error("a repetition ends before it begins");
    if (least > MOST_REPEATS || (most !== Number.POSITIVE_INFINITY && most > MOST_REPEATS)) {
      throw this.#error(`a repetition is above ${MOST_REPEATS}`);
    }
    return [least, most];
  }

  #atom(): Syntax {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case ".":
        return { is: "ranges", ranges: [10, 10], negated: true };
      case "^":
        return { is: "start" };
      case "$":
        return { is: "end" };
      case "\\":
        return { is: "ranges", ranges: this.#escape() };
      case "*":
      case "+":
      case "?":
        throw this.#error(`a ${character} repeats nothing`);
      default:
        return single(character.codePointAt(0)!);
    }
  }

  #group(): Syntax {
    if (this.#take("?") && !this.#take(":")) {
      const name = /^<[A-Za-z_]\w*>/.exec(this.#characters.slice(this.#at, this.#at + 80).join(""));
      if (name === null) throw this.#error("it looks around, which is not done here");
      this.#at += name[0].length;
    }
    const syntax = this.#choice();
    if (!this.#take(")")) throw this.#error("a ( is not closed");
    return syntax;
  }

  #class(): Syntax {
    const negated = this.#take("^");
    const ranges: number[] = [];
    while (!this.#take("]")) {
      const from = this.#classItem();
      if (
        from.length !== 2 ||
        from[0] !== from[1] ||
        this.#peek() !== "-" ||
        this.#characters[this.#at + 1] === "]"
      ) {
        ranges.push(...from);
        continue;
      }
      this.#at++;
      const to = this.#classItem();
      if (to.length !== 2 || to[0]! < from[0]!) throw this.#error("a range in [ ] ends before it begins");
      ranges.push(from[0]!, to[1]!);
    }
    return { is: "ranges", ranges, negated };
  }

  #classItem(): readonly number[] {
    if (this.#peek() === undefined) throw this.#error("a [ is not closed");
    const character = this.#next();
    if (character === "\\") return this.#escape();
    const point = character.codePointAt(0)!;
    return [point, point];
  }

  #escape(): readonly number[] {
    const character = this.#peek();
    if (character === undefined) throw this.#error("it ends in a \\");
    this.#at++;
    const known = CLASSES[character];
    if (known !== undefined) return known;
    const control = CONTROLS[character];
    if (control !== undefined) return [control, control];
    const rest = this.#characters.slice(this.#at, this.#at + 10).join("");
    const hex =
      character === "x"
        ? /^([0-9a-fA-F]{2})/.exec(rest)
        : character === "u"
          ? /^(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/.exec(rest)
          : null;
    if (hex !== null) {
      this.#at += hex[0].length;
      const point = Number.parseInt(hex[1] ?? hex[2] ?? "", 16);
      if (point > LAST) throw this.#error("a \\u is above 10ffff");
      return [point, point];
    }
    if (/[0-9A-Za-z]/.test(character)) throw this.#error(`\\${character} is not known here`);
    const point = character.codePointAt(0)!;
    return [point, point];
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #next(): string {
    return this.#characters[this.#at++]!;
  }

  #take(character: string): boolean {
    if (this.#characters[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #error(why: string): Error {
    return queryError(this.#source, why);
  }
}
