import type { TemplateLimits } from "./limits.ts";

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
/** A type whose values have no parts. */
export interface BasicType extends Named {
  readonly kind: "bool" | "int" | "uint" | "float" | "complex" | "string";
}
/** A slice. */
export interface ListType extends Named {
  readonly kind: "list";
  readonly element: GoType;
}
/** A map; its keys are strings. */
export interface MapType extends Named {
  readonly kind: "map";
  readonly element: GoType;
}
/** A struct: its fields in order. */
export interface StructType extends Named {
  readonly kind: "struct";
  readonly fields: readonly GoField[];
}
/** A pointer, and what it points to. */
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

/** A value of Go with its type. Lists, maps, pointers and interfaces without content are nil. */
export type GoValue =
  | { readonly kind: "bool"; readonly type: BasicType; readonly content: boolean }
  | { readonly kind: "int" | "uint"; readonly type: BasicType; readonly content: bigint }
  | { readonly kind: "float"; readonly type: BasicType; readonly content: number }
  | { readonly kind: "complex"; readonly type: BasicType; readonly content: readonly [number, number] }
  | { readonly kind: "string"; readonly type: BasicType; readonly content: string }
  | ListValue
  | MapValue
  | StructValue
  | { readonly kind: "pointer"; readonly type: PointerType; readonly content: GoValue | undefined }
  | { readonly kind: "interface"; readonly type: InterfaceType; readonly content: GoValue | undefined };

/** A slice; without content it is nil. */
export interface ListValue {
  readonly kind: "list";
  readonly type: ListType;
  readonly content: readonly GoValue[] | undefined;
}
/** A map; without content it is nil. */
export interface MapValue {
  readonly kind: "map";
  readonly type: MapType;
  readonly content: ReadonlyMap<string, GoValue> | undefined;
}
/** A struct. */
export interface StructValue {
  readonly kind: "struct";
  readonly type: StructType;
  /** Its fields, in the type's order. */
  readonly content: readonly GoValue[];
}

/** A value, or none: what a missing key gives, which prints as `<no value>`. */
export type Value = GoValue | undefined;

/** What a function may know of the execution that calls it. */
export interface Call {
  readonly limits: TemplateLimits;
  /** Counts work. @throws CoreError `template/limit` when it becomes too much. */
  readonly spend: (steps: number) => void;
}
