import type { GoFunction, StructType } from "./type.ts";
import type { GoValue, StructValue, Value } from "./value.ts";

/** What a name means on a value. */
export type Found =
  | { readonly kind: "method"; readonly method: GoFunction; readonly receiver: GoValue }
  | { readonly kind: "field"; readonly value: GoValue }
  /** The entry of a map, which may be missing. */
  | { readonly kind: "entry"; readonly value: Value }
  /** A field that begins with a small letter. */
  | { readonly kind: "hidden" }
  /** A name of what a nil pointer would point to. */
  | { readonly kind: "nil" }
  | { readonly kind: "none" };

const NONE: Found = { kind: "none" };

/** What `name` means on `value`, from which pointers and interfaces are already taken. */
export function byName(value: Value, name: string): Found {
  if (value === undefined) return NONE;
  const owner = value.type.kind === "pointer" ? value.type.element : value.type;
  const method = owner.methods?.get(name);
  if (method !== undefined) return { kind: "method", method, receiver: value };
  switch (value.kind) {
    case "struct":
      return fieldOf(value, name);
    case "map":
      return { kind: "entry", value: value.content?.get(name) };
    case "pointer":
      return owner.kind === "struct" && !hasField(owner, name) ? NONE : { kind: "nil" };
    default:
      return NONE;
  }
}

/** Fields of the struct itself hide those of embedded ones. */
function fieldOf(value: StructValue, name: string): Found {
  const index = value.type.fields.findIndex((field) => field.name === name);
  const own = value.content[index];
  if (own !== undefined) return /^\p{Lu}/u.test(name) ? { kind: "field", value: own } : { kind: "hidden" };
  for (const [at, field] of value.type.fields.entries()) {
    if (field.embedded !== true) continue;
    const inner = value.content[at];
    const found = byName(inner?.kind === "pointer" ? (inner.content ?? inner) : inner, name);
    if (found.kind !== "none" && found.kind !== "entry") return found;
  }
  return NONE;
}

function hasField(type: StructType, name: string): boolean {
  return type.fields.some((field) => {
    if (field.name === name) return true;
    const inner = field.type.kind === "pointer" ? field.type.element : field.type;
    return field.embedded === true && inner.kind === "struct" && hasField(inner, name);
  });
}
