import { parseDuration } from "./duration.ts";
import { dockerfileError } from "./error.ts";
import { type FlagKind, type FlagValues, parseFlags } from "./flag.ts";
import type { HealthcheckSpec, Instruction, InstructionBody } from "./instruction.ts";
import { INSTRUCTIONS } from "./node.ts";
import { goQuote } from "./quote.ts";
import { readCopy } from "./read-copy.ts";
import { trimLeft, trimSpace } from "./space.ts";
import { suggestion } from "./suggest.ts";
import type { DockerfileNode } from "./syntax.ts";

type Reader = (node: DockerfileNode) => InstructionBody;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["add", (node) => ({ kind: "add", copy: readCopy(node, "ADD") })],
  ["arg", readArg],
  ["cmd", (node) => readCommand(node, "cmd")],
  ["copy", (node) => ({ kind: "copy", copy: readCopy(node, "COPY") })],
  ["entrypoint", (node) => readCommand(node, "entrypoint")],
  ["env", (node) => readPairs(node, "env")],
  // BuildKit sorts them as they are written, before anything is substituted.
  ["expose", (node) => ({ kind: "expose", values: atLeastOne(node, "EXPOSE").slice().sort() })],
  ["from", readFrom],
  ["healthcheck", readHealthcheck],
  ["label", (node) => readPairs(node, "label")],
  ["maintainer", (node) => ({ kind: "maintainer", value: exactlyOne(node, "MAINTAINER") })],
  ["onbuild", readOnbuild],
  ["run", readRun],
  ["shell", readShell],
  ["stopsignal", (node) => ({ kind: "stopsignal", value: exactlyOne(node, "STOPSIGNAL") })],
  ["user", (node) => ({ kind: "user", value: exactlyOne(node, "USER") })],
  ["volume", readVolume],
  ["workdir", (node) => ({ kind: "workdir", value: exactlyOne(node, "WORKDIR") })],
]);

/**
 * What `node` says.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words, without a place
 */
export function readInstruction(node: DockerfileNode): Instruction {
  const reader = READERS.get(node.keyword.toLowerCase());
  if (reader === undefined) {
    const near = suggestion(node.keyword, INSTRUCTIONS, { caseSensitive: false });
    throw dockerfileError(`unknown instruction: ${node.keyword}${near}`);
  }
  return {
    ...reader(node),
    keyword: node.keyword.toUpperCase(),
    lines: node.lines,
    original: node.original,
  };
}

const flagsOf = (node: DockerfileNode, known: Readonly<Record<string, FlagKind>> = {}): FlagValues =>
  parseFlags(node.flags, known);

function atLeastOne(node: DockerfileNode, name: string): readonly string[] {
  if (node.args.length === 0) throw dockerfileError(`${name} requires at least one argument`);
  flagsOf(node);
  return node.args;
}

function exactlyOne(node: DockerfileNode, name: string): string {
  if (node.args.length !== 1) throw dockerfileError(`${name} requires exactly one argument`);
  flagsOf(node);
  return node.args[0]!;
}

function readFrom(node: DockerfileNode): InstructionBody {
  const { args } = node;
  const named = args.length === 3 && args[1]!.toLowerCase() === "as";
  const name = named ? args[2]!.toLowerCase() : undefined;
  if (name !== undefined && !/^[a-z][a-z0-9-_.]*$/.test(name)) {
    throw dockerfileError(
      `invalid name for build stage: ${goQuote(args[2]!)}, name can't start with a number or contain symbols`,
    );
  }
  if (!named && args.length !== 1) throw dockerfileError("FROM requires either one or three arguments");
  const flags = flagsOf(node, { platform: "string" });
  return {
    kind: "from",
    image: args[0]!,
    name,
    platform: flags.get("platform")?.[0],
    writtenName: named ? args[2] : undefined,
  };
}

function readArg(node: DockerfileNode): InstructionBody {
  const args = atLeastOne(node, "ARG").map((word) => {
    const equals = word.indexOf("=");
    if (equals === 0) throw dockerfileError("ARG names can not be blank");
    return equals < 0
      ? { name: word, value: undefined }
      : { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
  return { kind: "arg", args };
}

function readPairs(node: DockerfileNode, kind: "env" | "label"): InstructionBody {
  const name = kind.toUpperCase();
  const args = atLeastOne(node, name);
  const pairs = [];
  for (let at = 0; at + 2 < args.length; at += 3) {
    if (args[at] === "") throw dockerfileError(`${name} names can not be blank`);
    pairs.push({ name: args[at]!, value: args[at + 1]! });
  }
  return { kind, pairs, old: args[2] === "" };
}

function readCommand(node: DockerfileNode, kind: "cmd" | "entrypoint"): InstructionBody {
  flagsOf(node);
  return { kind, command: { json: node.json, words: node.args } };
}

function readRun(node: DockerfileNode): InstructionBody {
  flagsOf(node, { mount: "strings", network: "string", security: "string", device: "strings" });
  return { kind: "run", command: { json: node.json, words: node.args }, heredocs: node.heredocs };
}

function readShell(node: DockerfileNode): InstructionBody {
  flagsOf(node);
  if (node.args.length === 0) throw dockerfileError("SHELL requires at least one argument");
  if (!node.json) throw dockerfileError("SHELL requires the arguments to be in JSON form");
  return { kind: "shell", words: node.args };
}

function readVolume(node: DockerfileNode): InstructionBody {
  const values = atLeastOne(node, "VOLUME").map(trimSpace);
  if (values.includes("")) throw dockerfileError("VOLUME specified can not be an empty string");
  return { kind: "volume", values };
}

function readOnbuild(node: DockerfileNode): InstructionBody {
  const { child } = node;
  if (child === undefined) throw dockerfileError("ONBUILD requires at least one argument");
  flagsOf(node);
  const keyword = child.keyword.toUpperCase();
  if (keyword === "ONBUILD") throw dockerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (keyword === "FROM" || keyword === "MAINTAINER") {
    throw dockerfileError(`${keyword} isn't allowed as an ONBUILD trigger`);
  }
  const text = trimLeft(trimLeft(node.original).slice("ONBUILD".length));
  const bodies = node.heredocs.map(({ content, name }) => `\n${content}${name}`);
  return { kind: "onbuild", trigger: text + bodies.join("") };
}

const TIMES = ["interval", "timeout", "start-period", "start-interval"] as const;
/** Shorter times are taken for a mistake. */
const SHORTEST = 1e6;

function readHealthcheck(node: DockerfileNode): InstructionBody {
  const [type, ...args] = node.args;
  if (type === undefined) throw dockerfileError("HEALTHCHECK requires at least one argument");
  const upper = type.toUpperCase();
  const none = { interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 };
  if (upper === "NONE") {
    if (args.length > 0) throw dockerfileError("HEALTHCHECK NONE takes no arguments");
    flagsOf(node);
    return { kind: "healthcheck", health: { test: ["NONE"], ...none } };
  }
  const flags = flagsOf(node, {
    interval: "string",
    timeout: "string",
    "start-period": "string",
    "start-interval": "string",
    retries: "string",
  });
  if (upper !== "CMD") throw dockerfileError(`Unknown type ${goQuote(upper)} in HEALTHCHECK (try CMD)`);
  if (args.length === 0) throw dockerfileError("Missing command after HEALTHCHECK CMD");
  const [interval, timeout, startPeriod, startInterval] = TIMES.map((name) =>
    timeOf(name, flags.get(name)?.[0]),
  );
  const health: HealthcheckSpec = {
    test: [node.json ? "CMD" : "CMD-SHELL", ...args],
    interval: interval!,
    timeout: timeout!,
    startPeriod: startPeriod!,
    startInterval: startInterval!,
    retries: retriesOf(flags.get("retries")?.[0]),
  };
  return { kind: "healthcheck", health };
}

function timeOf(name: string, text = ""): number {
  if (text === "") return 0;
  const value = parseDuration(text);
  if (value === undefined) throw dockerfileError(`time: ${durationFlaw(text)}`);
  if (value === 0 || value >= SHORTEST) return value;
  throw dockerfileError(`Interval ${goQuote(name)} cannot be less than 1ms`);
}

/** What Go says of a duration that is none. */
function durationFlaw(text: string): string {
  const [, unit] = /^[+-]?(?:[0-9.]+[a-zµμ]+)*[0-9.]*[0-9][0-9.]*([^0-9.]*)$/.exec(text.slice(0, 100)) ?? [];
  if (unit === "") return `missing unit in duration ${goQuote(text)}`;
  return unit === undefined
    ? `invalid duration ${goQuote(text)}`
    : `unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`;
}

function retriesOf(text = ""): number {
  if (text === "") return 0;
  if (!/^[+-]?[0-9]{1,10}$/.test(text)) {
    throw dockerfileError(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
  }
  const value = Number(text);
  if (value < 0) throw dockerfileError(`--retries cannot be negative (${value})`);
  if (value > 2 ** 31 - 1) {
    throw dockerfileError(`strconv.ParseInt: parsing ${goQuote(text)}: value out of range`);
  }
  return value;
}
