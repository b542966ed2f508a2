import { CoreError } from "../error.ts";
import type { FlagSpec } from "./flag.ts";

/** The flags of a call. */
export class ParsedFlags {
  readonly #values = new Map<string, string[]>();

  /** Adds one value. */
  add(name: string, value: string): void {
    const values = this.#values.get(name);
    if (values === undefined) this.#values.set(name, [value]);
    else values.push(value);
  }

  /** Whether a flag was given at all. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** A switch: as it was given last, else `otherwise`. */
  on(name: string, otherwise = false): boolean {
    const last = this.text(name);
    return last === undefined ? otherwise : (parseBool(last) ?? otherwise);
  }

  /** The value that was given last. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  /** All values, in order. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/** What the words of a command line were found to be. */
export interface ParsedWords {
  readonly flags: ParsedFlags;
  readonly args: readonly string[];
  /** `--help` was among them; with `-h`, which is no longer the way to ask. */
  readonly help?: "--help" | "-h" | undefined;
}

/** How words are parsed. */
export interface ParseOptions {
  readonly specs: readonly FlagSpec[];
  /** Flags end at the first argument. */
  readonly flagsFirst?: boolean | undefined;
}

const HELP: FlagSpec = { name: "help", short: "h", type: "", usage: "Print usage" };

/**
 * Takes flags and arguments apart as Docker does: short switches combine, values follow after `=`, as the rest of the word, or as the next word; `--` ends
 * the flags.
 * @throws CoreError `command/usage` with Docker's words.
 */
export function parseWords(words: readonly string[], options: ParseOptions): ParsedWords {
  const flags = new ParsedFlags();
  const args: string[] = [];
  const byName = new Map([HELP, ...options.specs].map((spec) => [spec.name, spec]));
  const byShort = new Map([HELP, ...options.specs].map((spec) => [spec.short, spec]));
  let help: ParsedWords["help"];
  const rest = [...words];
  const put = (spec: FlagSpec, value: string, spelled: "--help" | "-h"): void => {
    checkValue(spec, value);
    if (spec.name === "help" && parseBool(value) === true) help = spelled;
    else for (const one of spec.type === "strings" ? value.split(",") : [value]) flags.add(spec.name, one);
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      args.push(...rest);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      args.push(word);
      if (options.flagsFirst !== true) continue;
      args.push(...rest);
      break;
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      if (name === "" || name.startsWith("-")) throw usage(`bad flag syntax: ${word}`);
      const spec = byName.get(name);
      if (spec === undefined) throw usage(`unknown flag: --${name}`);
      if (equals >= 0) put(spec, word.slice(equals + 1), "--help");
      else if (spec.type === "") put(spec, "true", "--help");
      else {
        const value = rest.shift();
        if (value === undefined) throw usage(`flag needs an argument: --${name}`);
        put(spec, value, "--help");
      }
      continue;
    }
    for (let letters = word.slice(1); letters !== ""; ) {
      const letter = String.fromCodePoint(letters.codePointAt(0) ?? 0);
      const spec = byShort.get(letter);
      if (spec === undefined) throw usage(`unknown shorthand flag: ${quoted(letter)} in -${letters}`);
      const tail = letters.slice(letter.length);
      if (tail.startsWith("=") && tail.length > 1) {
        put(spec, tail.slice(1), "-h");
        break;
      }
      if (spec.type === "") {
        put(spec, "true", "-h");
        letters = tail;
        continue;
      }
      const value = tail === "" ? rest.shift() : tail;
      if (value === undefined) throw usage(`flag needs an argument: ${quoted(letter)} in -${letters}`);
      put(spec, value, "-h");
      break;
    }
  }
  return { flags, args, help };
}

const quoted = (letter: string): string => `'${letter}'`;

function usage(message: string): CoreError {
  return new CoreError("command/usage", message, {});
}

/** Go's `strconv.ParseBool`. */
export function parseBool(text: string): boolean | undefined {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return false;
  return undefined;
}

const MALFORMED: Readonly<Record<string, (value: string) => string | undefined>> = {
  "": (value) =>
    parseBool(value) === undefined
      ? `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`
      : undefined,
  filter: (value) =>
    value === "" || value.includes("=") ? undefined : "bad format of filter (expected name=value)",
  int: (value) => badInt(value, "ParseInt"),
  uint16: (value) => badInt(value, "ParseUint"),
};

function badInt(value: string, parser: string): string | undefined {
  if (!/^[+-]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|\d+)$/.test(value))
    return `strconv.${parser}: parsing ${JSON.stringify(value)}: invalid syntax`;
  const number = BigInt(value.replace(/^[+-]/, "").replace(/^0(?=[0-7])/, "0o"));
  return number >= 1n << 63n
    ? `strconv.${parser}: parsing ${JSON.stringify(value)}: value out of range`
    : undefined;
}

function checkValue(spec: FlagSpec, value: string): void {
  const flaw = MALFORMED[spec.type]?.(value);
  if (flaw === undefined) return;
  const shown = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
  throw usage(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${flaw}`);
}
