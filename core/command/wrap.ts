import type { FlagSpec } from "./flag.ts";

/** Width that help is wrapped to where there is no terminal. */
export const HELP_WIDTH = 80;
/** Words that would stand alone on a last line may go over by so much. */
const SLOP = 5;
/** Narrower than that, usage goes below the flag. */
const LEAST = 24;
const BELOW = 16;

/** The lines of help about flags, sorted by name, wrapped to end before the last of `width` columns. @see pflag's FlagUsagesWrapped, version 1.0 */
export function flagUsages(specs: readonly FlagSpec[], width: number): string {
  const lines = specs
    .filter(({ hidden }) => hidden !== true)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((spec) => ({ head: headOf(spec), usage: usageOf(spec) }));
  const column = Math.max(...lines.map(({ head }) => head.length)) + 3;
  return lines
    .map(({ head, usage }) => `${head.padEnd(column)}${wrapped(usage, column, width - 1)}\n`)
    .join("");
}

function headOf({ name, short, type }: FlagSpec): string {
  return `  ${short === undefined ? "    " : `-${short}, `}--${name}${type === "" ? "" : ` ${type}`}`;
}

function usageOf({ usage, shownDefault, deprecated }: FlagSpec): string {
  const otherwise = shownDefault === undefined ? "" : ` (default ${shownDefault})`;
  return usage + otherwise + (deprecated === undefined ? "" : ` (DEPRECATED: ${deprecated})`);
}

function wrapped(text: string, column: number, width: number): string {
  let indent = column;
  let start = "";
  if (width - indent < LEAST) {
    indent = BELOW;
    start = `\n${" ".repeat(indent)}`;
  }
  if (width - indent < LEAST) return text.replaceAll("\n", start);
  const margin = `\n${" ".repeat(indent)}`;
  const parts: string[] = [];
  for (let rest = text; rest !== ""; ) {
    const [line, after] = firstLine(rest, width - indent - SLOP);
    parts.push(line.replaceAll("\n", margin));
    rest = after;
  }
  return start + parts.join(margin);
}

function firstLine(text: string, width: number): [line: string, rest: string] {
  if (width + SLOP > text.length) return [text, ""];
  const head = text.slice(0, width);
  const space = Math.max(head.lastIndexOf(" "), head.lastIndexOf("\t"), head.lastIndexOf("\n"));
  if (space <= 0) return [text, ""];
  const newline = head.lastIndexOf("\n");
  const at = newline > 0 && newline < space ? newline : space;
  return [text.slice(0, at), text.slice(at + 1)];
}
