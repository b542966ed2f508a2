import { CoreError } from "../error.ts";
import { formatJson } from "./json.ts";
import type { Row } from "./rows.ts";

/** A template of one row. */
export interface RowTemplate {
  row(fields: Row): string;
  header(headers: Row): string;
}

/** A template of rows that have these fields. */
export function parseRowTemplate(
  text: string,
  _options: { readonly type: string; readonly fields: readonly string[] },
): RowTemplate {
  const fill = (fields: Row, json: boolean): string =>
    text.replace(/\{\{(.*?)\}\}/g, (_, action: string) => {
      const word = action.trim();
      if (word === "json ." && json) return formatJson(new Map(Object.entries(fields)));
      const value = fields[word.slice(1)];
      if (!word.startsWith(".") || value === undefined)
        throw new CoreError("command/failed", `stand-in cannot do ${word}`);
      return value;
    });
  return { row: (fields) => fill(fields, true), header: (headers) => fill(headers, false) };
}
