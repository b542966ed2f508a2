import { isEqualToAny, isLess } from "./compare.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escape.ts";
import { lengthOf, pick, slice } from "./indexing.ts";
import { printAll, printLine } from "./print.ts";
import { printFormat } from "./printf.ts";
import { ANY, type GoFunction, REFLECTED, STRING } from "./type.ts";
import {
  boolValue,
  type Call,
  CallFault,
  indirect,
  intValue,
  isTrue,
  stringValue,
  unboxed,
  type Value,
} from "./value.ts";

const ofAny = (run: GoFunction["run"]): GoFunction => ({ parameters: [ANY], variadic: true, run });
const ofReflected = (count: number, run: GoFunction["run"]): GoFunction => ({
  parameters: Array.from({ length: count }, () => REFLECTED),
  variadic: true,
  run,
});
const comparison = (run: (left: Value, right: Value, call: Call) => boolean): GoFunction => ({
  parameters: [REFLECTED, REFLECTED],
  run: ([left, right], call) => boolValue(run(left, right, call)),
});

/**
 * The language's own functions. `and`, `or` and `call` are known to the execution itself: the first two do not evaluate what they do not need, the
 * third names what it cannot call.
 */
export const BUILTINS: ReadonlyMap<string, GoFunction> = new Map<string, GoFunction>([
  ["and", ofReflected(2, () => undefined)],
  ["or", ofReflected(2, () => undefined)],
  ["call", ofReflected(2, ([callee]) => refuseCall(callee))],
  ["not", { parameters: [REFLECTED], run: ([value]) => boolValue(!isTrue(unboxed(value))) }],
  ["len", { parameters: [REFLECTED], run: ([value]) => intValue(lengthOf(value)) }],
  ["index", ofReflected(2, ([value, ...keys]) => pick(value, keys))],
  ["slice", ofReflected(2, ([value, ...bounds]) => slice(value, bounds))],
  ["eq", ofReflected(2, ([first, ...others], call) => boolValue(isEqualToAny(first, others, call)))],
  ["ne", comparison((left, right, call) => !isEqualToAny(left, [right], call))],
  ["lt", comparison(isLess)],
  ["le", comparison((left, right, call) => isLess(left, right) || isEqualToAny(left, [right], call))],
  ["gt", comparison((left, right, call) => !(isLess(left, right) || isEqualToAny(left, [right], call)))],
  ["ge", comparison((left, right) => !isLess(left, right))],
  ["print", ofAny((values, call) => stringValue(printAll(values, call)))],
  ["println", ofAny((values, call) => stringValue(printLine(values, call)))],
  [
    "printf",
    {
      parameters: [STRING, ANY],
      variadic: true,
      run: ([format, ...values], call) => {
        return stringValue(printFormat(format?.kind === "string" ? format.content : "", values, call));
      },
    },
  ],
  ["html", ofAny((values, call) => stringValue(escapeHtml(textOf(values, call))))],
  ["js", ofAny((values, call) => stringValue(escapeJs(textOf(values, call))))],
  ["urlquery", ofAny((values, call) => stringValue(escapeQuery(textOf(values, call))))],
]);

/** One string as it is; anything else as it would be printed. */
function textOf(values: readonly Value[], call: Call): string {
  const printable = values.map((value) => {
    const inner = unboxed(value);
    if (inner === undefined) return stringValue("<no value>");
    return inner.kind === "pointer" ? indirect(inner) : inner;
  });
  return printAll(printable, call);
}

/** No value here is a function. */
function refuseCall(callee: Value): never {
  const value = unboxed(callee);
  if (value === undefined) throw new CallFault("call of nil");
  throw new CallFault(`of type ${value.type.name}`);
}
