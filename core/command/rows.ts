import { isCoreError } from "../error.ts";
import { type Column, encodeText, parseTemplate, rowType } from "../template/mod.ts";
import type { Output } from "./context.ts";
import { failed } from "./failure.ts";
import { tabulate } from "./tabulate.ts";

/** One line of a list: field name to text. */
export type Row = Readonly<Record<string, string>>;

/** How a list is shown. */
export interface RowsOptions {
  /** As given, the words `table`, `json` and `raw` resolved by the caller where they mean something of its own. */
  readonly format: string;
  /** Field name to heading; `""` for fields that no table has. */
  readonly headers: Row;
  /** How Go calls a row, in errors: `formatter.imageContext`. */
  readonly type: string;
  readonly stdout: Output;
  /** Columns that take words behind their name, beside the fields. */
  readonly more?: { readonly [name: string]: Column<Row> } | undefined;
}

const TABLE = "table";

/**
 * Prints rows by a format: `table …` aligned under headings, `json` one object per line, or a template per row.
 * @throws CoreError `command/failed` with Docker's words; nothing has been printed then.
 */
export async function printRows(rows: Iterable<Row>, options: RowsOptions): Promise<void> {
  await options.stdout.write(encodeText(formatRows(rows, options)));
}

/** What {@link printRows} prints. @throws CoreError `command/failed` with Docker's words. */
export function formatRows(rows: Iterable<Row>, options: Omit<RowsOptions, "stdout">): string {
  const { format, headers, more, type } = options;
  const table = format.startsWith(TABLE);
  const source = table ? format.slice(TABLE.length) : format === "json" ? "{{json .}}" : format;
  const text = source
    .replace(/^ +| +$/g, "")
    .replaceAll("\\t", "\t")
    .replaceAll("\\n", "\n");
  const columns = Object.entries(headers).map(([name, heading]): [string, Column<Row>] => [
    name,
    { heading: heading === "" ? undefined : heading, value: (row) => row[name] ?? "" },
  ]);
  try {
    const template = parseTemplate(text);
    const { header, value } = rowType<Row>(type, { ...Object.fromEntries(columns), ...more });
    let body = "";
    for (const row of rows) body += `${template.render(value(row))}\n`;
    if (!table) return body;
    return tabulate(`${heading((write) => template.execute(header, { header: true, write }))}\n${body}`);
  } catch (error) {
    if (!isCoreError(error) || error.code.startsWith("command/")) throw error;
    throw failed(`template parsing error: ${error.message}`, {}, error);
  }
}

/** A heading that fails is shown as far as it went. */
function heading(execute: (write: (text: string) => void) => void): string {
  let text = "";
  try {
    execute((part) => {
      text += part;
    });
  } catch (error) {
    if (!isCoreError(error, "template/execute")) throw error;
  }
  return text;
}
