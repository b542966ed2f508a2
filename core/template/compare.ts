import { noFlags } from "./format.ts";
import { printVerb } from "./print.ts";
import { type Call, CallFault, compareText, type GoValue, unboxed, type Value } from "./value.ts";

/** What can be compared with each other: signed and unsigned integers count as one. */
type Basic = "bool" | "complex" | "int" | "float" | "string";

function basicKind(value: Value): Basic | undefined {
  switch (value?.kind) {
    case "bool":
    case "complex":
    case "float":
    case "int":
    case "string":
      return value.kind;
    case "uint":
      return "int";
    default:
      return undefined;
  }
}

/** Whether `first` equals one of the others. @throws CallFault when they cannot be compared. */
export function isEqualToAny(first: Value, others: readonly Value[], call: Call): boolean {
  if (others.length === 0) throw new CallFault("missing argument for comparison");
  const left = unboxed(first);
  return others.some((other) => isEqual(left, unboxed(other), call));
}

function isEqual(left: Value, right: Value, call: Call): boolean {
  const kind = basicKind(left);
  if (kind !== basicKind(right)) {
    if (left !== undefined && right !== undefined) throw incompatible(left, right);
    return false;
  }
  if (kind === undefined) return isSame(left, right, call);
  if (left?.kind === "complex" && right?.kind === "complex")
    return left.content[0] === right.content[0] && left.content[1] === right.content[1];
  return left?.content === right?.content;
}

/** Values of no basic kind: nil equals nil, and what cannot be told apart says so. */
function isSame(left: Value, right: Value, call: Call): boolean {
  if (left !== undefined && right !== undefined && left.kind !== right.kind)
    throw uncomparable(left, right, call);
  if (isNothing(left) || isNothing(right)) return isNothing(left) === isNothing(right);
  if (right !== undefined && !isComparable(right)) {
    throw new CallFault(`non-comparable type ${shown(right, call)}: ${right.type.name}`);
  }
  if (left?.kind === "struct" && right?.kind === "struct") return isSameStruct(left, right, call);
  return left?.content === right?.content;
}

function isSameStruct(
  left: GoValue & { kind: "struct" },
  right: GoValue & { kind: "struct" },
  call: Call,
): boolean {
  if (left.type.name !== right.type.name) return false;
  return left.content.every((field, index) => isEqual(unboxed(field), unboxed(right.content[index]), call));
}

function isNothing(value: Value): boolean {
  if (value === undefined) return true;
  const { kind } = value;
  return (kind === "list" || kind === "map" || kind === "pointer") && value.content === undefined;
}

function isComparable(value: GoValue): boolean {
  if (value.kind === "struct") return value.content.every(isComparable);
  return value.kind !== "list" && value.kind !== "map";
}

/** Whether `first` comes before `second`. @throws CallFault when they have no order. */
export function isLess(first: Value, second: Value): boolean {
  const left = unboxed(first);
  const right = unboxed(second);
  const kind = basicKind(left);
  if (kind === undefined || basicKind(right) === undefined)
    throw new CallFault("invalid type for comparison");
  if (left === undefined || right === undefined || kind !== basicKind(right)) throw incompatible(left, right);
  if (left.kind === "string" && right.kind === "string") return compareText(left.content, right.content) < 0;
  if (left.kind === "float" && right.kind === "float") return left.content < right.content;
  if ((left.kind === "int" || left.kind === "uint") && (right.kind === "int" || right.kind === "uint"))
    return left.content < right.content;
  throw new CallFault("invalid type for comparison");
}

function incompatible(left: Value, right: Value): CallFault {
  return new CallFault(
    `incompatible types for comparison: ${left?.type.name ?? ""} and ${right?.type.name ?? ""}`,
  );
}

function uncomparable(left: GoValue, right: GoValue, call: Call): CallFault {
  return new CallFault(
    `non-comparable types ${shown(left, call)}: ${left.type.name}, ${right.type.name}: ${shown(right, call, "v")}`,
  );
}

function shown(value: GoValue, call: Call, verb = "s"): string {
  return printVerb(value, { verb, flags: noFlags(), call });
}
