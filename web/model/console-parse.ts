import { type ParseProblem, Problem, type Token, tokensOf, type Word } from "./console-tokens.ts";

/** Where a stream comes from or goes to. */
export interface Redirection {
  readonly kind: "read" | "write" | "append" | "merge";
  /** `both`: output and errors. */
  readonly of: "in" | "out" | "err" | "both";
  /** The file; a `merge` of errors into output has none. */
  readonly target?: Word | undefined;
}

/** One command of a pipeline. */
export interface PipedCommand {
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

/** A pipeline, and when it is run: always, or as the one before it ended. */
export interface Step {
  readonly when: "always" | "success" | "failure";
  readonly commands: readonly PipedCommand[];
}

/** A text as steps, or why not. */
export type Parsed =
  | { readonly steps: readonly Step[]; readonly problem?: undefined }
  | { readonly problem: ParseProblem; readonly steps?: undefined };

/** Reads a line (or several) as a shell does: quotes, escapes, pipes, redirections, `;`, `&&`, `||`, `$(…)`, comments. */
export function parseCommands(text: string): Parsed {
  try {
    return { steps: stepsOf(tokensOf(text)) };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.problem };
    throw error;
  }
}

/** Whether `text` can be run, or is wrong however it goes on. */
export function isWholeLine(text: string): boolean {
  return parseCommands(text).problem?.open !== true;
}

function stepsOf(tokens: readonly Token[]): Step[] {
  const steps: Step[] = [];
  let when: Step["when"] = "always";
  let commands: PipedCommand[] = [];
  let words: Word[] = [];
  let redirections: Redirection[] = [];
  /** The operator that something must follow. */
  let owing: Extract<Token, { kind: "operator" }> | undefined;

  const endCommand = (near: string, at: number): void => {
    if (words.length === 0 && redirections.length === 0) throw new Problem(false, near, at);
    commands.push({ words, redirections });
    words = [];
    redirections = [];
  };
  const endStep = (): void => {
    steps.push({ when, commands });
    commands = [];
    when = "always";
  };
  const isEmpty = (): boolean => words.length === 0 && redirections.length === 0 && commands.length === 0;

  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind === "word") {
      words.push(token.word);
      owing = undefined;
      continue;
    }
    const { text, at } = token;
    switch (text) {
      case "\n":
        // After an operator a line goes on in the next.
        if (owing !== undefined) break;
        if (isEmpty()) break;
        endCommand("newline", at);
        endStep();
        break;
      case ";":
        if (owing !== undefined || isEmpty()) throw new Problem(false, ";", at);
        endCommand(";", at);
        endStep();
        break;
      case "|":
        if (owing !== undefined) throw new Problem(false, "|", at);
        endCommand("|", at);
        owing = token;
        break;
      case "&&":
      case "||":
        if (owing !== undefined) throw new Problem(false, text, at);
        endCommand(text, at);
        endStep();
        when = text === "&&" ? "success" : "failure";
        owing = token;
        break;
      case "2>&1":
        redirections.push({ kind: "merge", of: "err" });
        owing = undefined;
        break;
      case "&":
        throw new Problem(false, "&", at);
      default: {
        const next = tokens[index + 1];
        if (next === undefined) throw new Problem(false, "newline", at);
        if (next.kind !== "word") {
          throw new Problem(false, next.text === "\n" ? "newline" : next.text, next.at);
        }
        redirections.push(redirection(text, next.word));
        owing = undefined;
        index += 1;
      }
    }
  }
  if (owing !== undefined) throw new Problem(true, owing.text, owing.at);
  if (!isEmpty()) {
    endCommand("newline", 0);
    endStep();
  }
  return steps;
}

function redirection(operator: string, target: Word): Redirection {
  switch (operator) {
    case "<":
      return { kind: "read", of: "in", target };
    case ">>":
      return { kind: "append", of: "out", target };
    case "2>":
      return { kind: "write", of: "err", target };
    case "2>>":
      return { kind: "append", of: "err", target };
    case "&>":
    case ">&":
      return { kind: "write", of: "both", target };
    default:
      return { kind: "write", of: "out", target };
  }
}
