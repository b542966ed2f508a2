import { pictured } from "./console-visible.ts";
import { codeWidth } from "./console-width.ts";

/** A place on the screen, from where a prompt begins. */
interface Spot {
  readonly row: number;
  readonly column: number;
}

/** A prompt with its line as it stands on the screen. */
export interface Drawn {
  /** Rows below the one where the prompt begins. */
  readonly rows: number;
  /** Row of the cursor. */
  readonly row: number;
}

/** What has not been drawn. */
export const NOTHING_DRAWN: Drawn = { rows: 0, row: 0 };

/** What is to be drawn. */
export interface Drawing {
  /** What stands before the line; may hold colours. */
  readonly prompt: string;
  readonly text: string;
  /** Where in `text` the cursor is. */
  readonly at: number;
  readonly columns: number;
}

/** What stands before further rows of a line that has several. */
const CONTINUED = "> ";

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are written with it
// oxlint-disable-next-line no-control-regex
const COLOUR = /\x1b\[[0-9;]*m/gu;

/** Where the cursor comes to stand after `text`, a character that does not fit going to the next row. */
function after(from: Spot, text: string, columns: number): Spot {
  let { row, column } = from;
  for (const char of text) {
    if (char === "\n") {
      row += 1;
      column = 0;
      continue;
    }
    const width = codeWidth(char.codePointAt(0) ?? 0);
    if (column + width > columns) {
      row += 1;
      column = 0;
    }
    column += width;
  }
  // A full row: the cursor stands on the next one.
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}

/** What to send to a terminal so that `drawing` stands where `before` stood, and what stands there then. */
export function draw(before: Drawn, drawing: Drawing): { readonly output: string; readonly drawn: Drawn } {
  const { prompt, columns } = drawing;
  const broken = (text: string): string => pictured(text).replaceAll("\n", `\n${CONTINUED}`);
  const start = after({ row: 0, column: 0 }, prompt.replaceAll(COLOUR, ""), columns);
  const text = broken(drawing.text);
  const cursor = after(start, broken(drawing.text.slice(0, drawing.at)), columns);
  const end = after(start, text, columns);
  const full = end.column === 0 && end.row > 0;
  const output = [
    erase(before),
    prompt,
    text.replaceAll("\n", "\r\n"),
    // A terminal goes to the next row only with the next character.
    full ? " \r" : "",
    up(end.row - cursor.row),
    "\r",
    cursor.column > 0 ? `\x1b[${cursor.column}C` : "",
  ].join("");
  return { output, drawn: { rows: end.row, row: cursor.row } };
}

/** What takes a drawing off the screen, the cursor being where it began. */
export function erase({ row }: Drawn): string {
  return `\r${up(row)}\x1b[J`;
}

/** What moves the cursor below a drawing. */
export function below({ rows, row }: Drawn): string {
  return `${rows > row ? `\x1b[${rows - row}B` : ""}\r\n`;
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}
