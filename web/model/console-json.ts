import { ToolError } from "./console-tool.ts";

/** What JSON can be. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One step from a value to others. */
type JsonStep =
  | { readonly kind: "field"; readonly name: string; readonly lenient: boolean }
  | { readonly kind: "index"; readonly index: number; readonly lenient: boolean }
  | {
      readonly kind: "slice";
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly lenient: boolean;
    }
  | { readonly kind: "each"; readonly lenient: boolean }
  | { readonly kind: "keys" | "length" | "sort" | "type" }
  | {
      readonly kind: "select";
      readonly path: readonly JsonStep[];
      readonly relation: string | undefined;
      readonly value: Json;
    };

/** A program: branches, whose results follow each other, of steps. */
export type Program = readonly (readonly (readonly JsonStep[])[])[];

const BEYOND = "this console knows only field access: jq '.[0].Id', jq -r '.[] | .Name'";

const NAME = /^\.?([A-Za-z_]\w*)/u;
const QUOTED = /^\.?("(?:[^"\\]|\\.)*")/u;
const BRACKET = /^\.?\[\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+)?\s*(:?)\s*(-?\d+)?)\s*\]/u;
const SELECT =
  /^select\(\s*(\.[^=!<>|()]*?)\s*(?:(==|!=|>=?|<=?)\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)\s*)?\)/u;

/** Reads a program. @throws ToolError for one that goes beyond fields. */
export function programOf(text: string): Program {
  return splitOutside(text, ",").map((branch) =>
    splitOutside(branch, "|").map((stage) => stepsOf(stage.trim())),
  );
}

/** `text` at each `mark` that stands outside of quotes and brackets. */
function splitOutside(text: string, mark: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === "(" || char === "[") depth += 1;
    else if (char === ")" || char === "]") depth -= 1;
    else if (char === mark && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function stepsOf(text: string): JsonStep[] {
  if (text === "") throw new ToolError(BEYOND);
  if (text === "keys" || text === "length" || text === "sort" || text === "type") return [{ kind: text }];
  const select = SELECT.exec(text);
  if (select?.[0] === text) {
    const [, path = ".", relation, value] = select;
    return [
      { kind: "select", path: stepsOf(path), relation, value: value === undefined ? null : jsonOf(value) },
    ];
  }
  const steps: JsonStep[] = [];
  let rest = text;
  if (!rest.startsWith(".")) throw new ToolError(BEYOND);
  if (rest === ".") return steps;
  while (rest !== "") {
    const match =
      BRACKET.exec(rest) ?? (rest.startsWith(".") ? (QUOTED.exec(rest) ?? NAME.exec(rest)) : null);
    if (match === null) throw new ToolError(BEYOND);
    rest = rest.slice(match[0].length);
    const lenient = rest.startsWith("?");
    if (lenient) rest = rest.slice(1);
    steps.push(match[0].endsWith("]") ? bracketStep(match, lenient) : fieldStep(match[1] ?? "", lenient));
  }
  return steps;
}

function fieldStep(name: string, lenient: boolean): JsonStep {
  return { kind: "field", name: name.startsWith('"') ? textOf(name) : name, lenient };
}

function bracketStep([, name, from, colon, to]: RegExpExecArray, lenient: boolean): JsonStep {
  if (name !== undefined) return fieldStep(name, lenient);
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text);
  if (colon === ":") return { kind: "slice", from: number(from), to: number(to), lenient };
  return from === undefined ? { kind: "each", lenient } : { kind: "index", index: Number(from), lenient };
}

/** The text that a JSON string stands for. */
function textOf(quoted: string): string {
  const value = jsonOf(quoted);
  return typeof value === "string" ? value : "";
}

/** One JSON value. @throws ToolError for what is none. */
export function jsonOf(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    throw new ToolError(`parse error: ${text.slice(0, 40)} is no JSON`);
  }
}

/** All that `steps` lead to from `value`. */
function* follow(value: Json, steps: readonly JsonStep[]): Generator<Json> {
  let values: Iterable<Json> = [value];
  for (const step of steps) values = stepped(values, step);
  yield* values;
}

function* stepped(values: Iterable<Json>, step: JsonStep): Generator<Json> {
  for (const value of values) yield* one(value, step);
}

function* one(value: Json, step: JsonStep): Generator<Json> {
  switch (step.kind) {
    case "field":
      if (value === null) yield null;
      else if (isObject(value)) yield Object.hasOwn(value, step.name) ? (value[step.name] ?? null) : null;
      else if (!step.lenient) throw new ToolError(`Cannot index ${typeOf(value)} with "${step.name}"`);
      return;
    case "index":
      if (value === null) yield null;
      else if (isList(value)) yield value.at(step.index) ?? null;
      else if (!step.lenient) throw new ToolError(`Cannot index ${typeOf(value)} with number`);
      return;
    case "slice":
      if (value === null) yield null;
      else if (isList(value) || typeof value === "string") yield value.slice(step.from ?? 0, step.to);
      else if (!step.lenient) throw new ToolError(`Cannot index ${typeOf(value)} with object`);
      return;
    case "each":
      if (isList(value)) yield* value;
      else if (isObject(value)) yield* Object.values(value);
      else if (!step.lenient) throw new ToolError(`Cannot iterate over ${typeOf(value)}`);
      return;
    case "keys":
      if (isList(value)) yield value.map((_, index) => index);
      else if (isObject(value)) yield Object.keys(value).sort();
      else throw new ToolError(`${typeOf(value)} has no keys`);
      return;
    case "length":
      if (isList(value)) yield value.length;
      else if (typeof value === "string") yield Array.from(value).length;
      else if (typeof value === "number") yield Math.abs(value);
      else if (isObject(value)) yield Object.keys(value).length;
      else if (value === null) yield 0;
      else throw new ToolError(`${typeOf(value)} has no length`);
      return;
    case "sort":
      if (!isList(value)) throw new ToolError(`${typeOf(value)} cannot be sorted, as it is not an array`);
      yield value.toSorted(compare);
      return;
    case "type":
      yield typeOf(value);
      return;
    case "select":
      for (const found of follow(value, step.path)) if (holds(found, step)) yield value;
      return;
  }
}

function holds(found: Json, { relation, value }: Extract<JsonStep, { kind: "select" }>): boolean {
  if (relation === undefined) return found !== null && found !== false;
  const order = compare(found, value);
  switch (relation) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    default:
      return order <= 0;
  }
}

const ORDER = ["null", "boolean", "number", "string", "array", "object"];

/** Kinds first, as jq orders them; within a kind by value. */
function compare(a: Json, b: Json): number {
  const kinds = ORDER.indexOf(typeOf(a)) - ORDER.indexOf(typeOf(b));
  if (kinds !== 0) return kinds;
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] =
    typeof a === "string" && typeof b === "string" ? [a, b] : [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !isList(value);
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  return isList(value) ? "array" : typeof value;
}

/** All that a program gives for `input`. @throws ToolError where it does not fit. */
export function* runProgram(program: Program, input: Json): Generator<Json> {
  for (const branch of program) {
    let values: Iterable<Json> = [input];
    for (const steps of branch) values = flowing(values, steps);
    yield* values;
  }
}

function* flowing(values: Iterable<Json>, steps: readonly JsonStep[]): Generator<Json> {
  for (const value of values) yield* follow(value, steps);
}
