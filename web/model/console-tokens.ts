/** A word of a command line: pieces that stand beside each other. Nothing is expanded but `$(…)`. */
export interface Word {
  readonly pieces: readonly WordPiece[];
  /** Where it stands in the text. */
  readonly from: number;
  readonly to: number;
}

/** A part of a word. */
export type WordPiece =
  | { readonly kind: "text"; readonly text: string }
  /** What the commands in `text` print; `quoted`: as one word. */
  | { readonly kind: "output"; readonly text: string; readonly quoted: boolean };

/** Why a text is no command line: `open` would be one with more text. */
export interface ParseProblem {
  readonly open: boolean;
  /** What was in the way: `|`, `newline`, `"`. */
  readonly near: string;
  readonly at: number;
}

/** A word, or what stands between words. */
export type Token =
  | { readonly kind: "word"; readonly word: Word }
  | { readonly kind: "operator"; readonly text: string; readonly at: number };

/** Thrown by {@link tokensOf}, and by whoever goes on from its tokens. */
export class Problem extends Error {
  readonly problem: ParseProblem;
  constructor(open: boolean, near: string, at: number) {
    super(near);
    this.problem = { open, near, at };
  }
}

const OPERATORS = ["2>&1", "&&", "||", "2>>", "2>", "&>", ">&", ">>", ">", "<", "|", ";", "&", "\n"] as const;

/** Substitutions within substitutions, at most. */
export const DEPTH = 20;

/** The words and operators of `text`. @throws Problem */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === " " || char === "\t") {
      at += 1;
    } else if (char === "\\" && text[at + 1] === "\n") {
      at += 2;
    } else if (char === "#") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else {
      const operator = OPERATORS.find((entry) => text.startsWith(entry, at));
      if (operator !== undefined) {
        tokens.push({ kind: "operator", text: operator, at });
        at += operator.length;
      } else {
        const word = wordAt(text, at);
        tokens.push({ kind: "word", word });
        at = word.to;
      }
    }
  }
  return tokens;
}

function wordAt(text: string, from: number): Word {
  const pieces: WordPiece[] = [];
  let literal = "";
  let given = false;
  let at = from;
  const flush = (): void => {
    if (given) pieces.push({ kind: "text", text: literal });
    literal = "";
    given = false;
  };
  const take = (some: string): void => {
    literal += some;
    given = true;
  };
  const output = (quoted: boolean): void => {
    const end = substitutionEnd(text, at);
    flush();
    pieces.push({ kind: "output", text: text.slice(at + 2, end), quoted });
    at = end + 1;
  };
  while (at < text.length) {
    const char = text[at] ?? "";
    if (/[\s|&;<>]/u.test(char)) break;
    if (char === "\\") {
      if (at + 1 >= text.length) throw new Problem(true, "\\", at);
      if (text[at + 1] !== "\n") take(text[at + 1] ?? "");
      at += 2;
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new Problem(true, "'", at);
      take(text.slice(at + 1, end));
      at = end + 1;
    } else if (char === '"') {
      const opened = at;
      take("");
      at += 1;
      while (text[at] !== '"') {
        if (at >= text.length) throw new Problem(true, '"', opened);
        if (text.startsWith("$(", at)) {
          output(true);
          continue;
        }
        if (text[at] === "\\" && /["\\$`\n]/u.test(text[at + 1] ?? "")) {
          take(text[at + 1] === "\n" ? "" : (text[at + 1] ?? ""));
          at += 2;
        } else {
          take(text[at] ?? "");
          at += 1;
        }
      }
      at += 1;
    } else if (text.startsWith("$(", at)) {
      output(false);
    } else if (char === "(" || char === ")") {
      throw new Problem(false, char, at);
    } else {
      take(char);
      at += 1;
    }
  }
  flush();
  return { pieces, from, to: at };
}

/** Where the bracket closes that a `$(` at `from` opens. */
function substitutionEnd(text: string, from: number): number {
  // What stands open, innermost last: brackets and quotes; a stack of our own, for text may nest as deep as it likes.
  const open: string[] = ["("];
  for (let at = from + 2; at < text.length; at += 1) {
    const char = text[at];
    const inner = open.at(-1);
    if (char === "\\" && inner !== "'") at += 1;
    else if (inner === "'") {
      if (char === "'") open.pop();
    } else if (char === '"') {
      if (inner === '"') open.pop();
      else open.push('"');
    } else if (char === "'" && inner === "(") open.push("'");
    else if (text.startsWith("$(", at)) {
      open.push("(");
      at += 1;
      if (open.length > DEPTH) throw new Problem(false, "$(", at);
    } else if (char === ")" && inner === "(") {
      open.pop();
      if (open.length === 0) return at;
    }
  }
  throw new Problem(true, "$(", from);
}
