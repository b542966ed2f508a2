import { formatFloat } from "./float.ts";
import type { StructType } from "./type.ts";
import { type Call, CallFault, type GoValue, type StructValue, sortedEntries, type Value } from "./value.ts";

/** `value` as Go's encoder writes it: compact, maps sorted, structs in order; `<`, `>` and `&` escaped only when `html` is set. */
export function encodeJson(value: Value, call: Call, html = false): string {
  return encode(value, { call, html, depth: 0 });
}

interface Place {
  readonly call: Call;
  readonly html: boolean;
  readonly depth: number;
}

function encode(value: Value, outer: Place): string {
  if (value === undefined) return "null";
  const place = { ...outer, depth: outer.depth + 1 };
  place.call.spend(1);
  if (place.depth > place.call.limits.depth)
    throw new CallFault(`value is nested more than ${place.call.limits.depth} deep`);
  const { toJson } = value.type;
  if (toJson !== undefined && !(value.kind === "pointer" && value.content === undefined)) {
    const text = toJson(value);
    return place.html ? escapeMarkup(text) : text;
  }
  switch (value.kind) {
    case "bool":
    case "int":
    case "uint":
      return String(value.content);
    case "float":
      return jsonNumber(value.content);
    case "complex":
      throw new CallFault("json: unsupported type: complex128");
    case "string":
      return quoteJson(value.content, place.html);
    case "list":
      if (value.content === undefined) return "null";
      return `[${value.content.map((item) => encode(item, place)).join(",")}]`;
    case "map":
      if (value.content === undefined) return "null";
      return `{${sortedEntries(value.content)
        .map(([key, member]) => `${quoteJson(key, place.html)}:${encode(member, place)}`)
        .join(",")}}`;
    case "struct":
      return `{${members(value, place).join(",")}}`;
    default:
      return encode(value.content, place);
  }
}

/** The members of a struct; those of an embedded one stand among them. */
function members(value: StructValue, place: Place): string[] {
  return value.type.fields.flatMap((field, index) => {
    const member = value.content[index];
    if (field.omit === "always" || member === undefined) return [];
    if (field.omit === "empty" && isEmpty(member)) return [];
    const inner = member.kind === "pointer" ? member.content : member;
    if (field.embedded === true && field.key === undefined) {
      return inner?.kind === "struct" ? members(inner, place) : [];
    }
    return [`${quoteJson(field.key ?? field.name, place.html)}:${encode(member, place)}`];
  });
}

/** What `omitempty` leaves out; a struct is never empty. */
function isEmpty(value: GoValue): boolean {
  switch (value.kind) {
    case "bool":
      return !value.content;
    case "int":
    case "uint":
      return value.content === 0n;
    case "float":
      return value.content === 0;
    case "string":
      return value.content === "";
    case "list":
      return (value.content ?? []).length === 0;
    case "map":
      return (value.content?.size ?? 0) === 0;
    case "struct":
    case "complex":
      return false;
    default:
      return value.content === undefined;
  }
}

function jsonNumber(value: number): string {
  if (!Number.isFinite(value))
    throw new CallFault(`json: unsupported value: ${formatFloat(value, "g", undefined)}`);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-6 && size < 1e21)) return formatFloat(value, "f", undefined);
  return formatFloat(value, "e", undefined).replace(/e-0(\d)$/, "e-$1");
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** Quotes, backslashes, what is below a space, and two separators that scripts stumble over. */
const SPECIAL = /["\\\u2028\u2029]|(?![\x7f-\x9f])\p{Cc}/gu;

/** A string of JSON; the separators U+2028 and U+2029 are always escaped, stray bytes are U+FFFD. */
export function quoteJson(text: string, html: boolean): string {
  const quoted = text.replace(SPECIAL, (char) => SHORT[char] ?? escaped(char));
  const valid = quoted.replace(/\p{Cs}/gu, "\ufffd");
  return `"${html ? escapeMarkup(valid) : valid}"`;
}

function escapeMarkup(text: string): string {
  return text.replace(/[<>&]/g, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A struct's field by its key in JSON, first exactly, then whatever its case, as Go's decoder looks. */
export function fieldOfKey(type: StructType, key: string): number {
  const exact = type.fields.findIndex((field) => (field.key ?? field.name) === key);
  if (exact >= 0) return exact;
  const folded = key.toLowerCase();
  return type.fields.findIndex((field) => (field.key ?? field.name).toLowerCase() === folded);
}
