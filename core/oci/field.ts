import { CoreError } from "../error.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/**
 * The members of one JSON object, read by name with the types they must have. Names match as in Go, on which every engine is built:
 * exactly, else without regard to case (`"config"` for `Config`, as one builder writes them). `null` counts as absent.
 */
export interface Fields {
  /** Where the object stands, for messages: `manifest.json [0]`. */
  readonly place: string;
  value(name: string): JsonValue | undefined;
  string(name: string): string | undefined;
  boolean(name: string): boolean | undefined;
  /** A count or size: an integer from 0 to 2^53 - 1. */
  count(name: string): number | undefined;
  /** An integer of either sign. */
  integer(name: string): number | undefined;
  strings(name: string): readonly string[] | undefined;
  /** An object whose values are strings; values that are `null` become "". */
  stringMap(name: string): ReadonlyMap<string, string> | undefined;
  /** The keys of an object, whatever its values: how Go writes sets. */
  keys(name: string): readonly string[] | undefined;
  object(name: string): Fields | undefined;
  objects(name: string): readonly Fields[] | undefined;
}

/**
 * The fields of `value`.
 * @throws CoreError `oci/document` naming place, key, found and expected type: now when `value` is no object, later as each field is read.
 */
export function fieldsOf(value: JsonValue | undefined, place: string): Fields {
  if (!(value instanceof Map)) throw wrongType(place, undefined, value, "an object");
  return new ObjectFields(value, place);
}

/** A class for its memory: a document may have hundreds of thousands of objects, and closures for each took a kilobyte. */
class ObjectFields implements Fields {
  readonly place: string;
  readonly #object: JsonObject;

  constructor(object: JsonObject, place: string) {
    this.#object = object;
    this.place = place;
  }

  value(name: string): JsonValue | undefined {
    return lookup(this.#object, name) ?? undefined;
  }

  string(name: string): string | undefined {
    return this.#typed(name, "a string", isString);
  }

  boolean(name: string): boolean | undefined {
    return this.#typed(name, "true or false", isBoolean);
  }

  count(name: string): number | undefined {
    return this.#typed(name, "an integer from 0 to 2^53 - 1", isCount);
  }

  integer(name: string): number | undefined {
    return this.#typed(name, "an integer", isInteger);
  }

  strings(name: string): readonly string[] | undefined {
    return this.#list(name)?.map((item, index) => {
      if (isString(item)) return item;
      if (item === null) return "";
      throw wrongType(this.place, `${name}[${index}]`, item, "a string");
    });
  }

  stringMap(name: string): ReadonlyMap<string, string> | undefined {
    const map = this.#typed(name, "an object of strings", isObject);
    if (map === undefined) return undefined;
    const strings = new Map<string, string>();
    for (const [key, item] of map) {
      if (item !== null && !isString(item)) throw wrongType(this.place, `${name}.${key}`, item, "a string");
      strings.set(key, item ?? "");
    }
    return strings;
  }

  keys(name: string): readonly string[] | undefined {
    const map = this.#typed(name, "an object", isObject);
    return map && [...map.keys()];
  }

  object(name: string): Fields | undefined {
    const found = this.#typed(name, "an object", isObject);
    return found && new ObjectFields(found, `${this.place} ${name}`);
  }

  objects(name: string): readonly Fields[] | undefined {
    return this.#list(name)?.map((item, index) => fieldsOf(item, `${this.place} ${name}[${index}]`));
  }

  #list(name: string): readonly JsonValue[] | undefined {
    return this.#typed(name, "an array", isArray);
  }

  #typed<T extends JsonValue>(
    name: string,
    expected: string,
    is: (found: JsonValue) => found is T,
  ): T | undefined {
    const found = this.value(name);
    if (found === undefined || is(found)) return found;
    throw wrongType(this.place, name, found, expected);
  }
}

function lookup(object: JsonObject, name: string): JsonValue | undefined {
  const exact = object.get(name);
  if (exact !== undefined) return exact;
  const lower = name.toLowerCase();
  for (const [key, value] of object) {
    if (key.length === name.length && key.toLowerCase() === lower) return value;
  }
  return undefined;
}

const isString = (found: JsonValue): found is string => typeof found === "string";
const isBoolean = (found: JsonValue): found is boolean => typeof found === "boolean";
const isInteger = (found: JsonValue): found is number => Number.isSafeInteger(found);
const isCount = (found: JsonValue): found is number => isInteger(found) && found >= 0;
const isArray = (found: JsonValue): found is readonly JsonValue[] => Array.isArray(found);
const isObject = (found: JsonValue): found is JsonObject => found instanceof Map;

/** The error for a value of another type than expected. */
export function wrongType(
  place: string,
  key: string | undefined,
  found: JsonValue | undefined,
  expected: string,
): CoreError {
  const where = key === undefined ? place : `${place} ${key}`;
  const kind = describe(found);
  return new CoreError("oci/document", `Cannot read ${where}: found ${kind}, expected ${expected}`, {
    place,
    ...(key === undefined ? {} : { key }),
    found: kind,
    expected,
  });
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string")
    return `the string ${JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)}`;
  return typeof value === "number" ? `the number ${value}` : "an object";
}
