import type { Call, Value } from "./value.ts";

/** A type of Go, by what matters to a template: what can be done with its values, and the name that messages show. */
export type GoType =
  | BasicType
  | ListType
  | MapType
  | StructType
  | PointerType
  | InterfaceType
  | ReflectedType;

interface Named {
  /** As `%T` prints it: `int64`, `[]string`, `*formatter.imageContext`. */
  readonly name: string;
  readonly methods?: ReadonlyMap<string, GoFunction> | undefined;
  /** Its JSON, where the type makes that itself. */
  readonly toJson?: ((value: Value) => string) | undefined;
}
export interface BasicType extends Named {
  readonly kind: "bool" | "int" | "uint" | "float" | "complex" | "string";
}
export interface ListType extends Named {
  readonly kind: "list";
  readonly element: GoType;
}
/** A map; its keys are strings. */
export interface MapType extends Named {
  readonly kind: "map";
  readonly element: GoType;
}
export interface StructType extends Named {
  readonly kind: "struct";
  readonly fields: readonly GoField[];
}
export interface PointerType extends Named {
  readonly kind: "pointer";
  readonly element: GoType;
}
/** The empty interface. */
export interface InterfaceType extends Named {
  readonly kind: "interface";
}
/** What the language's own functions take: any value, or none at all. */
export interface ReflectedType extends Named {
  readonly kind: "reflected";
}

/** A field of a struct. */
export interface GoField {
  readonly name: string;
  readonly type: GoType;
  /** Its key in JSON, if not its name. */
  readonly key?: string | undefined;
  /** Whether JSON leaves it out: always, or when it is empty. */
  readonly omit?: "always" | "empty" | undefined;
  /** Whether its own fields are the struct's as well. */
  readonly embedded?: boolean | undefined;
}

/** A function or method: `%s` of the arguments' types decides what it may be called with. */
export interface GoFunction {
  readonly parameters: readonly GoType[];
  /** Whether the last parameter may be given any number of times. */
  readonly variadic?: boolean | undefined;
  /** The result. A method finds its receiver first among the arguments. @throws CallFault when the call fails. */
  readonly run: (args: readonly Value[], call: Call) => Value;
}

const basic = (kind: BasicType["kind"], name: string): BasicType => ({ kind, name });

export const BOOL = basic("bool", "bool");
export const INT = basic("int", "int");
export const INT64 = basic("int", "int64");
export const UINT8 = basic("uint", "uint8");
export const FLOAT = basic("float", "float64");
export const COMPLEX = basic("complex", "complex128");
export const STRING = basic("string", "string");
export const ANY: InterfaceType = { kind: "interface", name: "interface {}" };
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

export const STRINGS = listType(STRING);
export const ANY_LIST = listType(ANY);
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
