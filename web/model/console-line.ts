import { characterAfter, characterBefore } from "./console-width.ts";

/** A line being edited. */
export interface Line {
  readonly text: string;
  /** Where the cursor stands, in UTF-16 units. */
  readonly at: number;
  /** What was cut last, for yanking. */
  readonly cut: string;
  /** The last edit was a cut: another one adds to it. */
  readonly cutting: boolean;
}

/** The empty line. */
export const EMPTY_LINE: Line = { text: "", at: 0, cut: "", cutting: false };

/** What keys do to a line. */
export type LineEdit =
  | "left"
  | "right"
  | "wordLeft"
  | "wordRight"
  | "home"
  | "end"
  | "eraseLeft"
  | "eraseRight"
  | "cutToEnd"
  | "cutToStart"
  | "cutBlankLeft"
  | "cutWordLeft"
  | "cutWordRight"
  | "yank"
  | "swap";

const PART_OF_WORD = /[\p{L}\p{N}]/u;

/** Start of the word left of `at`, as readline finds it: letters and digits. */
function wordLeft(text: string, at: number): number {
  let place = at;
  while (place > 0 && !PART_OF_WORD.test(text.slice(characterBefore(text, place), place))) {
    place = characterBefore(text, place);
  }
  while (place > 0 && PART_OF_WORD.test(text.slice(characterBefore(text, place), place))) {
    place = characterBefore(text, place);
  }
  return place;
}

function wordRight(text: string, at: number): number {
  let place = at;
  while (place < text.length && !PART_OF_WORD.test(text.slice(place, characterAfter(text, place)))) {
    place = characterAfter(text, place);
  }
  while (place < text.length && PART_OF_WORD.test(text.slice(place, characterAfter(text, place)))) {
    place = characterAfter(text, place);
  }
  return place;
}

/** Start of what stands left of `at` up to a blank. */
function blankLeft(text: string, at: number): number {
  return text.slice(0, at).search(/\S*\s*$/u);
}

/** A line with other text, the cursor at its end. */
export function lineWith(line: Line, text: string): Line {
  return { ...line, text, at: text.length, cutting: false };
}

/** A line with `added` put in at the cursor, `from` (else the cursor) to the cursor being replaced. */
export function insertText(line: Line, added: string, from = line.at): Line {
  const text = line.text.slice(0, from) + added + line.text.slice(line.at);
  return { ...line, text, at: from + added.length, cutting: false };
}

/** A line after `edit`. */
export function editLine(line: Line, edit: LineEdit): Line {
  const { text, at } = line;
  const moved = (to: number): Line => ({ ...line, at: to, cutting: false });
  const erased = (from: number, to: number): Line => ({
    ...line,
    text: text.slice(0, from) + text.slice(to),
    at: from,
    cutting: false,
  });
  const cut = (from: number, to: number): Line => {
    if (from === to) return line;
    const gone = text.slice(from, to);
    const before = line.cutting ? line.cut : "";
    return { ...erased(from, to), cut: from < at ? gone + before : before + gone, cutting: true };
  };
  switch (edit) {
    case "left":
      return moved(characterBefore(text, at));
    case "right":
      return moved(characterAfter(text, at));
    case "wordLeft":
      return moved(wordLeft(text, at));
    case "wordRight":
      return moved(wordRight(text, at));
    case "home":
      return moved(0);
    case "end":
      return moved(text.length);
    case "eraseLeft":
      return erased(characterBefore(text, at), at);
    case "eraseRight":
      return erased(at, characterAfter(text, at));
    case "cutToEnd":
      return cut(at, text.length);
    case "cutToStart":
      return cut(0, at);
    case "cutBlankLeft":
      return cut(blankLeft(text, at), at);
    case "cutWordLeft":
      return cut(wordLeft(text, at), at);
    case "cutWordRight":
      return cut(at, wordRight(text, at));
    case "yank":
      return insertText(line, line.cut);
    default:
      return swapped(line);
  }
}

/** The two characters around the cursor, or the last two at the end, change places. */
function swapped(line: Line): Line {
  const { text } = line;
  const middle = line.at === text.length ? characterBefore(text, line.at) : line.at;
  const from = characterBefore(text, middle);
  const to = characterAfter(text, middle);
  if (from === middle || to === middle) return line;
  const turned = text.slice(middle, to) + text.slice(from, middle);
  return { ...line, text: text.slice(0, from) + turned + text.slice(to), at: to, cutting: false };
}
