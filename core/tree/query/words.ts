import { queryError } from "./error.ts";

/** One condition of a filter, as written. */
export interface Word {
  /** Without quotes, slashes of a regular expression and the mark of negation. */
  readonly text: string;
  readonly negated: boolean;
  readonly form: "plain" | "quoted" | "regex";
  /** Of a regular expression: `i` stands behind it. */
  readonly anyCase: boolean;
}

/** Longest filter: a person types it. */
const LONGEST = 4096;

/**
 * The conditions of a filter, parted by spaces: `!` in front negates, quotes keep spaces, `/…/` is a regular expression.
 * @throws CoreError `tree/query` when a quote is not closed, or the text is too long.
 */
export function wordsOf(text: string): Word[] {
  if (text.length > LONGEST)
    throw queryError(text, `it has ${text.length} characters, expected at most ${LONGEST}`);
  const words: Word[] = [];
  const pattern = /\s*(!?)(?:"([^"]*)"|\/((?:[^/\\]|\\.)+)\/(i?)(?=\s|$)|(\S+))\s*/uy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) {
      if (text.slice(at).trim() === "") break;
      throw queryError(text, `character ${at + 1} begins nothing that is known`);
    }
    const [, not, quoted, regex, flag, plain] = found;
    const negated = not === "!";
    if (quoted !== undefined) words.push({ text: quoted, negated, form: "quoted", anyCase: false });
    else if (regex !== undefined) words.push({ text: regex, negated, form: "regex", anyCase: flag === "i" });
    else if (plain !== undefined) {
      if (plain.startsWith('"')) throw queryError(text, 'a " is not closed');
      words.push({ text: plain, negated, form: "plain", anyCase: false });
    }
  }
  return words;
}
