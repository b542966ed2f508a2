import { nodeText } from "./fault.ts";
import type { NumberNode, Operand } from "./node.ts";
import { COMPLEX, type GoType, hasNil, isAssignable } from "./type.ts";
import {
  boolValue,
  floatValue,
  type GoValue,
  intValue,
  stringValue,
  unboxed,
  type Value,
  zeroValue,
} from "./value.ts";

/** Ends the execution with a message at the current node. */
type Fail = (message: string) => never;

/** A number where any type will do takes the one its spelling suggests. */
export function numberOf(word: NumberNode, fail: Fail): GoValue {
  if (word.complex !== undefined) return { kind: "complex", type: COMPLEX, content: word.complex };
  const hexadecimal = /^0[xX]/.test(word.text) && !/[pP]/.test(word.text);
  if (word.float !== undefined && !hexadecimal && !word.char && /[.eEpP]/.test(word.text))
    return floatValue(word.float);
  if (word.int === undefined) return fail(`${word.text} overflows int`);
  return intValue(word.int);
}

/** A constant as a value of the type that is wanted, if it can be one. */
export function literalOf(word: Operand, type: GoType, fail: Fail): GoValue {
  switch (type.kind) {
    case "bool":
      if (word.kind === "true" || word.kind === "false") return boolValue(word.kind === "true");
      return fail(`expected bool; found ${nodeText(word)}`);
    case "string":
      if (word.kind === "string") return stringValue(word.text, type);
      return fail(`expected string; found ${nodeText(word)}`);
    case "int":
      if (word.kind === "number" && word.int !== undefined) return intValue(word.int, type);
      return fail(`expected integer; found ${nodeText(word)}`);
    case "float":
      if (word.kind === "number" && word.float !== undefined) return floatValue(word.float);
      return fail(`expected float; found ${nodeText(word)}`);
    default:
      return fail(`can't handle ${nodeText(word)} for arg of type ${type.name}`);
  }
}

/** `value` where `type` is wanted: as it is, out of its interface, or behind its pointer. */
export function fitted(value: Value, type: GoType, fail: Fail): Value {
  if (value === undefined) {
    if (type.kind === "interface") return undefined;
    return hasNil(type) ? zeroValue(type) : fail(`invalid value; expected ${type.name}`);
  }
  if (type.kind === "interface") return unboxed(value);
  if (isAssignable(value.type, type)) return value;
  const inner = unboxed(value) ?? value;
  if (isAssignable(inner.type, type)) return inner;
  if (inner.kind === "pointer" && isAssignable(inner.type.element, type))
    return inner.content ?? fail(`dereference of nil pointer of type ${type.name}`);
  return fail(`wrong type for value; expected ${type.name}; got ${inner.type.name}`);
}
