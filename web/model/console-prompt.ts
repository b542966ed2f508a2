import { type History, historyOf, remembered, searchBack, step } from "./console-history.ts";
import type { Key } from "./console-keys.ts";
import { EMPTY_LINE, editLine, insertText, type Line, lineWith } from "./console-line.ts";
import { characterBefore } from "./console-width.ts";

/** A prompt with the line being written at it. */
export interface Prompt {
  readonly line: Line;
  readonly history: History;
  /** Set while an older line is searched for. */
  readonly search?: Search | undefined;
  /** The last key was a Tab that could not go on. */
  readonly tabbed: boolean;
}

/** A search through the history. */
export interface Search {
  readonly term: string;
  /** Of the line found. */
  readonly index: number;
  readonly failed: boolean;
  /** The line that was being written. */
  readonly before: Line;
}

/** What is to be done after a key beside drawing the prompt. */
export type Outcome =
  | { readonly kind: "submit"; readonly text: string }
  | { readonly kind: "complete"; readonly list: boolean }
  | { readonly kind: "interrupt" | "end" | "clear" | "bell" | "none" };

/** What a key came to. */
export interface Pressed {
  readonly prompt: Prompt;
  readonly outcome: Outcome;
}

const NONE: Outcome = { kind: "none" };
const BELL: Outcome = { kind: "bell" };

/** A prompt at which nothing has been written. */
export function openPrompt(lines: readonly string[]): Prompt {
  return { line: EMPTY_LINE, history: historyOf(lines), tabbed: false };
}

/** A prompt after `key`. A text of which `isWhole` says no goes on in the next row when it is entered. */
export function press(prompt: Prompt, key: Key, isWhole: (text: string) => boolean): Pressed {
  const untabbed: Prompt = prompt.tabbed && key.kind !== "tab" ? { ...prompt, tabbed: false } : prompt;
  return untabbed.search === undefined
    ? pressed(untabbed, key, isWhole)
    : searching(untabbed, untabbed.search, key, isWhole);
}

function pressed(prompt: Prompt, key: Key, isWhole: (text: string) => boolean): Pressed {
  const { line, history } = prompt;
  const withLine = (next: Line): Pressed => ({ prompt: { ...prompt, line: next }, outcome: NONE });
  switch (key.kind) {
    case "text":
    case "paste":
      return withLine(insertText(line, key.text));
    case "edit":
      return withLine(editLine(line, key.edit));
    case "enter":
      if (!isWhole(line.text)) return withLine(insertText({ ...line, at: line.text.length }, "\n"));
      return {
        prompt: {
          line: { ...EMPTY_LINE, cut: line.cut },
          history: remembered(history, line.text),
          tabbed: false,
        },
        outcome: { kind: "submit", text: line.text },
      };
    case "tab":
      return { prompt: { ...prompt, tabbed: true }, outcome: { kind: "complete", list: prompt.tabbed } };
    case "up":
      return stepped(prompt, -1);
    case "down":
      return stepped(prompt, 1);
    case "first":
      return stepped(prompt, -history.at);
    case "last":
      return stepped(prompt, history.lines.length - history.at);
    case "lastWord": {
      const word = /\S+\s*$/u.exec(history.lines.at(-1) ?? "")?.[0].trimEnd();
      return word === undefined ? { prompt, outcome: BELL } : withLine(insertText(line, word));
    }
    case "search": {
      const search = { term: "", index: history.lines.length, failed: false, before: line };
      return { prompt: { ...prompt, search }, outcome: NONE };
    }
    case "interrupt":
      return {
        prompt: {
          line: { ...EMPTY_LINE, cut: line.cut },
          history: historyOf(history.lines),
          tabbed: false,
        },
        outcome: { kind: "interrupt" },
      };
    case "end":
      return line.text === "" ? { prompt, outcome: { kind: "end" } } : withLine(editLine(line, "eraseRight"));
    case "clear":
      return { prompt, outcome: { kind: "clear" } };
    default:
      return { prompt, outcome: NONE };
  }
}

function stepped(prompt: Prompt, by: number): Pressed {
  const there = step(prompt.history, by, prompt.line.text);
  if (there === undefined) return { prompt, outcome: by === 0 ? NONE : BELL };
  return {
    prompt: { ...prompt, history: there.history, line: lineWith(prompt.line, there.line) },
    outcome: NONE,
  };
}

function searching(prompt: Prompt, search: Search, key: Key, isWhole: (text: string) => boolean): Pressed {
  const { lines } = prompt.history;
  const look = (term: string, before: number): Pressed => {
    const found = searchBack(lines, term, before);
    if (found === undefined) {
      const next = { ...search, term, failed: term !== "" };
      return { prompt: { ...prompt, search: next }, outcome: term === "" ? NONE : BELL };
    }
    const line = { ...lineWith(prompt.line, lines[found.index] ?? ""), at: found.at };
    return {
      prompt: { ...prompt, line, search: { ...search, term, index: found.index, failed: false } },
      outcome: NONE,
    };
  };
  switch (key.kind) {
    case "text":
    case "paste":
      return look(search.term + key.text, Math.min(lines.length, search.index + 1));
    case "search":
      return look(search.term, search.index);
    case "cancel":
    case "interrupt":
      return { prompt: { ...prompt, line: search.before, search: undefined }, outcome: NONE };
    case "edit":
      if (key.edit === "eraseLeft")
        return look(search.term.slice(0, characterBefore(search.term, search.term.length)), lines.length);
      break;
    default:
  }
  return pressed({ ...prompt, search: undefined }, key, isWhole);
}

/** What stands before the line while it is searched for. */
export function searchLabel({ term, failed }: Search): string {
  return `(${failed ? "failed " : ""}reverse-i-search)\`${term}': `;
}
