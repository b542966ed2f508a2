import type { BasicType, GoType, GoValue, ListType, MapType, PointerType, Value } from "./model.ts";
import { ANY, BOOL, FLOAT, INT, STRING } from "./type.ts";

export type { Call, GoValue, ListValue, MapValue, StructValue, Value } from "./model.ts";

/** A call failed: the template ends with this message. */
export class CallFault extends Error {}

/** A boolean of type `bool`. */
export function boolValue(content: boolean): GoValue {
  return { kind: "bool", type: BOOL, content };
}

/** An integer, of type `int` unless told otherwise. */
export function intValue(content: number | bigint, type: BasicType = INT): GoValue {
  return { kind: type.kind === "uint" ? "uint" : "int", type, content: BigInt(content) };
}

/** A number of type `float64`. */
export function floatValue(content: number): GoValue {
  return { kind: "float", type: FLOAT, content };
}

/** A text, of type `string` unless told otherwise. */
export function stringValue(content: string, type: BasicType = STRING): GoValue {
  return { kind: "string", type, content };
}

/** A list; nil without content. */
export function listValue(type: ListType, content: readonly GoValue[] | undefined): GoValue {
  return { kind: "list", type, content };
}

/** A map; nil without content. */
export function mapValue(type: MapType, content: ReadonlyMap<string, GoValue> | undefined): GoValue {
  return { kind: "map", type, content };
}

/** A pointer to `content`. */
export function pointerTo(type: PointerType, content: GoValue | undefined): GoValue {
  return { kind: "pointer", type, content };
}

/** `content` as a value of the empty interface. */
export function boxed(content: Value): GoValue {
  if (content?.kind === "interface") return content;
  return { kind: "interface", type: ANY, content };
}

/** The value inside interfaces; none inside an empty one. */
export function unboxed(value: Value): Value {
  return value?.kind === "interface" ? value.content : value;
}

/** What pointers and interfaces lead to; a nil one stands as itself. */
export function indirect(value: Value): Value {
  let at = value;
  while ((at?.kind === "pointer" || at?.kind === "interface") && at.content !== undefined) at = at.content;
  return at;
}

/** Whether a value is a pointer or interface that leads nowhere. */
export function isNil(value: Value): boolean {
  return (value?.kind === "pointer" || value?.kind === "interface") && value.content === undefined;
}

/** Whether a condition holds for `value`. */
export function isTrue(value: Value): boolean {
  if (value === undefined) return false;
  switch (value.kind) {
    case "bool":
      return value.content;
    case "int":
    case "uint":
      return value.content !== 0n;
    case "float":
      return value.content !== 0;
    case "complex":
      return value.content[0] !== 0 || value.content[1] !== 0;
    case "string":
      return value.content !== "";
    case "list":
      return value.content !== undefined && value.content.length > 0;
    case "map":
      return value.content !== undefined && value.content.size > 0;
    case "struct":
      return true;
    default:
      return value.content !== undefined;
  }
}

/** What a variable of this type holds before anything is put into it. */
export function zeroValue(type: GoType): GoValue {
  switch (type.kind) {
    case "bool":
      return { kind: "bool", type, content: false };
    case "int":
    case "uint":
      return { kind: type.kind, type, content: 0n };
    case "float":
      return { kind: "float", type, content: 0 };
    case "complex":
      return { kind: "complex", type, content: [0, 0] };
    case "string":
      return { kind: "string", type, content: "" };
    case "struct":
      return { kind: "struct", type, content: type.fields.map((field) => zeroValue(field.type)) };
    case "list":
      return { kind: "list", type, content: undefined };
    case "map":
      return { kind: "map", type, content: undefined };
    case "pointer":
      return { kind: "pointer", type, content: undefined };
    default:
      return { kind: "interface", type: ANY, content: undefined };
  }
}

/** The entries of a map in the order of its keys' bytes. */
export function sortedEntries(map: ReadonlyMap<string, GoValue>): readonly (readonly [string, GoValue])[] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}

/** How two texts stand by their bytes. Code points, unlike UTF-16 units, sort as bytes do. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
  }
  return a.length - b.length;
}
