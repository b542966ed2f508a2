import { byteLength, encodeText, sliceText } from "./text.ts";
import { isAssignable, STRING, UINT8 } from "./type.ts";
import {
  CallFault,
  type GoValue,
  indirect,
  intValue,
  isNil,
  stringValue,
  unboxed,
  type Value,
  zeroValue,
} from "./value.ts";

/** `len`: of a text its bytes, of a list or map its members. */
export function lengthOf(value: Value): number {
  const at = indirect(value);
  if (at === undefined) throw new CallFault("reflect: call of reflect.Value.Type on zero Value");
  if (isNil(at)) throw new CallFault("len of nil pointer");
  switch (at.kind) {
    case "string":
      return byteLength(at.content);
    case "list":
      return at.content?.length ?? 0;
    case "map":
      return at.content?.size ?? 0;
    default:
      throw new CallFault(`len of type ${at.type.name}`);
  }
}

/** `index`: what stands under each key of the last one's result. */
export function pick(value: Value, keys: readonly Value[]): Value {
  let at = unboxed(value);
  if (at === undefined) throw new CallFault("index of untyped nil");
  for (const key of keys) {
    at = indirect(at);
    if (at === undefined || isNil(at)) throw new CallFault("index of nil pointer");
    at = pickOne(at, unboxed(key));
  }
  return at;
}

function pickOne(value: GoValue, key: Value): GoValue {
  switch (value.kind) {
    case "string": {
      const byte = encodeText(value.content)[position(key, byteLength(value.content))];
      if (byte === undefined) throw new CallFault("reflect: string index out of range");
      return intValue(byte, UINT8);
    }
    case "list": {
      const { content = [] } = value;
      const item = content[position(key, content.length)];
      if (item === undefined) throw new CallFault("reflect: slice index out of range");
      return item;
    }
    case "map": {
      const found = value.content?.get(mapKey(key));
      return found ?? zeroValue(value.type.element);
    }
    default:
      throw new CallFault(`can't index item of type ${value.type.name}`);
  }
}

function mapKey(key: Value): string {
  if (key === undefined) throw new CallFault("value is nil; should be of type string");
  if (key.kind === "string" && isAssignable(key.type, STRING)) return key.content;
  throw new CallFault(`value has type ${key.type.name}; should be string`);
}

/** An index from 0 to `limit`, the end itself included. */
function position(index: Value, limit: number): number {
  if (index === undefined) throw new CallFault("cannot index slice/array with nil");
  if (index.kind !== "int" && index.kind !== "uint")
    throw new CallFault(`cannot index slice/array with type ${index.type.name}`);
  if (index.content < 0n || index.content > BigInt(limit))
    throw new CallFault(`index out of range: ${index.content}`);
  return Number(index.content);
}

/** `slice`: part of a text or list. */
export function slice(value: Value, bounds: readonly Value[]): Value {
  const at = indirect(value);
  if (unboxed(value) === undefined || at === undefined) throw new CallFault("slice of untyped nil");
  if (isNil(at)) throw new CallFault("slice of nil pointer");
  if (bounds.length > 3) throw new CallFault(`too many slice indexes: ${bounds.length}`);
  if (at.kind === "string" && bounds.length === 3) throw new CallFault("cannot 3-index slice a string");
  if (at.kind !== "string" && at.kind !== "list")
    throw new CallFault(`can't slice item of type ${at.type.name}`);
  const length = at.kind === "string" ? byteLength(at.content) : (at.content?.length ?? 0);
  const [from = 0, to = length, end = length] = bounds.map((bound) => position(bound, length));
  if (from > to) throw new CallFault(`invalid slice index: ${from} > ${to}`);
  if (to > end) throw new CallFault(`invalid slice index: ${to} > ${end}`);
  if (at.kind === "string") return stringValue(sliceText(at.content, from, to), at.type);
  return { ...at, content: at.content?.slice(from, to) };
}
