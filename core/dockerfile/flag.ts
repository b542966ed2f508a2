import { dockerfileError } from "./error.ts";
import { isSpace } from "./space.ts";
import { suggestion } from "./suggest.ts";

/** The flags in front of an instruction's arguments. */
export interface FlagWords {
  /** As written, `--` included, quotes and escapes taken away. */
  readonly flags: readonly string[];
  readonly rest: string;
}

/** Takes the words that begin with `--` off the front of `text`, up to the first other word or a lone `--`. */
export function takeFlags(text: string): FlagWords {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text[at]!)) at++;
    if (text[at] !== "-" || text[at + 1] !== "-") return { flags, rest: text.slice(at) };
    let word = "";
    let quote = "";
    let quoted = false;
    for (; at < text.length; at++) {
      const char = text[at]!;
      if (quote === "" && isSpace(char)) break;
      if (char === "\\") {
        // One at the very end is dropped.
        if (at + 1 < text.length) word += text[++at]!;
      } else if (quote === "" && (char === "'" || char === '"')) {
        quote = char;
        quoted = true;
      } else if (char === quote) quote = "";
      else word += char;
    }
    if (word === "--") return { flags, rest: text.slice(at) };
    if (word !== "" || quoted) flags.push(word);
  }
}

/** What a flag takes: a value, several, or true and false. */
export type FlagKind = "string" | "strings" | "boolean";

/** The flags an instruction was given, by name, without dashes. */
export type FlagValues = ReadonlyMap<string, readonly string[]>;

/**
 * The values of `words` by the flags that an instruction has. A boolean is `"true"` or `"false"`.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words.
 */
export function parseFlags(words: readonly string[], known: Readonly<Record<string, FlagKind>>): FlagValues {
  const values = new Map<string, string[]>();
  for (const word of words) {
    const equals = word.indexOf("=");
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const value = equals < 0 ? undefined : word.slice(equals + 1);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      throw dockerfileError(`unknown flag: --${name}${suggestion(name, Object.keys(known))}`);
    }
    const before = values.get(name);
    if (before !== undefined && kind !== "strings") {
      throw dockerfileError(`duplicate flag specified: --${name}`);
    }
    if (kind === "boolean" ? value === "" : value === undefined) {
      throw dockerfileError(`missing a value on flag: --${name}`);
    }
    values.set(name, [...(before ?? []), kind === "boolean" ? booleanOf(name, value) : value!]);
  }
  return values;
}

function booleanOf(name: string, value = "true"): string {
  const lower = value.toLowerCase();
  if (lower === "true" || lower === "false") return lower;
  throw dockerfileError(`expecting boolean value for flag --${name}, not: ${value}`);
}
