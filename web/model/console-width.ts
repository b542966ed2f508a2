/** What a terminal draws over the character before it: marks, joiners, selectors. */
const ZERO_WIDTH = /^[\p{M}\p{Cf}\p{Emoji_Modifier}\u{1160}-\u{11ff}]$/u;

/** What takes two columns: East Asian wide and full width, and what is drawn as a picture. @see Unicode Standard Annex 11 */
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\u3001-\u303e\uff01-\uff60\uffe0-\uffe6\u3000]|\p{Emoji_Presentation})$/u;

/** Half-width forms of scripts that are wide else. */
const HALF = /^[\uff61-\uffdc\uffe8-\uffee]$/u;

/** Columns that a code point takes in the console: the one truth for the terminal and for the line that is edited in it. */
export function codeWidth(code: number): 0 | 1 | 2 {
  if (code < 0x300) return 1;
  const char = String.fromCodePoint(code);
  if (ZERO_WIDTH.test(char)) return 0;
  return WIDE.test(char) && !HALF.test(char) ? 2 : 1;
}

/** Columns that `text` takes, line breaks aside. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const char of text) columns += codeWidth(char.codePointAt(0) ?? 0);
  return columns;
}

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Where the character (as people count them) that ends at `at` begins. */
export function characterBefore(text: string, at: number): number {
  if (at <= 0) return 0;
  // Far enough for every cluster that people type, and the cost does not grow with the text.
  const from = Math.max(0, at - 64);
  let start = from;
  for (const { index } of GRAPHEMES.segment(text.slice(from, at))) start = from + index;
  return start;
}

/** Where the character that begins at `at` ends. */
export function characterAfter(text: string, at: number): number {
  for (const { segment } of GRAPHEMES.segment(text.slice(at, at + 64))) return at + segment.length;
  return text.length;
}
