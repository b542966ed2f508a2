import { CoreError, isCoreError } from "../error.ts";
import { dockerfileError } from "./error.ts";
import { DOCKERFILE_LIMITS } from "./limits.ts";
import { replacePattern, trimPattern } from "./pattern.ts";
import { goQuote } from "./quote.ts";
import { isSpace } from "./space.ts";

/** How {@link expandWord} treats a word. */
export interface ExpandOptions {
  /** The escape character of the file; default `\`. */
  readonly escape?: string | undefined;
  /** Quotes stay in the result. */
  readonly rawQuotes?: boolean | undefined;
  /** Escape characters stay in the result. */
  readonly rawEscapes?: boolean | undefined;
  /** Variables that are not set stay as they are written. */
  readonly keepUnset?: boolean | undefined;
  /** Quotes are characters like any other: the body of a heredoc. */
  readonly literalQuotes?: boolean | undefined;
}

/** A word after substitution. */
export interface Expanded {
  readonly value: string;
  /** The same as a list: space that came out of an unquoted variable separates. */
  readonly words: readonly string[];
  /** Names of variables that were asked for and are not set, each once. */
  readonly unset: readonly string[];
}

/** The value of a variable, `undefined` when it is not set. */
export type Lookup = (name: string) => string | undefined;

/**
 * `word` with its variables substituted and its quotes and escapes taken away.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words, `bytes/limit` when too deep or too long.
 */
export function expandWord(word: string, lookup: Lookup, options: ExpandOptions = {}): Expanded {
  const run = new Expansion(word, lookup, options);
  try {
    const { value, words } = run.until(undefined, options.rawEscapes ?? false);
    return {
      value,
      get words() {
        return words.list();
      },
      unset: [...run.unset],
    };
  } catch (error) {
    if (!isCoreError(error, "dockerfile/invalid")) throw error;
    throw dockerfileError(`failed to process ${goQuote(word)}: ${error.message}`);
  }
}

/** The words of a list as they come together; split when somebody asks. */
class Words {
  /** Runs of text, in turn free to be split and not. */
  readonly #runs: string[] = [""];

  raw(text: string): void {
    if (this.#runs.length % 2 === 1) this.#runs.push("");
    this.#runs[this.#runs.length - 1] += text;
  }

  split(text: string): void {
    if (this.#runs.length % 2 === 0) this.#runs.push("");
    this.#runs[this.#runs.length - 1] += text;
  }

  list(): readonly string[] {
    const done: string[] = [];
    let word = "";
    for (const [at, run] of this.#runs.entries()) {
      if (at % 2 === 1) {
        word += run;
        continue;
      }
      for (const char of run) {
        if (!isSpace(char)) word += char;
        else if (word !== "") {
          done.push(word);
          word = "";
        }
      }
    }
    return word === "" ? done : [...done, word];
  }
}

const SPECIAL = new Set("@*#?-$!0");
const LETTER = /^[\p{L}\p{Nd}_]$/u;
const DIGIT = /^\p{Nd}$/u;
/** What Go prints for the end of the text where it expected a character. */
const END = "\ufffd";

/** One pass over one word. Nesting recurses, to the depth that the limits allow. */
class Expansion {
  readonly unset = new Set<string>();
  readonly #chars: readonly string[];
  readonly #lookup: Lookup;
  readonly #options: ExpandOptions;
  readonly #escape: string;
  #at = 0;
  #depth = 0;
  #rawEscapes = false;

  constructor(word: string, lookup: Lookup, options: ExpandOptions) {
    this.#chars = Array.from(word);
    this.#lookup = lookup;
    this.#options = options;
    this.#escape = options.escape ?? "\\";
  }

  /** Everything up to `stop`, which is taken as well, or to the end. */
  until(stop: string | undefined, rawEscapes: boolean): { readonly value: string; readonly words: Words } {
    if (++this.#depth > DOCKERFILE_LIMITS.depth) throw limitError("depth", DOCKERFILE_LIMITS.depth);
    const before = this.#rawEscapes;
    this.#rawEscapes = rawEscapes;
    const words = new Words();
    let value = "";
    const quotes = this.#options.literalQuotes !== true;
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined) {
        if (stop === undefined) break;
        throw dockerfileError(`unexpected end of statement while looking for matching ${stop}`);
      }
      if (char === stop) {
        this.#at++;
        break;
      }
      if (value.length > DOCKERFILE_LIMITS.expanded)
        throw limitError("characters", DOCKERFILE_LIMITS.expanded);
      if (char === "$") {
        const part = this.#dollar();
        value += part;
        words.split(part);
      } else if (quotes && (char === "'" || char === '"')) {
        const part = char === "'" ? this.#single() : this.#double();
        value += part;
        words.raw(part);
      } else if (char === this.#escape) {
        this.#at++;
        if (this.#rawEscapes) {
          value += char;
          words.raw(char);
        }
        const next = this.#chars[this.#at];
        if (next === undefined) continue;
        this.#at++;
        value += next;
        words.raw(next);
      } else {
        this.#at++;
        value += char;
        words.split(char);
      }
    }
    this.#rawEscapes = before;
    this.#depth--;
    return { value, words };
  }

  #single(): string {
    const end = this.#chars.indexOf("'", this.#at + 1);
    if (end < 0) throw openQuote("single");
    const inside = this.#chars.slice(this.#at + 1, end).join("");
    this.#at = end + 1;
    return this.#options.rawQuotes === true ? `'${inside}'` : inside;
  }

  #double(): string {
    const quote = this.#options.rawQuotes === true ? '"' : "";
    let value = quote;
    this.#at++;
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined) throw openQuote("double");
      if (char === '"') {
        this.#at++;
        return value + quote;
      }
      if (char === "$") {
        value += this.#dollar();
        continue;
      }
      this.#at++;
      if (char !== this.#escape) {
        value += char;
        continue;
      }
      if (this.#rawEscapes) value += char;
      const next = this.#chars[this.#at];
      // At the end of the word it is dropped; the quote is missing anyway.
      if (next === undefined) continue;
      if (next === '"' || next === "$" || next === this.#escape) {
        this.#at++;
        value += next;
      } else value += char;
    }
  }

  #dollar(): string {
    this.#at++;
    if (this.#chars[this.#at] !== "{") {
      const name = this.#name();
      return name === "" ? "$" : (this.#value(name) ?? (this.#options.keepUnset === true ? `$${name}` : ""));
    }
    this.#at++;
    const first = this.#chars[this.#at];
    if (first === undefined) throw dockerfileError("syntax error: missing '}'");
    if (first === "{" || first === "}" || first === ":")
      throw dockerfileError("syntax error: bad substitution");
    const name = this.#name();
    let modifier = this.#chars[this.#at++] ?? END;
    if (modifier === "}") return this.#value(name) ?? (this.#options.keepUnset === true ? `\${${name}}` : "");
    if (modifier === "/") return this.#replace(name);
    const emptyCounts = modifier !== ":";
    let shown = modifier;
    if (!emptyCounts) {
      modifier = this.#chars[this.#at++] ?? END;
      shown += modifier;
    }
    const trims = modifier === "#" || modifier === "%";
    if (emptyCounts ? !"+-?#%".includes(modifier) : trims) {
      throw dockerfileError(`unsupported modifier (${shown}) in substitution`);
    }
    const word = this.#braced("}", trims, "syntax error: missing '}'");
    const value = this.#value(name);
    const missing = value === undefined || (!emptyCounts && value === "");
    switch (modifier) {
      case "-":
        return missing ? word : value;
      case "+":
        return missing ? "" : word;
      case "?":
        if (!missing) return value;
        throw dockerfileError(
          `${name}: ${word === "" ? `is not allowed to be ${value === undefined ? "unset" : "empty"}` : word}`,
        );
      case "#":
      case "%": {
        const longest = word.startsWith(modifier);
        return trimPattern(value ?? "", longest ? word.slice(1) : word, {
          fromEnd: modifier === "%",
          longest,
        });
      }
      default:
        throw dockerfileError(`unsupported modifier (${shown}) in substitution`);
    }
  }

  #replace(name: string): string {
    const all = this.#chars[this.#at] === "/";
    if (all) this.#at++;
    const pattern = this.#braced("/", true, "syntax error: missing '/' in ${}");
    const by = this.#braced("}", true, "syntax error: missing '}'");
    const value = this.#value(name);
    if (value === undefined && this.#options.keepUnset === true) return `\${${name}/${pattern}/${by}}`;
    return replacePattern(value ?? "", pattern, { by, all });
  }

  #braced(stop: string, rawEscapes: boolean, missing: string): string {
    try {
      return this.until(stop, rawEscapes).value;
    } catch (error) {
      if (this.#at < this.#chars.length || !isCoreError(error, "dockerfile/invalid")) throw error;
      throw dockerfileError(missing);
    }
  }

  #name(): string {
    const from = this.#at;
    const first = this.#chars[from];
    if (first === undefined) return "";
    if (DIGIT.test(first)) {
      while (DIGIT.test(this.#chars[this.#at] ?? "")) this.#at++;
    } else if (SPECIAL.has(first)) this.#at++;
    else while (LETTER.test(this.#chars[this.#at] ?? "")) this.#at++;
    return this.#chars.slice(from, this.#at).join("");
  }

  #value(name: string): string | undefined {
    const value = this.#lookup(name);
    if (value === undefined) this.unset.add(name);
    return value;
  }
}

const openQuote = (which: string): CoreError =>
  dockerfileError(`unexpected end of statement while looking for matching ${which}-quote`);

const limitError = (what: string, limit: number): CoreError =>
  new CoreError("bytes/limit", `Cannot substitute a variable: the limit of ${limit} (${what}) is reached`, {
    what,
    limit,
  });
