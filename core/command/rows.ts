import { isCoreError } from "../error.ts";
import type { Output } from "./context.ts";
import { failed } from "./failure.ts";
import { parseRowTemplate } from "./row-template.ts";
import { tabulate } from "./tabulate.ts";

/** One line of a list: field name to text. */
export type Row = Readonly<Record<string, string>>;

/** How a list is shown. */
export interface RowsOptions {
  /** As given, the words `table`, `json` and `raw` resolved by the caller where they mean something of its own. */
  readonly format: string;
  /** Field name to heading; fields without one cannot be used. */
  readonly headers: Readonly<Record<string, string>>;
  /** How Go calls a row, in errors. */
  readonly type: string;
  readonly stdout: Output;
}

const TABLE = "table";

/**
 * Prints rows by a format: `table …` aligned under headings, `json` one object per line, or a template per row.
 * @throws CoreError `command/failed` with Docker's words; nothing has been printed then.
 */
export async function printRows(rows: Iterable<Row>, options: RowsOptions): Promise<void> {
  const { format, stdout, type } = options;
  const headers = sorted(options.headers);
  const table = format.startsWith(TABLE);
  const source = table ? format.slice(TABLE.length) : format === "json" ? "{{json .}}" : format;
  const text = source
    .replace(/^ +| +$/g, "")
    .replaceAll("\\t", "\t")
    .replaceAll("\\n", "\n");
  try {
    const template = parseRowTemplate(text, { type, fields: Object.keys(headers) });
    let body = "";
    for (const row of rows) body += `${template.row(sorted(row))}\n`;
    await stdout.write(table ? tabulate(`${template.header(headers)}\n${body}`) : body);
  } catch (error) {
    if (!isCoreError(error) || error.code.startsWith("command/")) throw error;
    throw failed(`template parsing error: ${error.message}`, {}, error);
  }
}

/** In the order of JSON. */
function sorted(row: Row): Row {
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
