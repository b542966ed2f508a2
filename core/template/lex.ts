import { describeRune, quoteText } from "./quote.ts";

/** Kinds of tokens; a word of the language is a kind of its own. */
export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "assign"
  | "declare"
  | "pipe"
  | "string"
  | "char"
  | "number"
  | "complex"
  | "field"
  | "variable"
  | "identifier"
  | "bool"
  | "("
  | ")"
  | "sign"
  | "end of text"
  | "error"
  | Keyword;

const KEYWORDS = [
  "dot",
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "nil",
  "range",
  "template",
  "with",
] as const;
type Keyword = (typeof KEYWORDS)[number];

/** A piece of a template: its text, where it begins, and its line. Of an error the text is the message. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
  readonly line: number;
}

/** Whether a token is a word of the language, which messages show in angle brackets. */
export function isKeyword(kind: TokenKind): boolean {
  return KEYWORDS.some((keyword) => keyword === kind);
}

/** The tokens of a template, one by one; after the last, or an error, that one again for ever. */
export class Lexer {
  readonly input: string;
  #at = 0;
  #start = 0;
  #line = 1;
  #parens = 0;
  #inside = false;
  #last: Token | undefined;

  constructor(input: string) {
    this.input = input;
  }

  next(): Token {
    if (this.#last !== undefined) return this.#last;
    for (;;) {
      const token = this.#inside ? this.#action() : this.#text();
      if (token === undefined) continue;
      if (token.kind === "end of text" || token.kind === "error") this.#last = token;
      return token;
    }
  }

  #emit(kind: TokenKind): Token {
    const text = this.input.slice(this.#start, this.#at);
    const token = { kind, text, at: this.#start, line: this.#line };
    this.#skip();
    return token;
  }

  /** What was read since the last token is none. */
  #skip(): void {
    for (let at = this.#start; at < this.#at; at++) if (this.input[at] === "\n") this.#line++;
    this.#start = this.#at;
  }

  #fail(text: string): Token {
    return { kind: "error", text, at: this.#start, line: this.#line };
  }

  #text(): Token | undefined {
    const open = this.input.indexOf("{{", this.#at);
    if (open < 0) {
      this.#at = this.input.length;
      return this.#at > this.#start ? this.#emit("text") : this.#emit("end of text");
    }
    const trims = this.input[open + 2] === "-" && isSpace(this.input[open + 3]);
    this.#at = trims ? this.#start + trimmedLength(this.input.slice(this.#start, open)) : open;
    const token = this.#at > this.#start ? this.#emit("text") : undefined;
    this.#at = open;
    this.#skip();
    return token ?? this.#open(trims);
  }

  #open(trims: boolean): Token | undefined {
    const content = this.#at + (trims ? 4 : 2);
    if (!this.input.startsWith("/*", content)) {
      this.#at += 2;
      const token = this.#emit("open");
      this.#at = content;
      this.#skip();
      this.#inside = true;
      this.#parens = 0;
      return token;
    }
    this.#at = content;
    this.#skip();
    const end = this.input.indexOf("*/", content + 2);
    if (end < 0) return this.#fail("unclosed comment");
    this.#at = end + 2;
    const close = this.#closes();
    if (close === undefined) return this.#fail("comment ends before closing delimiter");
    this.#close(close);
    return undefined;
  }

  /** Whether the action ends here, and whether it trims what follows. */
  #closes(): "trims" | "plain" | undefined {
    const { input } = this;
    const at = this.#at;
    if (isSpace(input[at]) && input.startsWith("-}}", at + 1)) return "trims";
    return input.startsWith("}}", at) ? "plain" : undefined;
  }

  #close(close: "trims" | "plain"): Token {
    if (close === "trims") this.#at += 2;
    this.#skip();
    this.#at += 2;
    const token = this.#emit("close");
    if (close === "trims") {
      while (isSpace(this.input[this.#at])) this.#at++;
      this.#skip();
    }
    this.#inside = false;
    return token;
  }

  #action(): Token {
    const close = this.#closes();
    if (close !== undefined) {
      return this.#parens === 0 ? this.#close(close) : this.#fail("unclosed left paren");
    }
    const char = this.#peek();
    if (char === "") return this.#fail("unclosed action");
    if (isSpace(char)) return this.#space();
    if (isWordChar(char)) return isDigit(char) ? this.#number() : this.#word();
    const next = this.input[this.#at + 1] ?? "";
    if (char === "+" || char === "-") return this.#number();
    if (char === "." && (next === "" || isDigit(next))) return this.#number();
    this.#at += char.length;
    switch (char) {
      case "=":
        return this.#emit("assign");
      case ":":
        if (this.input[this.#at] !== "=") return this.#fail("expected :=");
        this.#at++;
        return this.#emit("declare");
      case "|":
        return this.#emit("pipe");
      case '"':
        return this.#quoted('"', "string");
      case "'":
        return this.#quoted("'", "char");
      case "`":
        return this.#raw();
      case ".":
        return this.#name("field");
      case "$":
        return this.#name("variable");
      case "(":
        this.#parens++;
        return this.#emit("(");
      case ")":
        if (--this.#parens < 0) return this.#fail("unexpected right paren");
        return this.#emit(")");
    }
    if (/^[ -~]$/.test(char)) return this.#emit("sign");
    return this.#fail(`unrecognized character in action: ${describeRune(char)}`);
  }

  #peek(): string {
    const code = this.input.codePointAt(this.#at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  /** A closing delimiter that trims begins with a space of its own, the last one. */
  #space(): Token {
    const { input } = this;
    while (isSpace(input[this.#at])) this.#at++;
    if (input.startsWith("-}}", this.#at)) {
      this.#at--;
      if (this.#at === this.#start) return this.#close("trims");
    }
    return this.#emit("space");
  }

  #word(): Token {
    this.#readWord();
    const fault = this.#unterminated();
    if (fault !== undefined) return fault;
    const word = this.input.slice(this.#start, this.#at);
    if (word === "true" || word === "false") return this.#emit("bool");
    const keyword = KEYWORDS.find((one) => one === word && one !== "dot");
    return this.#emit(keyword ?? "identifier");
  }

  /** A field after its dot, or a variable after its dollar; the sign alone is the dot, or the outermost value. */
  #name(kind: "field" | "variable"): Token {
    if (this.#terminated()) return this.#emit(kind === "field" ? "dot" : "variable");
    this.#readWord();
    return this.#unterminated() ?? this.#emit(kind);
  }

  #readWord(): void {
    for (let char = this.#peek(); char !== "" && isWordChar(char); char = this.#peek())
      this.#at += char.length;
  }

  #terminated(): boolean {
    const char = this.input[this.#at];
    if (char === undefined || isSpace(char) || ".,|:)(".includes(char)) return true;
    return this.input.startsWith("}}", this.#at);
  }

  #unterminated(): Token | undefined {
    return this.#terminated() ? undefined : this.#fail(`bad character ${describeRune(this.#peek())}`);
  }

  #quoted(quote: string, kind: "string" | "char"): Token {
    const { input } = this;
    for (; ; this.#at++) {
      let char = input[this.#at];
      if (char === quote) break;
      if (char === "\\") char = input[++this.#at];
      if (char !== undefined && char !== "\n") continue;
      return this.#fail(`unterminated ${kind === "char" ? "character constant" : "quoted string"}`);
    }
    this.#at++;
    return this.#emit(kind);
  }

  #raw(): Token {
    const end = this.input.indexOf("`", this.#at);
    if (end < 0) return this.#fail("unterminated raw quoted string");
    this.#at = end + 1;
    return this.#emit("string");
  }

  #number(): Token {
    const simple = this.#scanNumber();
    const sign = this.input[this.#at];
    if (simple && sign !== "+" && sign !== "-") return this.#emit("number");
    if (simple && this.#scanNumber() && this.input[this.#at - 1] === "i") return this.#emit("complex");
    return this.#fail(`bad number syntax: ${quoteText(this.input.slice(this.#start, this.#at))}`);
  }

  #scanNumber(): boolean {
    this.#accept("+-");
    let digits = DIGITS;
    if (this.#accept("0")) {
      if (this.#accept("xX")) digits = HEX_DIGITS;
      else if (this.#accept("oO")) digits = "01234567_";
      else if (this.#accept("bB")) digits = "01_";
    }
    this.#acceptRun(digits);
    if (this.#accept(".")) this.#acceptRun(digits);
    const exponent = digits === DIGITS ? "eE" : digits === HEX_DIGITS ? "pP" : "";
    if (this.#accept(exponent)) {
      this.#accept("+-");
      this.#acceptRun(DIGITS);
    }
    this.#accept("i");
    const char = this.#peek();
    if (char === "" || !isWordChar(char)) return true;
    this.#at += char.length;
    return false;
  }

  #accept(chars: string): boolean {
    const char = this.input[this.#at];
    if (char === undefined || !chars.includes(char)) return false;
    this.#at++;
    return true;
  }

  #acceptRun(chars: string): void {
    while (this.#accept(chars));
  }
}

const DIGITS = "0123456789_";
const HEX_DIGITS = "0123456789abcdefABCDEF_";
const WORD_CHAR = /^[\p{L}\p{Nd}_]$/u;

function isWordChar(char: string): boolean {
  return WORD_CHAR.test(char);
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9";
}

function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\r" || char === "\n";
}

function trimmedLength(text: string): number {
  let length = text.length;
  while (isSpace(text[length - 1])) length--;
  return length;
}
