import {
  type Flags,
  formatBool,
  formatBytes,
  formatFloatVerb,
  formatInteger,
  formatQuoted,
  formatQuotedRune,
  formatRune,
  formatText,
  formatUnicode,
  noFlags,
  padded,
} from "./format.ts";
import type { GoType } from "./type.ts";
import {
  type Call,
  CallFault,
  type GoValue,
  indirect,
  type ListValue,
  type MapValue,
  type StructValue,
  sortedEntries,
  unboxed,
  type Value,
} from "./value.ts";

/** Where a value is printed: by which verb, with which flags, and how deep inside another. */
interface Place {
  readonly verb: string;
  readonly flags: Flags;
  readonly call: Call;
  readonly depth: number;
  /** Whether a misuse is being reported, in which methods are not asked. */
  readonly erroring: boolean;
}

/** A number for the addresses of Go, which say nothing to anyone. */
const ADDRESS = 0xc000010000n;

/** `value` as an action prints it. */
export function printValue(value: Value, call: Call): string {
  return printVerb(value, { verb: "v", flags: noFlags(), call });
}

/** `value` as one verb of printf shows it. */
export function printVerb(
  value: Value,
  place: { readonly verb: string; readonly flags: Flags; readonly call: Call },
): string {
  return printArgument(value, { ...place, depth: 0, erroring: false });
}

function printArgument(boxedValue: Value, place: Place): string {
  const value = unboxed(boxedValue);
  const { verb, flags } = place;
  if (value === undefined)
    return verb === "v" || verb === "T" ? padded("<nil>", flags) : misuse(value, place);
  if (verb === "T") return formatText(value.type.name, flags);
  if (verb === "p") {
    const points = value.kind === "pointer" || value.kind === "list" || value.kind === "map";
    return points ? printAddress(value, place) : misuse(value, place);
  }
  return bySelf(value, place) ?? byKind(value, place);
}

/** `%!d(string=x)` */
function misuse(value: Value, place: Place): string {
  if (value === undefined) return `%!${place.verb}(<nil>)`;
  const shown = printArgument(value, { ...place, verb: "v", depth: 0, erroring: true });
  return `%!${place.verb}(${value.type.name}=${shown})`;
}

/** What a value says of itself, if it has a `String` method and is asked. */
function bySelf(value: GoValue, place: Place): string | undefined {
  if (place.erroring || place.flags.sharpV || !"vsxXq".includes(place.verb)) return undefined;
  const text = describeSelf(value, place.call);
  return text === undefined ? undefined : printText(text, value, place);
}

/** The result of a value's own `String` method. */
export function describeSelf(value: GoValue, call: Call): string | undefined {
  const method = stringMethod(value.type);
  if (method === undefined || (value.kind === "pointer" && value.content === undefined)) return undefined;
  const text = method.run([indirect(value)], call);
  return text?.kind === "string" ? text.content : undefined;
}

function stringMethod(type: GoType): ReturnType<NonNullable<GoType["methods"]>["get"]> {
  const owner = type.kind === "pointer" ? type.element : type;
  return owner.methods?.get("String");
}

function byKind(value: GoValue, place: Place): string {
  const { verb, flags, depth } = place;
  place.call.spend(1);
  if (depth > place.call.limits.depth)
    throw new CallFault(`value is nested more than ${place.call.limits.depth} deep`);
  switch (value.kind) {
    case "bool":
      return verb === "t" || verb === "v" ? formatBool(value.content, flags) : misuse(value, place);
    case "int":
    case "uint":
      return printInteger(value.content, value, place);
    case "float":
      return printFloat(value.content, value, place);
    case "complex":
      return printComplex(value, place);
    case "string":
      return printText(value.content, value, place);
    case "map":
      return printMap(value, place);
    case "struct":
      return printStruct(value, place);
    case "list":
      return printList(value, place);
    case "pointer":
      return printPointer(value, place);
    default:
      if (value.content !== undefined) return printInside(value, place);
      return flags.sharpV ? `${value.type.name}(nil)` : "<nil>";
  }
}

/** A value inside another is asked for itself first. */
function printInside(value: GoValue, place: Place): string {
  const inner = unboxed(value);
  const deeper = { ...place, depth: place.depth + 1 };
  if (inner === undefined) return byKind(value, deeper);
  return bySelf(inner, deeper) ?? byKind(inner, deeper);
}

function printText(text: string, value: GoValue, place: Place): string {
  const { verb, flags } = place;
  switch (verb) {
    case "v":
      return flags.sharpV ? formatQuoted(text, flags) : formatText(text, flags);
    case "s":
      return formatText(text, flags);
    case "x":
    case "X":
      return formatBytes(text, flags, verb === "X");
    case "q":
      return formatQuoted(text, flags);
  }
  return misuse(value, place);
}

function printInteger(content: bigint, value: GoValue, place: Place): string {
  const { verb, flags } = place;
  switch (verb) {
    case "v":
      if (flags.sharpV && value.kind === "uint")
        return formatInteger(content, { ...flags, sharp: true }, { base: 16, verb: "x" });
      return formatInteger(content, flags, { base: 10, verb });
    case "d":
      return formatInteger(content, flags, { base: 10, verb });
    case "b":
      return formatInteger(content, flags, { base: 2, verb });
    case "o":
    case "O":
      return formatInteger(content, flags, { base: 8, verb });
    case "x":
    case "X":
      return formatInteger(content, flags, { base: 16, verb });
    case "c":
      return formatRune(Number(content), flags);
    case "q":
      return formatQuotedRune(Number(content), flags);
    case "U":
      return formatUnicode(content, flags);
  }
  return misuse(value, place);
}

function printFloat(content: number, value: GoValue, { ...place }: Place): string {
  const { verb, flags } = place;
  switch (verb) {
    case "v":
      return formatFloatVerb(content, flags, { verb: "g", precision: undefined });
    case "b":
    case "g":
    case "G":
    case "x":
    case "X":
      return formatFloatVerb(content, flags, { verb, precision: undefined });
    case "f":
    case "F":
      return formatFloatVerb(content, flags, { verb: "f", precision: 6 });
    case "e":
    case "E":
      return formatFloatVerb(content, flags, { verb: verb, precision: 6 });
  }
  return misuse(value, place);
}

function printComplex(value: GoValue & { kind: "complex" }, place: Place): string {
  if (!"vbgGxXfFeE".includes(place.verb)) return misuse(value, place);
  const real = printFloat(value.content[0], value, place);
  const imaginary = printFloat(value.content[1], value, { ...place, flags: { ...place.flags, plus: true } });
  return `(${real}${imaginary}i)`;
}

function printMap({ type, content }: MapValue, place: Place): string {
  const { sharpV } = place.flags;
  if (sharpV && content === undefined) return `${type.name}(nil)`;
  const members = sortedEntries(content ?? new Map()).map(([key, member]) => {
    const name = printInside(
      { kind: "string", type: { kind: "string", name: "string" }, content: key },
      place,
    );
    return `${name}:${printInside(member, place)}`;
  });
  return sharpV ? `${type.name}{${members.join(", ")}}` : `map[${members.join(" ")}]`;
}

function printStruct({ type, content }: StructValue, place: Place): string {
  const { sharpV, plusV } = place.flags;
  const fields = content.map((field, index) => {
    const name = sharpV || plusV ? `${type.fields[index]?.name ?? ""}:` : "";
    return name + printInside(field, place);
  });
  return sharpV ? `${type.name}{${fields.join(", ")}}` : `{${fields.join(" ")}}`;
}

function printList({ type, content }: ListValue, place: Place): string {
  const { sharpV } = place.flags;
  if (sharpV && content === undefined) return `${type.name}(nil)`;
  const items = (content ?? []).map((item) => printInside(item, place));
  return sharpV ? `${type.name}{${items.join(", ")}}` : `[${items.join(" ")}]`;
}

/** The target of an outermost pointer is shown, of others the address. */
function printPointer(value: GoValue & { kind: "pointer" }, place: Place): string {
  const target = value.content;
  const kind = target?.kind;
  if (target !== undefined && place.depth === 0 && (kind === "struct" || kind === "map" || kind === "list"))
    return `&${printInside(target, place)}`;
  return printAddress(value, place);
}

function printAddress(value: GoValue & { kind: "pointer" | "list" | "map" }, place: Place): string {
  const { verb, flags } = place;
  const { type } = value;
  if (!"vpbodxX".includes(verb)) return misuse(value, place);
  const address = value.content === undefined ? 0n : ADDRESS;
  if (verb === "v" && flags.sharpV)
    return `(${type.name})(${address === 0n ? "nil" : `0x${address.toString(16)}`})`;
  if (verb === "v" && address === 0n) return padded("<nil>", flags);
  if (verb === "v" || verb === "p")
    return formatInteger(address, { ...flags, sharp: !flags.sharp }, { base: 16, verb: "x" });
  const base = verb === "b" ? 2 : verb === "o" ? 8 : verb === "d" ? 10 : 16;
  return formatInteger(address, flags, { base, verb });
}

/** All values one after the other, with a space between two that are no strings. */
export function printAll(values: readonly Value[], call: Call): string {
  let text = "";
  let previous = true;
  for (const [index, value] of values.entries()) {
    const isText = unboxed(value)?.kind === "string";
    if (index > 0 && !isText && !previous) text += " ";
    text += printValue(value, call);
    previous = isText;
  }
  return text;
}

/** All values with spaces between them, and a new line at the end. */
export function printLine(values: readonly Value[], call: Call): string {
  return `${values.map((value) => printValue(value, call)).join(" ")}\n`;
}
