import { encodeJson } from "./json.ts";
import { lowerCase, titleCase, upperCase } from "./letter-case.ts";
import { byteLength, sliceText } from "./text.ts";
import { ANY, type GoFunction, INT, STRING, STRINGS } from "./type.ts";
import { type Call, CallFault, listValue, stringValue, type Value } from "./value.ts";

/** What Docker adds to the language. */
export const DOCKER_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map<string, GoFunction>([
  ["json", { parameters: [ANY], run: ([value], call) => stringValue(encodeJson(value, call)) }],
  ["split", { parameters: [STRING, STRING], run: ([text, separator], call) => split(text, separator, call) }],
  ["join", { parameters: [STRINGS, STRING], run: ([items, separator]) => join(items, separator) }],
  ["title", ofText(titleCase)],
  ["lower", ofText(lowerCase)],
  ["upper", ofText(upperCase)],
  [
    "pad",
    {
      parameters: [STRING, INT, INT],
      run: ([text, before, after], call) =>
        stringValue(pad(textOf(text), [countOf(before), countOf(after)], call)),
    },
  ],
  [
    "truncate",
    {
      parameters: [STRING, INT],
      run: ([text, length]) => stringValue(truncate(textOf(text), countOf(length))),
    },
  ],
]);

/** While the header of a table is made, the fields are their headings, and these leave them as they are. */
export const HEADER_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map<string, GoFunction>([
  ["json", ofText((text) => text)],
  ["title", ofText((text) => text)],
  ["lower", ofText((text) => text)],
  ["upper", ofText((text) => text)],
  ["truncate", { parameters: [STRING, INT], run: ([text]) => text }],
  ["split", { parameters: [STRING, STRING], run: ([text]) => text }],
  ["join", { parameters: [STRING, STRING], run: ([text]) => text }],
]);

function ofText(change: (text: string) => string): GoFunction {
  return { parameters: [STRING], run: ([text]) => stringValue(change(textOf(text))) };
}

function textOf(value: Value): string {
  return value?.kind === "string" ? value.content : "";
}

function countOf(value: Value): number {
  return value?.kind === "int" ? Number(value.content) : 0;
}

function split(text: Value, separator: Value, call: Call): Value {
  const by = textOf(separator);
  const parts = by === "" ? Array.from(textOf(text)) : textOf(text).split(by);
  call.spend(parts.length);
  return listValue(
    STRINGS,
    parts.map((part) => stringValue(part)),
  );
}

function join(items: Value, separator: Value): Value {
  const texts = items?.kind === "list" ? (items.content ?? []) : [];
  return stringValue(texts.map(textOf).join(textOf(separator)));
}

function pad(text: string, [before, after]: readonly [number, number], call: Call): string {
  if (text === "") return "";
  if (before < 0 || after < 0) throw new CallFault("strings: negative Repeat count");
  call.spend((before + after) / 16);
  return " ".repeat(before) + text + " ".repeat(after);
}

/** Cuts bytes, not characters. */
function truncate(text: string, length: number): string {
  if (byteLength(text) < length) return text;
  if (length < 0) throw new CallFault(`runtime error: slice bounds out of range [:${length}]`);
  return sliceText(text, 0, length);
}
