import { CoreError } from "../error.ts";
import { fieldOfKey } from "./json.ts";
import { TEMPLATE_LIMITS } from "./limits.ts";
import { parseTime, TIME } from "./time.ts";
import {
  ANY,
  ANY_LIST,
  ANY_MAP,
  type BasicType,
  type GoField,
  type GoFunction,
  type GoType,
  INT,
  INT64,
  listType,
  STRINGS,
  type StructType,
} from "./type.ts";
import {
  boolValue,
  boxed,
  floatValue,
  type GoValue,
  intValue,
  listValue,
  mapValue,
  pointerTo,
  stringValue,
  type Value,
  zeroValue,
} from "./value.ts";

/** A JSON document: objects may be Maps, whose order counts. Members that are undefined are not there. */
export type PlainDocument =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly PlainDocument[]
  | ReadonlyMap<string, PlainDocument>
  | { readonly [key: string]: PlainDocument };

/** A number kept as it was written. */
export const JSON_NUMBER: BasicType = {
  kind: "string",
  name: "json.Number",
  methods: new Map<string, GoFunction>([
    [
      "String",
      { parameters: [], run: ([value]) => stringValue(value?.kind === "string" ? value.content : "") },
    ],
    [
      "Int64",
      {
        parameters: [],
        run: ([value]) => intValue(value?.kind === "string" ? BigInt(value.content) : 0, INT64),
      },
    ],
    [
      "Float64",
      { parameters: [], run: ([value]) => floatValue(value?.kind === "string" ? Number(value.content) : 0) },
    ],
  ]),
  toJson: (value) => (value?.kind === "string" ? value.content : "0"),
};

/** `document` as Go holds JSON of no known type; its numbers are `float64`, or kept as text. */
export function untyped(document: PlainDocument, numbers: "float" | "text" = "float", depth = 0): Value {
  checkDepth(depth);
  if (document === null || document === undefined) return undefined;
  if (typeof document === "string") return stringValue(document);
  if (typeof document === "boolean") return boolValue(document);
  if (typeof document === "number" || typeof document === "bigint") {
    return numbers === "text" ? stringValue(String(document), JSON_NUMBER) : floatValue(Number(document));
  }
  if (isList(document)) {
    return listValue(
      ANY_LIST,
      document.map((item) => boxed(untyped(item, numbers, depth + 1))),
    );
  }
  const entries = membersOf(document).map(
    ([key, member]) => [key, boxed(untyped(member, numbers, depth + 1))] as const,
  );
  return mapValue(ANY_MAP, new Map(entries));
}

/**
 * `document` as a value of `type`, as Go's decoder fills one: members without a field are dropped, fields without a member are zero, and so
 * is what does not fit.
 */
export function typed(type: GoType, document: PlainDocument, depth = 0): GoValue {
  checkDepth(depth);
  if (document === null || document === undefined) return zeroValue(type);
  const inner = depth + 1;
  switch (type.kind) {
    case "bool":
      return typeof document === "boolean" ? boolValue(document) : zeroValue(type);
    case "int":
    case "uint":
      return isInteger(document) ? intValue(document, type) : zeroValue(type);
    case "float":
      return typeof document === "number" ? floatValue(document) : zeroValue(type);
    case "string":
      return typeof document === "string" ? stringValue(document, type) : zeroValue(type);
    case "list":
      if (!isList(document)) return zeroValue(type);
      return listValue(
        type,
        document.map((item) => typed(type.element, item, inner)),
      );
    case "map":
      if (typeof document !== "object" || isList(document)) return zeroValue(type);
      return mapValue(
        type,
        new Map(membersOf(document).map(([key, member]) => [key, typed(type.element, member, inner)])),
      );
    case "pointer":
      return pointerTo(type, typed(type.element, document, inner));
    case "struct":
      return typedStruct(type, document, inner);
    default:
      return boxed(untyped(document));
  }
}

function typedStruct(type: StructType, document: PlainDocument, depth: number): GoValue {
  if (type === TIME)
    return (typeof document === "string" ? parseTime(document) : undefined) ?? zeroValue(type);
  if (document === null || typeof document !== "object" || isList(document)) return zeroValue(type);
  const members = new Map<number, PlainDocument>();
  for (const [key, member] of membersOf(document)) members.set(fieldOfKey(type, key), member);
  const content = type.fields.map((field, index) =>
    field.embedded === true && field.key === undefined
      ? typed(field.type, document, depth)
      : typed(field.type, members.get(index), depth),
  );
  return { kind: "struct", type, content };
}

/**
 * A struct made after an object: a field for every member, in its order and of its type. For what Docker declares and nobody asks for field by
 * field.
 */
export function inferred(name: string, document: PlainDocument, depth = 0): GoValue {
  checkDepth(depth);
  if (document === null || document === undefined || typeof document !== "object" || isList(document)) {
    return inferredMember(name, document, depth);
  }
  const members = membersOf(document).map(([key, member]) => ({
    key,
    value: inferredMember(`${name}.${key}`, member, depth + 1),
  }));
  const fields = members.map(({ key, value }): GoField => ({ name: key, type: value.type }));
  return {
    kind: "struct",
    type: { kind: "struct", name, fields },
    content: members.map(({ value }) => value),
  };
}

function inferredMember(name: string, document: PlainDocument, depth: number): GoValue {
  if (document === null || document === undefined) return zeroValue(ANY_LIST);
  if (isInteger(document)) return intValue(document, INT);
  if (typeof document === "number") return floatValue(document);
  if (typeof document === "string") return stringValue(document);
  if (typeof document === "boolean") return boolValue(document);
  if (!isList(document)) return inferred(name, document, depth);
  if (document.every((item) => typeof item === "string")) return typed(STRINGS, document, depth);
  const items = document.map((item) => inferred(name, item, depth + 1));
  return listValue(listType(items[0]?.type ?? ANY), items);
}

function checkDepth(depth: number): void {
  const limit = TEMPLATE_LIMITS.depth;
  if (depth <= limit) return;
  throw new CoreError(
    "template/limit",
    `Cannot take document into a template: it is nested more than ${limit} deep`,
    {
      limit,
    },
  );
}

function isInteger(document: PlainDocument): document is number | bigint {
  return typeof document === "bigint" || Number.isInteger(document);
}

function isMap(document: PlainDocument): document is ReadonlyMap<string, PlainDocument> {
  return document instanceof Map;
}

function isList(document: PlainDocument): document is readonly PlainDocument[] {
  return Array.isArray(document);
}

function membersOf(
  document: ReadonlyMap<string, PlainDocument> | { readonly [key: string]: PlainDocument },
): readonly (readonly [string, PlainDocument])[] {
  const entries = isMap(document) ? [...document] : Object.entries(document);
  return entries.filter(([, member]) => member !== undefined);
}
