import type { Lexer, Token } from "./lex.ts";

/**
 * Tokens with a look-ahead of up to three. Messages of the parser name the line of the first token in the buffer, which may already be
 * the next line's: so this buffer is Go's, slot by slot.
 */
export class TokenBuffer {
  readonly #lexer: Lexer;
  readonly #slots: Token[] = [];
  #pending = 0;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
  }

  /** The line that a message names now. */
  get line(): number {
    return this.#slots[0]?.line ?? 1;
  }

  next(): Token {
    if (this.#pending > 0) this.#pending--;
    else this.#slots[0] = this.#lexer.next();
    return this.#slot(this.#pending);
  }

  backup(): void {
    this.#pending++;
  }

  /** Puts `first` back before the token that was read last. */
  backupTwo(first: Token): void {
    this.#slots[1] = first;
    this.#pending = 2;
  }

  /** Puts two tokens, of which `first` came first, back before the token that was read last. */
  backupThree(first: Token, second: Token): void {
    this.#slots[1] = second;
    this.#slots[2] = first;
    this.#pending = 3;
  }

  peek(): Token {
    if (this.#pending > 0) return this.#slot(this.#pending - 1);
    this.#pending = 1;
    this.#slots[0] = this.#lexer.next();
    return this.#slots[0];
  }

  nextAfterSpace(): Token {
    let token = this.next();
    while (token.kind === "space") token = this.next();
    return token;
  }

  peekAfterSpace(): Token {
    const token = this.nextAfterSpace();
    this.backup();
    return token;
  }

  #slot(index: number): Token {
    const token = this.#slots[index];
    if (token === undefined) throw new RangeError("no token was put back");
    return token;
  }
}
