/** What separates the words of an instruction (BuildKit's `[\t\v\f\r ]+`). */
const BLANKS = /[\t\v\f\r ]+/;

/** What Go's `unicode.IsSpace` takes for space. */
const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/** Whether a character is space. */
export const isSpace = (char: string): boolean => SPACE.test(char);

/** `text` without the space at its front. */
export function trimLeft(text: string): string {
  let at = 0;
  while (at < text.length && isSpace(text[at]!)) at++;
  return text.slice(at);
}

/** `text` without the space at both ends. */
export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1]!)) end--;
  return trimLeft(text.slice(0, end));
}

/** The first word of `text` and what follows the blanks behind it; `undefined` when nothing does. */
export function cutBlanks(text: string): readonly [first: string, rest: string | undefined] {
  const blanks = BLANKS.exec(text);
  if (blanks === null) return [text, undefined];
  return [text.slice(0, blanks.index), text.slice(blanks.index + blanks[0].length)];
}

/** The words of `text` between blanks; quotes mean nothing here. */
export function splitBlanks(text: string): string[] {
  return text === "" ? [] : text.split(BLANKS);
}
