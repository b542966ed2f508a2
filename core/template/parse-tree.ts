import { CoreError } from "../error.ts";
import { parseFault, type TemplateText } from "./fault.ts";
import { isKeyword, type Lexer, type Token, type TokenKind } from "./lex.ts";
import type { TemplateLimits } from "./limits.ts";
import { parseNumber, unquoteText } from "./literal.ts";
import type { BranchNode, CommandNode, Operand, PipeNode, Statement, VariableNode } from "./node.ts";
import { quoteText } from "./quote.ts";
import { byteLength } from "./text.ts";
import { TokenBuffer } from "./token-buffer.ts";

/** What all trees of one text share. */
export interface Parsing {
  readonly source: TemplateText;
  readonly lexer: Lexer;
  readonly functions: ReadonlyMap<string, unknown>;
  readonly limits: TemplateLimits;
  /** The named templates found so far; the text's own name stands for the text itself. */
  readonly trees: Map<string, readonly Statement[]>;
}

/** What ends a list of statements: `{{end}}` or `{{else}}`. */
type Ending = "end" | "else";

/** What may begin a command. */
const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "bool",
  "char",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "string",
  "variable",
  "(",
]);

/** Reads one tree: the text itself, or the body of a `define` or `block`, which begins with no variables and outside of all ranges. */
export class TreeParser {
  readonly #shared: Parsing;
  readonly #tokens: TokenBuffer;
  #variables = ["$"];
  #ranges = 0;
  #depth: number;
  #actionLine = 0;

  constructor(shared: Parsing, depth = 0) {
    this.#shared = shared;
    this.#tokens = new TokenBuffer(shared.lexer);
    this.#depth = depth;
  }

  /** Reads the whole text, its definitions included, into the shared trees. */
  parseText(): void {
    const list: Statement[] = [];
    for (;;) {
      const token = this.#tokens.peek();
      if (token.kind === "end of text") break;
      if (token.kind === "open") {
        this.#tokens.next();
        if (this.#tokens.nextAfterSpace().kind === "define") {
          new TreeParser(this.#shared, this.#depth + 1).#parseDefinition();
          continue;
        }
        this.#tokens.backupTwo(token);
      }
      const node = this.#statement();
      if (typeof node === "string") this.#fail(`unexpected {{${node}}}`);
      list.push(node);
    }
    this.#add(this.#shared.source.name, list);
  }

  #parseDefinition(): void {
    const context = "define clause";
    const name = this.#templateName(this.#tokens.nextAfterSpace(), context);
    this.#expect("close", context);
    this.#parseBody(name, context);
  }

  #parseBody(name: string, context: string): void {
    const { list, ending } = this.#list();
    if (ending !== "end") this.#fail(`unexpected {{${ending}}} in ${context}`);
    this.#add(name, list);
  }

  /** An empty tree gives way to one that is not. */
  #add(name: string, list: readonly Statement[]): void {
    const { trees } = this.#shared;
    const known = trees.get(name);
    if (known === undefined || isBlank(known)) trees.set(name, list);
    else if (!isBlank(list)) this.#fail(`template: multiple definition of template ${quoteText(name)}`);
  }

  #list(): { readonly list: readonly Statement[]; readonly ending: Ending } {
    const list: Statement[] = [];
    while (this.#tokens.peekAfterSpace().kind !== "end of text") {
      const node = this.#statement();
      if (typeof node === "string") return { list, ending: node };
      list.push(node);
    }
    return this.#fail("unexpected EOF");
  }

  #statement(): Statement | Ending {
    const token = this.#tokens.nextAfterSpace();
    if (token.kind === "text") return { kind: "text", at: token.at, text: token.text };
    if (token.kind !== "open") return this.#unexpected(token, "input");
    this.#actionLine = token.line;
    const node = this.#action();
    this.#actionLine = 0;
    return node;
  }

  #action(): Statement | Ending {
    const token = this.#tokens.nextAfterSpace();
    switch (token.kind) {
      case "if":
      case "range":
      case "with":
        return this.#branch(token.kind);
      case "block":
        return this.#block();
      case "template":
        return this.#call();
      case "break":
      case "continue":
        return this.#loop(token.kind, token.at);
      case "end":
        this.#expect("close", "end");
        return "end";
      case "else": {
        const { kind } = this.#tokens.peekAfterSpace();
        if (kind !== "if" && kind !== "with") this.#expect("close", "else");
        return "else";
      }
    }
    this.#tokens.backup();
    const { at } = this.#tokens.peek();
    return { kind: "action", at, pipe: this.#pipe("command", "close") };
  }

  #loop(kind: "break" | "continue", at: number): Statement {
    const token = this.#tokens.nextAfterSpace();
    if (token.kind !== "close") this.#unexpected(token, `{{${kind}}}`);
    if (this.#ranges === 0) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  /** Variables declared in a branch end with it. */
  #branch(kind: "if" | "range" | "with"): BranchNode {
    this.#enter();
    const declared = this.#variables.length;
    const pipe = this.#pipe(kind, "close");
    if (kind === "range") this.#ranges++;
    const { list, ending } = this.#list();
    if (kind === "range") this.#ranges--;
    const otherwise = ending === "else" ? this.#otherwise(kind) : undefined;
    this.#variables.length = declared;
    this.#depth--;
    return { kind, at: pipe.at, pipe, list, otherwise };
  }

  /** `{{else if x}}` is `{{else}}{{if x}}` with one `{{end}}` for both; so for with. */
  #otherwise(kind: "if" | "range" | "with"): readonly Statement[] {
    if (kind !== "range" && this.#tokens.peek().kind === kind) {
      this.#tokens.next();
      return [this.#branch(kind)];
    }
    const { list, ending } = this.#list();
    if (ending !== "end") this.#fail(`expected end; found {{${ending}}}`);
    return list;
  }

  #block(): Statement {
    const context = "block clause";
    const token = this.#tokens.nextAfterSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipe(context, "close");
    this.#enter();
    new TreeParser(this.#shared, this.#depth).#parseBody(name, context);
    this.#depth--;
    return { kind: "template", at: token.at, name, pipe };
  }

  #call(): Statement {
    const context = "template clause";
    const token = this.#tokens.nextAfterSpace();
    const name = this.#templateName(token, context);
    if (this.#tokens.nextAfterSpace().kind === "close")
      return { kind: "template", at: token.at, name, pipe: undefined };
    this.#tokens.backup();
    return { kind: "template", at: token.at, name, pipe: this.#pipe(context, "close") };
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== "string") return this.#unexpected(token, context);
    return unquoteText(token.text) ?? this.#fail("invalid syntax");
  }

  #pipe(context: string, end: "close" | ")"): PipeNode {
    const { at } = this.#tokens.peekAfterSpace();
    const { variables, assigns } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#tokens.nextAfterSpace();
      if (token.kind === end) break;
      if (!OPERANDS.has(token.kind)) this.#unexpected(token, context);
      this.#tokens.backup();
      commands.push(this.#command());
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    for (const [stage, command] of commands.entries()) {
      const kind = command.words[0]?.kind ?? "nil";
      if (stage > 0 && CONSTANTS.has(kind))
        this.#fail(`non executable command in pipeline stage ${stage + 1}`);
    }
    return { kind: "pipe", at, commands, variables, assigns };
  }

  #declarations(context: string): { readonly variables: readonly VariableNode[]; readonly assigns: boolean } {
    const tokens = this.#tokens;
    const variables: VariableNode[] = [];
    while (tokens.peekAfterSpace().kind === "variable") {
      const variable = tokens.next();
      const after = tokens.peek();
      const next = tokens.peekAfterSpace();
      const declares = next.kind === "assign" || next.kind === "declare";
      if (!declares && !(next.kind === "sign" && next.text === ",")) {
        if (after.kind === "space") tokens.backupThree(variable, after);
        else tokens.backupTwo(variable);
        break;
      }
      tokens.nextAfterSpace();
      variables.push({ kind: "variable", at: variable.at, names: variable.text.split(".") });
      this.#variables.push(variable.text);
      if (declares) return { variables, assigns: next.kind === "assign" };
      if (context !== "range" || variables.length > 1) this.#fail(`too many declarations in ${context}`);
      const { kind } = tokens.peekAfterSpace();
      if (kind !== "variable" && kind !== "close" && kind !== ")")
        this.#fail("range can only initialize variables");
    }
    return { variables, assigns: false };
  }

  #command(): CommandNode {
    const { at } = this.#tokens.peekAfterSpace();
    const words: Operand[] = [];
    for (;;) {
      this.#tokens.peekAfterSpace();
      const operand = this.#operand();
      if (operand !== undefined) words.push(operand);
      const token = this.#tokens.next();
      if (token.kind === "space") continue;
      if (token.kind === "close" || token.kind === ")") this.#tokens.backup();
      else if (token.kind !== "pipe") this.#unexpected(token, "operand");
      break;
    }
    if (words.length === 0) this.#fail("empty command");
    return { kind: "command", at, words };
  }

  /** A term and the fields behind it. More fields of a field or variable are its own. */
  #operand(): Operand | undefined {
    const term = this.#term();
    const { at, kind } = this.#tokens.peek();
    if (term === undefined || kind !== "field") return term;
    const names: string[] = [];
    while (this.#tokens.peek().kind === "field") names.push(this.#tokens.next().text.slice(1));
    switch (term.kind) {
      case "field":
      case "variable":
        return { ...term, at, names: [...term.names, ...names] };
      case "true":
      case "false":
      case "number":
      case "nil":
      case "dot":
        return this.#unexpectedDot(
          term.kind === "number" ? term.text : term.kind === "dot" ? "." : term.kind,
        );
      case "string":
        return this.#unexpectedDot(term.quoted);
      default:
        return { kind: "chain", at, base: term, names };
    }
  }

  #unexpectedDot(term: string): never {
    return this.#fail(`unexpected . after term ${quoteText(term)}`);
  }

  #term(): Operand | undefined {
    const { kind, text, at } = this.#tokens.nextAfterSpace();
    switch (kind) {
      case "identifier":
        if (!this.#shared.functions.has(text)) this.#fail(`function ${quoteText(text)} not defined`);
        return { kind, at, name: text };
      case "dot":
      case "nil":
        return { kind, at };
      case "bool":
        return { kind: text === "true" ? "true" : "false", at };
      case "variable":
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${quoteText(text)}`);
        return { kind, at, names: [text] };
      case "field":
        return { kind, at, names: [text.slice(1)] };
      case "char":
      case "complex":
      case "number": {
        const number = parseNumber(kind, text);
        if (typeof number === "string") return this.#fail(number);
        return { kind: "number", at, ...number };
      }
      case "string":
        return { kind, at, quoted: text, text: unquoteText(text) ?? this.#fail("invalid syntax") };
      case "(": {
        this.#enter();
        const pipe = this.#pipe("parenthesized pipeline", ")");
        this.#depth--;
        return pipe;
      }
    }
    this.#tokens.backup();
    return undefined;
  }

  #enter(): void {
    const { limits, source } = this.#shared;
    this.#depth++;
    if (this.#depth <= limits.depth) return;
    throw new CoreError(
      "template/limit",
      `template: ${source.name}:${this.#tokens.line}: nested more than ${limits.depth} deep`,
      { limit: limits.depth },
    );
  }

  #expect(kind: TokenKind, context: string): void {
    const token = this.#tokens.nextAfterSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== "error") return this.#fail(`unexpected ${tokenText(token)} in ${context}`);
    const line = this.#actionLine;
    if (line === 0 || line === token.line) return this.#fail(token.text);
    const extra = `${token.text.endsWith(" action") ? "" : " in action"} started at ${this.#shared.source.name}:${line}`;
    return this.#fail(token.text + extra);
  }

  #fail(message: string): never {
    throw parseFault(this.#shared.source, this.#tokens.line, message);
  }
}

const CONSTANTS: ReadonlySet<Operand["kind"]> = new Set<Operand["kind"]>([
  "true",
  "false",
  "dot",
  "nil",
  "number",
  "string",
]);

/** Whether nothing but white space and definitions stands in a tree. */
function isBlank(list: readonly Statement[]): boolean {
  return list.every((node) => node.kind === "text" && node.text.trim() === "");
}

function tokenText(token: Token): string {
  if (token.kind === "end of text") return "EOF";
  if (isKeyword(token.kind)) return `<${token.text}>`;
  if (byteLength(token.text) <= 10) return quoteText(token.text);
  return `${quoteText(Array.from(token.text).slice(0, 10).join(""))}...`;
}
