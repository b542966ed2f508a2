import { textWidth } from "./width.ts";

/** Least width of a cell, and the spaces after the widest of its column. */
const LEAST = 10;
const PADDING = 3;

/**
 * Lines whose cells end in tabs, aligned: a cell is as wide as the widest of the run of consecutive lines that have it. What follows the last tab of a
 * line is not padded.
 * @see Go's text/tabwriter
 */
export function tabulate(text: string, { least = LEAST, padding = PADDING } = {}): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const columns = Math.max(...lines.map(({ length }) => length)) - 1;
  for (let column = 0; column < columns; column++) {
    for (let from = 0; from < lines.length; ) {
      let to = from;
      while (to < lines.length && lines[to]!.length - 1 > column) to++;
      const run = lines.slice(from, to);
      const widths = run.map((cells) => textWidth(cells[column]!));
      const width = Math.max(least, ...widths.map((one) => one + padding));
      for (const [at, cells] of run.entries()) cells[column] += " ".repeat(width - widths[at]!);
      from = to + 1;
    }
  }
  return lines.map((cells) => cells.join("")).join("\n");
}
