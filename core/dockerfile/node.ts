import { dockerfileError } from "./error.ts";
import { takeFlags } from "./flag.ts";
import { cutBlanks, isSpace, splitBlanks, trimLeft, trimSpace } from "./space.ts";
import type { DockerfileNode } from "./syntax.ts";
import { splitWords } from "./words.ts";

/** What the rest of an instruction is split into. */
type Split = Pick<DockerfileNode, "args" | "json" | "child">;

/** The splitter of each instruction. */
const SPLITTERS: ReadonlyMap<string, (rest: string, escape: string) => Split> = new Map([
  ["add", jsonOrList],
  ["arg", (rest, escape) => plain(splitWords(rest, escape))],
  ["cmd", jsonOrText],
  ["copy", jsonOrList],
  ["entrypoint", jsonOrText],
  ["env", (rest, escape) => pairs(rest, "ENV", escape)],
  ["expose", (rest) => plain(splitBlanks(rest))],
  ["from", (rest) => plain(splitBlanks(rest))],
  ["healthcheck", health],
  ["label", (rest, escape) => pairs(rest, "LABEL", escape)],
  ["maintainer", text],
  ["onbuild", trigger],
  ["run", jsonOrText],
  ["shell", jsonOrText],
  ["stopsignal", text],
  ["user", text],
  ["volume", jsonOrList],
  ["workdir", text],
]);

/** The instructions there are, in upper case. */
export const INSTRUCTIONS: readonly string[] = [...SPLITTERS.keys()].map((name) => name.toUpperCase());

/** ONBUILD may stand in front of ONBUILD, which is refused later; deeper there is nothing to be said. */
const DEEPEST = 4;

/**
 * The instruction in `line`, split into its words; without lines and heredocs.
 * @throws CoreError `dockerfile/invalid`
 */
export function parseNode(line: string, escape: string): DockerfileNode {
  const [keyword, tail] = cutBlanks(trimSpace(line));
  const { flags, rest } = takeFlags(tail ?? "");
  const split = SPLITTERS.get(keyword.toLowerCase());
  const { args, json, child } = split?.(trimSpace(rest), escape) ?? plain([]);
  return { keyword, original: line, lines: { start: 0, end: 0 }, flags, args, json, heredocs: [], child };
}

const plain = (args: readonly string[]): Split => ({ args, json: false, child: undefined });

function text(rest: string): Split {
  return plain(rest === "" ? [] : [rest]);
}

function jsonOrText(rest: string): Split {
  const args = jsonArray(rest);
  return args === undefined ? text(rest) : { args, json: true, child: undefined };
}

function jsonOrList(rest: string): Split {
  const args = jsonArray(rest);
  return args === undefined ? plain(splitBlanks(rest)) : { args, json: true, child: undefined };
}

/**
 * The strings of a JSON array; `undefined` when `rest` is none.
 * @throws CoreError `dockerfile/invalid` when it is one of other things
 */
function jsonArray(rest: string): readonly string[] | undefined {
  if (!trimLeft(rest).startsWith("[")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(rest);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  if (value.every((item) => typeof item === "string")) return value;
  throw dockerfileError("when using JSON array syntax, arrays must be comprised of strings only");
}

function pairs(rest: string, keyword: string, escape: string): Split {
  const words = splitWords(rest, escape);
  const first = words[0];
  if (first === undefined) return plain([]);
  if (!first.includes("=")) {
    const [name, value] = cutBlanks(rest);
    if (value === undefined) throw dockerfileError(`${keyword} must have two arguments`);
    return plain([name, value, ""]);
  }
  return plain(
    words.flatMap((word) => {
      const equals = word.indexOf("=");
      if (equals >= 0) return [word.slice(0, equals), word.slice(equals + 1), "="];
      throw dockerfileError(
        `Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`,
      );
    }),
  );
}

function health(rest: string): Split {
  let end = 0;
  while (end < rest.length && !isSpace(rest[end]!)) end++;
  if (end === 0) return plain([]);
  const { args, json } = jsonOrText(trimLeft(rest.slice(end)));
  return { args: [rest.slice(0, end), ...args], json, child: undefined };
}

function trigger(rest: string, escape: string): Split {
  if (rest === "") return plain([]);
  let depth = 0;
  for (
    let [word, tail] = cutBlanks(rest);
    word.toLowerCase() === "onbuild";
    [word, tail] = cutBlanks(tail ?? "")
  ) {
    if (++depth > DEEPEST) throw dockerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  return { args: [], json: false, child: parseNode(rest, escape) };
}
