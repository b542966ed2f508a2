import type {
  BasicType,
  GoType,
  InterfaceType,
  ListType,
  MapType,
  PointerType,
  ReflectedType,
} from "./model.ts";

export type {
  BasicType,
  GoField,
  GoFunction,
  GoType,
  InterfaceType,
  ListType,
  MapType,
  PointerType,
  ReflectedType,
  StructType,
} from "./model.ts";

const basic = (kind: BasicType["kind"], name: string): BasicType => ({ kind, name });

/** `bool` */
export const BOOL = basic("bool", "bool");
/** `int` */
export const INT = basic("int", "int");
/** `int64` */
export const INT64 = basic("int", "int64");
/** `uint8` */
export const UINT8 = basic("uint", "uint8");
/** `float64` */
export const FLOAT = basic("float", "float64");
/** `complex128` */
export const COMPLEX = basic("complex", "complex128");
/** `string` */
export const STRING = basic("string", "string");
/** `interface {}` */
export const ANY: InterfaceType = { kind: "interface", name: "interface {}" };
/** What takes any value, or none. */
export const REFLECTED: ReflectedType = { kind: "reflected", name: "reflect.Value" };

/** `[]element`, or a type of that shape with a name of its own. */
export function listType(element: GoType, name = `[]${element.name}`): ListType {
  return { kind: "list", name, element };
}

/** `map[string]element`, or a type of that shape with a name of its own. */
export function mapType(element: GoType, name = `map[string]${element.name}`): MapType {
  return { kind: "map", name, element };
}

/** `*element`: it has the methods of what it points to. */
export function pointerType(element: GoType): PointerType {
  return { kind: "pointer", name: `*${element.name}`, element };
}

/** `[]string` */
export const STRINGS = listType(STRING);
/** A list of JSON of no known type. */
export const ANY_LIST = listType(ANY);
/** An object of JSON of no known type. */
export const ANY_MAP = mapType(ANY);

/** Whether a value of type `from` may stand where `to` is wanted. */
export function isAssignable(from: GoType, to: GoType): boolean {
  if (to.kind === "interface" || to.kind === "reflected") return true;
  return from === to || (from.name === to.name && from.kind === to.kind);
}

/** Whether a type has a nil. */
export function hasNil(type: GoType): boolean {
  return (
    type.kind === "list" ||
    type.kind === "map" ||
    type.kind === "pointer" ||
    type.kind === "interface" ||
    type.kind === "reflected"
  );
}
