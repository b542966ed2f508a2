import { isSpace } from "./space.ts";

/**
 * The words of ENV, LABEL and ARG: split at space outside quotes. Quotes and escapes stay, for the substitution to take away.
 * `escape` is the escape character of the file.
 */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  const chars = Array.from(text);
  let word = "";
  let started = false;
  let quote = "";
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (quote === "" && isSpace(char)) {
      if (started && word !== "") words.push(word);
      word = "";
      started = false;
      continue;
    }
    started = true;
    if (char === escape && quote !== "'") {
      // An escape at the very end is dropped.
      if (at + 1 === chars.length) break;
      word += char + chars[++at]!;
      continue;
    }
    if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = "";
    word += char;
  }
  if (started && word !== "") words.push(word);
  return words;
}
