import { CoreError } from "../error.ts";
import { Evaluation } from "./evaluate.ts";
import { executeFault, type TemplateText } from "./fault.ts";
import type { TemplateLimits } from "./limits.ts";
import type { BranchNode, CallNode, Node, Statement } from "./node.ts";
import { printValue } from "./print.ts";
import { quoteText } from "./quote.ts";
import type { GoFunction } from "./type.ts";
import {
  type GoValue,
  indirect,
  intValue,
  isTrue,
  sortedEntries,
  stringValue,
  unboxed,
  type Value,
} from "./value.ts";

/** What one execution works with. */
export interface Execution {
  readonly source: TemplateText;
  readonly trees: ReadonlyMap<string, readonly Statement[]>;
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly limits: TemplateLimits;
  /** Whether a missing key of a map is an error. */
  readonly strict: boolean;
  readonly write: (text: string) => void;
}

/** What goes on after a statement: the next one, or what `break` and `continue` lead to. */
type Flow = "next" | "break" | "continue";

/** Walks the trees of a template over a value. What was written before a fault stays written. */
export class Walk {
  readonly #execution: Execution;
  readonly #evaluation: Evaluation;
  #steps = 0;
  #written = 0;
  #depth = 0;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#evaluation = new Evaluation({
      functions: execution.functions,
      limits: execution.limits,
      strict: execution.strict,
      spend: (steps) => this.#spend(steps),
      fail: (message) => this.#fail(message),
    });
  }

  /** Executes the template called `name`, which is the text itself or one defined in it. */
  run(name: string, value: Value): void {
    const tree = this.#execution.trees.get(name);
    this.#evaluation.begin(name, value);
    if (tree === undefined) this.#fail(`${quoteText(name)} is an incomplete or empty template`);
    this.#list(tree, value);
  }

  #list(list: readonly Statement[], dot: Value): Flow {
    this.#depth++;
    const { depth } = this.#execution.limits;
    // Only templates that call each other get here: in one text nothing is nested deeper.
    if (this.#depth > depth) this.#fail(`exceeded maximum template depth (${depth})`);
    for (const node of list) {
      const flow = this.#statement(node, dot);
      if (flow !== "next") {
        this.#depth--;
        return flow;
      }
    }
    this.#depth--;
    return "next";
  }

  #statement(node: Statement, dot: Value): Flow {
    this.#evaluation.at(node);
    this.#spend(1);
    switch (node.kind) {
      case "text":
        this.#write(node.text);
        return "next";
      case "action": {
        const value = this.#evaluation.pipe(dot, node.pipe);
        if (node.pipe.variables.length === 0) this.#print(node, value);
        return "next";
      }
      case "if":
      case "with":
        return this.#branch(node, dot);
      case "range":
        return this.#range(node, dot);
      case "template":
        this.#call(node, dot);
        return "next";
      default:
        return node.kind;
    }
  }

  #branch(node: BranchNode, dot: Value): Flow {
    const mark = this.#evaluation.mark();
    const value = this.#evaluation.pipe(dot, node.pipe);
    let flow: Flow = "next";
    if (isTrue(unboxed(value))) flow = this.#list(node.list, node.kind === "with" ? value : dot);
    else if (node.otherwise !== undefined) flow = this.#list(node.otherwise, dot);
    this.#evaluation.release(mark);
    return flow;
  }

  #range(node: BranchNode, dot: Value): Flow {
    const mark = this.#evaluation.mark();
    const value = indirect(this.#evaluation.pipe(dot, node.pipe));
    const inner = this.#evaluation.mark();
    let some = false;
    for (const [index, item] of this.#items(node, value)) {
      some = true;
      this.#spend(1);
      this.#evaluation.setLoop(node.pipe, index, item);
      const flow = this.#list(node.list, item);
      this.#evaluation.release(inner);
      if (flow === "break") break;
    }
    const flow = some || node.otherwise === undefined ? "next" : this.#list(node.otherwise, dot);
    this.#evaluation.release(mark);
    return flow;
  }

  *#items(node: BranchNode, value: Value): Generator<readonly [index: GoValue, item: GoValue]> {
    switch (value?.kind) {
      case "list":
        for (const [index, item] of (value.content ?? []).entries()) yield [intValue(index), item];
        return;
      case "map":
        for (const [key, item] of sortedEntries(value.content ?? new Map())) yield [stringValue(key), item];
        return;
      case "int":
      case "uint":
        if (node.pipe.variables.length > 1)
          this.#fail(`can't use ${this.#shown(value)} to iterate over more than one variable`);
        for (let number = 0n; number < value.content; number++) {
          const item = { ...value, content: number };
          yield [item, item];
        }
        return;
      case undefined:
        return;
      default:
        this.#fail(`range can't iterate over ${this.#shown(value)}`);
    }
  }

  #call(node: CallNode, dot: Value): void {
    const tree = this.#execution.trees.get(node.name);
    if (tree === undefined) this.#fail(`template ${quoteText(node.name)} not defined`);
    const { depth } = this.#execution.limits;
    if (this.#depth === depth) this.#fail(`exceeded maximum template depth (${depth})`);
    const value = node.pipe === undefined ? undefined : this.#evaluation.pipe(dot, node.pipe);
    const outer = this.#evaluation.begin(node.name, value);
    this.#list(tree, value);
    this.#evaluation.resume(outer);
  }

  #print(node: Node, value: Value): void {
    this.#evaluation.at(node);
    const shown = value?.kind === "pointer" ? indirect(value) : value;
    this.#write(shown === undefined ? "<no value>" : this.#shown(shown));
  }

  #shown(value: Value): string {
    return this.#evaluation.guarded((call) => printValue(value, call));
  }

  #write(text: string): void {
    this.#written += text.length;
    if (this.#written > this.#execution.limits.output) this.#tooMuch("output", "output is too long");
    this.#execution.write(text);
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#execution.limits.steps) this.#tooMuch("steps", "too many steps");
  }

  #tooMuch(limit: keyof TemplateLimits, message: string): never {
    const { source, limits } = this.#execution;
    throw new CoreError("template/limit", `template: ${source.name}: ${message}`, { limit: limits[limit] });
  }

  #fail(message: string): never {
    const { inside, node } = this.#evaluation;
    throw executeFault(this.#execution.source, node, { inside, message });
  }
}
