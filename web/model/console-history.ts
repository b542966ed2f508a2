/** Lines that were entered, and where among them somebody is. */
export interface History {
  /** The oldest first. */
  readonly lines: readonly string[];
  /** Of the line in hand; `lines.length` for the one being written. */
  readonly at: number;
  /** What was being written when the going back began. */
  readonly draft: string;
}

/** More are not worth remembering. */
const LIMIT = 1000;

/** A history with nothing chosen. */
export function historyOf(lines: readonly string[]): History {
  return { lines: lines.slice(-LIMIT), at: Math.min(lines.length, LIMIT), draft: "" };
}

/** A history with `line` added, unless it is the last one again or begins with a blank. */
export function remembered(history: History, line: string): History {
  if (line.trim() === "" || /^\s/u.test(line) || line === history.lines.at(-1)) {
    return historyOf(history.lines);
  }
  return historyOf([...history.lines, line]);
}

/** A step towards older (-1) or newer (1) lines, and the line there; `undefined` at the ends. `written` is the line in hand. */
export function step(
  history: History,
  by: number,
  written: string,
): { readonly history: History; readonly line: string } | undefined {
  const at = Math.min(history.lines.length, Math.max(0, history.at + by));
  if (at === history.at) return undefined;
  const draft = history.at === history.lines.length ? written : history.draft;
  const line = at === history.lines.length ? draft : (history.lines[at] ?? "");
  return { history: { ...history, at, draft }, line };
}

/** The newest line before `before` that holds `term`, and where; a term without capitals finds both. */
export function searchBack(
  lines: readonly string[],
  term: string,
  before: number,
): { readonly index: number; readonly at: number } | undefined {
  if (term === "") return undefined;
  const exact = term !== term.toLowerCase();
  for (let index = Math.min(before, lines.length) - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? "";
    const at = exact ? line.lastIndexOf(term) : line.toLowerCase().lastIndexOf(term);
    if (at >= 0) return { index, at };
  }
  return undefined;
}

/** Whether a line may be remembered when the page is closed: those that hold a password, or send one through a pipe, are not. */
export function isLasting(line: string): boolean {
  return !/\blogin\b/u.test(line) || !/\s(?:-p|--password(?=[\s=]))|\|/u.test(line);
}
