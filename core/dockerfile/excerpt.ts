import type { CoreError } from "../error.ts";
import { errorLines, type LineRange } from "./error.ts";

/**
 * What `docker build` prints below its progress when a build fails: the lines of `text` (the Dockerfile) that `error` names, marked,
 * with some lines around them, and the message.
 */
export function formatBuildError(
  error: CoreError,
  text: string,
  options: { readonly name?: string | undefined } = {},
): string {
  const excerpts = errorLines(error).map((range) => formatExcerpt(text, range, options.name ?? "Dockerfile"));
  return `${excerpts.join("")}ERROR: failed to build: failed to solve: ${error.message}\n`;
}

const RULE = "--------------------";

/** The lines `range` of `text`, marked with `>>>`, and up to four lines around them; "" when the text has no such lines. */
export function formatExcerpt(text: string, range: LineRange, name: string): string {
  const lines = text.split("\n");
  if (range.start < 1 || range.end > lines.length) return "";
  let { start, end } = range;
  const most = start === end ? 4 : 2;
  // Both sides grow by one at a time, as long as there are lines; the counting is BuildKit's.
  for (let added = 0; added < most; added++) {
    if (start > 1) {
      start--;
      added++;
    }
    if (end < lines.length) {
      end++;
      added++;
    }
  }
  const rows = lines.slice(start - 1, end).map((line, index) => {
    const number = start + index;
    const mark = number >= range.start && number <= range.end ? ">>>" : "   ";
    return `${String(number).padStart(4)} | ${mark} ${line}\n`;
  });
  return `${name}:${range.start}\n${RULE}\n${rows.join("")}${RULE}\n`;
}
