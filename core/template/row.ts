import { quoteJson } from "./json.ts";
import { type GoFunction, mapType, pointerType, STRING, type StructType } from "./type.ts";
import { boolValue, type GoValue, intValue, mapValue, pointerTo, stringValue, type Value } from "./value.ts";

/** One column of a listing. */
export interface Column<Row> {
  /** Its heading; undefined when a table has none for it. */
  readonly heading?: string | undefined;
  /** What a row shows in it. `args` are the texts given behind its name, where it takes any. */
  readonly value: (row: Row, ...args: readonly string[]) => string | number | boolean;
  /** How many texts stand behind its name: none, as a rule. Such a column is left out of `json`. */
  readonly parameters?: number | undefined;
}

/** A listing whose rows are shown through templates. */
export interface RowType<Row> {
  /** A row as the value of a template. */
  readonly value: (row: Row) => GoValue;
  /** The headings, over which a table's template is executed with `header` set. */
  readonly header: GoValue;
}

/** The formatter's own type for the headings. */
const HEADINGS = mapType(STRING, "formatter.SubHeaderContext");

/**
 * A listing by its columns. `name` is that of Docker's type, which shows in its messages: `formatter.imageContext` makes `can't evaluate field Labels in
 * type *formatter.imageContext`. As JSON a row is an object of all columns, sorted, with `<`, `>` and `&` escaped.
 */
export function rowType<Row>(name: string, columns: { readonly [name: string]: Column<Row> }): RowType<Row> {
  const entries = Object.entries(columns);
  const header = mapValue(
    HEADINGS,
    new Map(
      entries.flatMap(([key, { heading }]) => (heading === undefined ? [] : [[key, stringValue(heading)]])),
    ),
  );
  const rows = new WeakMap<GoValue, Row>();
  const cell = (
    value: Value,
    column: Column<Row>,
    args: readonly string[] = [],
  ): string | number | boolean => {
    const struct = value?.kind === "pointer" ? value.content : value;
    const row = struct === undefined ? undefined : rows.get(struct);
    return row === undefined ? "" : column.value(row, ...args);
  };
  const type: StructType = {
    kind: "struct",
    name,
    fields: [],
    methods: new Map<string, GoFunction>([
      ["FullHeader", { parameters: [], run: () => header }],
      ...entries.map(([key, column]): readonly [string, GoFunction] => [
        key,
        {
          parameters: Array.from({ length: column.parameters ?? 0 }, () => STRING),
          run: ([receiver, ...args]) =>
            cellValue(
              cell(
                receiver,
                column,
                args.map((arg) => (arg?.kind === "string" ? arg.content : "")),
              ),
            ),
        },
      ]),
    ]),
  };
  const shown = entries
    .filter(([, { parameters }]) => parameters === undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const pointer = {
    ...pointerType(type),
    toJson: (value: Value) =>
      `{${shown.map(([key, column]) => `${quoteJson(key, true)}:${jsonOf(cell(value, column))}`).join(",")}}`,
  };
  const valueOf = (row: Row): GoValue => {
    const struct: GoValue = { kind: "struct", type, content: [] };
    rows.set(struct, row);
    return pointerTo(pointer, struct);
  };
  return { header, value: valueOf };
}

function cellValue(cell: string | number | boolean): GoValue {
  if (typeof cell === "string") return stringValue(cell);
  return typeof cell === "number" ? intValue(cell) : boolValue(cell);
}

function jsonOf(cell: string | number | boolean): string {
  return typeof cell === "string" ? quoteJson(cell, true) : String(cell);
}
