import { CoreError } from "../error.ts";
import { BUILTINS } from "./builtin.ts";
import { DOCKER_FUNCTIONS, HEADER_FUNCTIONS } from "./docker.ts";
import { Walk } from "./execute.ts";
import { Lexer } from "./lex.ts";
import { TEMPLATE_LIMITS, type TemplateLimits } from "./limits.ts";
import type { Statement } from "./node.ts";
import { TreeParser } from "./parse-tree.ts";
import { mended } from "./text.ts";
import type { GoFunction } from "./type.ts";
import type { Value } from "./value.ts";

/** How a template is parsed. */
export interface TemplateOptions {
  /** The name that messages give the template; Docker's have none. */
  readonly name?: string | undefined;
  /** Functions besides the language's own; Docker's unless told otherwise. */
  readonly functions?: ReadonlyMap<string, GoFunction> | undefined;
  readonly limits?: Partial<TemplateLimits> | undefined;
}

/** How a template is executed. */
export interface ExecuteOptions {
  /** Takes what is written, piece by piece, also what comes before a fault. */
  readonly write: (text: string) => void;
  /** Whether a key that a map does not have is an error, not `<no value>`. */
  readonly strict?: boolean | undefined;
  /** Whether Docker's functions leave their argument as it is: the fields are headings. */
  readonly header?: boolean | undefined;
}

/** A template that was parsed. It holds no state: it may be executed at any time, also inside itself. */
export interface Template {
  /**
   * Writes the template filled with `value`. Stray bytes that were cut out of a text stand in the output as lone surrogates; `encodeText`
   * gives them back.
   * @throws CoreError `template/execute` with Go's message, `template/limit`.
   */
  readonly execute: (value: Value, options: ExecuteOptions) => void;
  /** What {@link Template.execute} writes, as one text. @throws CoreError `template/execute`, `template/limit`. */
  readonly render: (value: Value, options?: Omit<ExecuteOptions, "write">) => string;
}

/**
 * The template that `text` describes, in the language of Go's text/template with Docker's functions.
 * @throws CoreError `template/parse` with Go's message (`template: :1: unclosed action`), `template/limit`.
 * @see https://pkg.go.dev/text/template@go1.27
 */
export function parseTemplate(text: string, options: TemplateOptions = {}): Template {
  const { name = "", functions = DOCKER_FUNCTIONS } = options;
  const limits = { ...TEMPLATE_LIMITS, ...options.limits };
  if (text.length > limits.text)
    throw new CoreError("template/limit", `template: ${name}: longer than ${limits.text} characters`, {
      limit: limits.text,
    });
  const source = { name, text };
  const known = new Map([...BUILTINS, ...functions]);
  const trees = new Map<string, readonly Statement[]>();
  new TreeParser({ source, lexer: new Lexer(text), functions: known, limits, trees }).parseText();
  const headers = new Map([...known, ...HEADER_FUNCTIONS]);
  const execute = (value: Value, { write, strict = false, header = false }: ExecuteOptions): void => {
    new Walk({ source, trees, functions: header ? headers : known, limits, strict, write }).run(name, value);
  };
  return {
    execute,
    render(value, rest) {
      const parts: string[] = [];
      execute(value, { ...rest, write: (part) => void parts.push(part) });
      return mended(parts.join(""));
    },
  };
}
