import { DEPTH, Problem, type Token, tokensOf, type Word } from "./console-tokens.ts";

/** The command that a text ends in, for completing its last word. */
export interface CommandAt {
  /** Words before the last one. */
  readonly words: readonly string[];
  /** The word being written, as far as it is; empty after a blank. */
  readonly word: string;
  /** Where in the text it begins. */
  readonly from: number;
  /** It names a file to read or write. */
  readonly redirected: boolean;
}

/** What is being written at the end of `text`. `undefined` where nothing can be said. */
export function commandAt(text: string): CommandAt | undefined {
  let offset = 0;
  let rest = text;
  for (let depth = 0; depth <= DEPTH; depth += 1) {
    try {
      return lastCommand(tokensOf(rest), rest.length, offset);
    } catch (error) {
      if (!(error instanceof Problem) || !error.problem.open) return undefined;
      const { near, at } = error.problem;
      if (near === "$(") {
        offset += at + 2;
        rest = rest.slice(at + 2);
      } else if (near === "\\") {
        rest = rest.slice(0, -1);
      } else {
        // A quote that is open yet: what it holds so far is the word.
        try {
          return lastCommand(tokensOf(rest + near), rest.length + 1, offset);
        } catch {
          return undefined;
        }
      }
    }
  }
  return undefined;
}

function lastCommand(tokens: readonly Token[], end: number, offset: number): CommandAt {
  const last = tokens.findLastIndex(
    (token) => token.kind === "operator" && /^(?:[|;\n]|&&|\|\|)$/u.test(token.text),
  );
  const words: string[] = [];
  let redirected = false;
  let open: Word | undefined;
  for (const token of tokens.slice(last + 1)) {
    if (token.kind === "operator") {
      redirected = token.text !== "2>&1";
    } else if (token.word.to === end) {
      open = token.word;
    } else {
      if (!redirected) words.push(plainText(token.word));
      redirected = false;
    }
  }
  return {
    words,
    word: open === undefined ? "" : plainText(open),
    from: offset + (open?.from ?? end),
    redirected,
  };
}

function plainText(word: Word): string {
  return word.pieces.map((piece) => (piece.kind === "text" ? piece.text : "")).join("");
}
