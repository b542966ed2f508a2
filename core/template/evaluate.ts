import { fitted, literalOf, numberOf } from "./argument.ts";
import { nodeText } from "./fault.ts";
import { byName } from "./field.ts";
import type { TemplateLimits } from "./limits.ts";
import type { CommandNode, IdentifierNode, Node, Operand, PipeNode, VariableNode } from "./node.ts";
import { quoteText } from "./quote.ts";
import { mended } from "./text.ts";
import { type GoFunction, type GoType, hasNil, STRING } from "./type.ts";
import {
  boolValue,
  type Call,
  CallFault,
  indirect,
  isNil,
  isTrue,
  stringValue,
  unboxed,
  type Value,
  zeroValue,
} from "./value.ts";

/** What an evaluation needs of its surroundings. */
export interface Surroundings extends Call {
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly limits: TemplateLimits;
  /** Whether a missing key of a map is an error. */
  readonly strict: boolean;
  /** Ends the execution with a message at the current node. */
  readonly fail: (message: string) => never;
}

/** The names and variables of one template while it is being executed. */
interface Scope {
  readonly inside: string;
  readonly variables: Variable[];
}
interface Variable {
  readonly name: string;
  value: Value;
}

/** Making this much text counts as one step: 5 million steps are 320 MB. */
const LENGTH_PER_STEP = 64;

/** No argument, unlike an argument that is no value. */
const ABSENT = Symbol("absent");
type Final = Value | typeof ABSENT;

/** Computes pipelines: it holds the variables, and knows which node a message is to point at. */
export class Evaluation {
  readonly #around: Surroundings;
  #scope: Scope = { inside: "", variables: [] };
  #node: Node | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The name of the template that is being executed. */
  get inside(): string {
    return this.#scope.inside;
  }

  /** The node that is being evaluated. */
  get node(): Node | undefined {
    return this.#node;
  }

  at(node: Node): void {
    this.#node = node;
  }

  /** Enters a template, which sees no variables but its own value; gives back what {@link resume} takes. */
  begin(inside: string, value: Value): Scope {
    const outer = this.#scope;
    this.#scope = { inside, variables: [{ name: "$", value }] };
    return outer;
  }

  resume(scope: Scope): void {
    this.#scope = scope;
  }

  /** How many variables there are; those declared later end with {@link release}. */
  mark(): number {
    return this.#scope.variables.length;
  }

  release(mark: number): void {
    this.#scope.variables.length = mark;
  }

  /** Puts index and item of one round of a range where its variables are. One variable alone is the item. */
  setLoop(pipe: PipeNode, index: Value, item: Value): void {
    const [first, second] = pipe.variables;
    if (first === undefined) return;
    if (pipe.assigns) {
      this.#assign(first, second === undefined ? item : index);
      if (second !== undefined) this.#assign(second, item);
      return;
    }
    const { variables } = this.#scope;
    const last = variables.at(-1);
    const previous = variables.at(-2);
    if (last !== undefined) last.value = item;
    if (second !== undefined && previous !== undefined) previous.value = index;
  }

  /** The value of a pipeline, after its variables have taken it. */
  pipe(dot: Value, pipe: PipeNode): Value {
    this.at(pipe);
    this.#around.spend(1);
    let value: Final = ABSENT;
    for (const command of pipe.commands) {
      // What one command gives to the next is looked into once.
      value = unboxed(this.#command(dot, command, value));
    }
    const result = value === ABSENT ? undefined : value;
    for (const variable of pipe.variables) {
      if (pipe.assigns) this.#assign(variable, result);
      else this.#scope.variables.push({ name: variable.names[0] ?? "", value: result });
    }
    return result;
  }

  /** What `work` gives back; a fault in it ends the execution at the current node. */
  guarded<T>(work: (call: Call) => T): T {
    try {
      return work(this.#around);
    } catch (error) {
      if (error instanceof CallFault) this.#fail(error.message);
      throw error;
    }
  }

  #command(dot: Value, command: CommandNode, final: Final): Value {
    const [first, ...rest] = command.words;
    if (first === undefined) return undefined;
    if (first.kind === "identifier") return this.#named(dot, first, { node: command, words: rest, final });
    if (
      first.kind === "field" ||
      first.kind === "chain" ||
      (first.kind === "variable" && first.names.length > 1)
    )
      return this.#chain(dot, first, { words: rest, final });
    if (first.kind === "variable") {
      this.at(first);
      const value = this.#variable(first);
      this.#refuseArguments(first, rest, final);
      return value;
    }
    if (first.kind === "pipe") {
      this.#refuseArguments(first, rest, final);
      return this.pipe(dot, first);
    }
    this.at(first);
    this.#refuseArguments(first, rest, final);
    if (first.kind === "nil") return this.#fail("nil is not a command");
    return this.#constant(dot, first);
  }

  #refuseArguments(first: Operand, rest: readonly Operand[], final: Final): void {
    if (rest.length > 0 || final !== ABSENT)
      this.#fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  #constant(dot: Value, word: Operand): Value {
    switch (word.kind) {
      case "dot":
        return dot;
      case "true":
      case "false":
        return boolValue(word.kind === "true");
      case "string":
        return stringValue(word.text);
      case "number":
        return numberOf(word, (message) => this.#fail(message));
      default:
        return this.#fail(`can't evaluate command ${quoteText(nodeText(word))}`);
    }
  }

  #variable(node: VariableNode): Value {
    const name = node.names[0] ?? "";
    const variable = this.#scope.variables.findLast((one) => one.name === name);
    if (variable === undefined) return this.#fail(`undefined variable: ${name}`);
    return variable.value;
  }

  #assign(node: VariableNode, value: Value): void {
    const name = node.names[0] ?? "";
    const variable = this.#scope.variables.findLast((one) => one.name === name);
    if (variable === undefined) this.#fail(`undefined variable: ${name}`);
    variable.value = value;
  }

  /** Fields behind one another; only the last may be a method with arguments. */
  #chain(
    dot: Value,
    node: Extract<Operand, { names: readonly string[] }>,
    given: { readonly words: readonly Operand[]; readonly final: Final },
  ): Value {
    this.at(node);
    let names = node.names;
    let value = dot;
    if (node.kind === "variable") {
      value = this.#variable(node);
      names = names.slice(1);
    } else if (node.kind === "chain") {
      if (node.base.kind === "nil") this.#fail(`indirection through explicit nil in ${nodeText(node)}`);
      value = this.#argument(dot, undefined, node.base);
    }
    for (const [index, name] of names.entries()) {
      const last = index === names.length - 1;
      value = this.#field(dot, value, {
        name,
        node,
        words: last ? given.words : [],
        final: last ? given.final : ABSENT,
      });
    }
    return value;
  }

  #field(
    dot: Value,
    receiver: Value,
    given: {
      readonly name: string;
      readonly node: Node;
      readonly words: readonly Operand[];
      readonly final: Final;
    },
  ): Value {
    const { name } = given;
    if (receiver === undefined) {
      if (this.#around.strict) this.#fail(`nil data; no entry for key ${quoteText(name)}`);
      return undefined;
    }
    const target = indirect(receiver);
    const typeName = receiver.type.name;
    if (target?.kind === "interface") this.#fail(`nil pointer evaluating ${typeName}.${name}`);
    const found = byName(target, name);
    const hasArguments = given.words.length > 0 || given.final !== ABSENT;
    switch (found.kind) {
      case "method": {
        if (isNil(target)) this.#fail(`nil pointer evaluating ${typeName}.${name}`);
        return this.#call(dot, found.method, { ...given, receiver: found.receiver });
      }
      case "field":
        if (hasArguments) this.#fail(`${name} has arguments but cannot be invoked as function`);
        return found.value;
      case "entry":
        if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
        if (found.value === undefined && this.#around.strict)
          this.#fail(`map has no entry for key ${quoteText(name)}`);
        return found.value;
      case "hidden":
        return this.#fail(`${name} is an unexported field of struct type ${typeName}`);
      case "nil":
        return this.#fail(`nil pointer evaluating ${typeName}.${name}`);
      default:
        return this.#fail(`can't evaluate field ${name} in type ${typeName}`);
    }
  }

  #named(
    dot: Value,
    node: IdentifierNode,
    given: { readonly node: Node; readonly words: readonly Operand[]; readonly final: Final },
  ): Value {
    this.at(node);
    const { name } = node;
    const callee = this.#around.functions.get(name);
    if (callee === undefined) return this.#fail(`${quoteText(name)} is not a defined function`);
    return this.#call(dot, callee, { ...given, name });
  }

  #call(
    dot: Value,
    callee: GoFunction,
    given: {
      readonly name: string;
      readonly node: Node;
      readonly words: readonly Operand[];
      readonly final: Final;
      readonly receiver?: Value;
    },
  ): Value {
    const { name, words, final, node } = given;
    const { parameters, variadic = false } = callee;
    const count = words.length + (final === ABSENT ? 0 : 1);
    const fixed = variadic ? parameters.length - 1 : parameters.length;
    if (variadic && count < fixed)
      this.#fail(`wrong number of args for ${name}: want at least ${fixed} got ${words.length}`);
    if (!variadic && count !== fixed)
      this.#fail(`wrong number of args for ${name}: want ${fixed} got ${count}`);
    const typeAt = (index: number): GoType => parameters[Math.min(index, parameters.length - 1)] ?? STRING;
    const builtin = node.kind === "command" || node.kind === "identifier";
    if (builtin && (name === "and" || name === "or")) return this.#shortCircuit(dot, name, { words, final });
    const values: Value[] = given.receiver === undefined ? [] : [given.receiver];
    for (const [index, word] of words.entries()) values.push(this.#argument(dot, typeAt(index), word));
    if (final !== ABSENT) values.push(this.#validated(final, typeAt(words.length)));
    try {
      const result = callee.run(values, this.#around);
      this.#around.spend(1);
      return this.#measured(result);
    } catch (error) {
      // A text longer than the host can hold, whose limit is its own.
      if (error instanceof RangeError) this.#around.spend(Number.POSITIVE_INFINITY);
      if (!(error instanceof CallFault)) throw error;
      this.at(node);
      const blamed = name === "call" && builtin ? this.#callee(words, final, error) : error.message;
      return this.#fail(`error calling ${name}: ${blamed}`);
    }
  }

  /** `call` names what it cannot call as it was written. */
  #callee(words: readonly Operand[], final: Final, fault: CallFault): string {
    if (!fault.message.startsWith("of type ")) return fault.message;
    const [first] = words;
    return `non-function ${first === undefined ? finalText(final) : nodeText(first)} ${fault.message}`;
  }

  /** A text that one call made may not be longer than all that may be written. */
  #measured(value: Value): Value {
    if (value?.kind !== "string") return value;
    const { length } = value.content;
    const { limits, spend } = this.#around;
    spend(length > limits.output ? Number.POSITIVE_INFINITY : length / LENGTH_PER_STEP);
    const content = mended(value.content);
    return content === value.content ? value : { ...value, content };
  }

  #shortCircuit(
    dot: Value,
    name: "and" | "or",
    given: { readonly words: readonly Operand[]; readonly final: Final },
  ): Value {
    let value: Value;
    for (const word of given.words) {
      value = this.#argument(dot, undefined, word, true);
      if (isTrue(unboxed(value)) === (name === "or")) return value;
    }
    return given.final === ABSENT ? value : given.final;
  }

  /** The value of one argument, which is to be of `type`; of any when there is none. */
  #argument(
    dot: Value,
    type: GoType | undefined,
    word: Operand,
    reflected = type?.kind === "reflected",
  ): Value {
    this.at(word);
    switch (word.kind) {
      case "dot":
        return this.#validated(dot, type);
      case "nil":
        if (reflected) return undefined;
        if (type !== undefined && hasNil(type))
          return type.kind === "interface" ? undefined : zeroValue(type);
        return this.#fail(`cannot assign nil to ${type?.name ?? ""}`);
      case "field":
      case "chain":
        return this.#validated(this.#chain(dot, word, { words: [], final: ABSENT }), type);
      case "variable": {
        if (word.names.length > 1)
          return this.#validated(this.#chain(dot, word, { words: [], final: ABSENT }), type);
        this.at(word);
        return this.#validated(this.#variable(word), type);
      }
      case "pipe":
        return this.#validated(this.pipe(dot, word), type);
      case "identifier":
        return this.#validated(this.#named(dot, word, { node: word, words: [], final: ABSENT }), type);
      default:
        return this.#literal(dot, type, word);
    }
  }

  /** A constant takes the type that is wanted, if it can. */
  #literal(dot: Value, type: GoType | undefined, word: Operand): Value {
    const free = type === undefined || type.kind === "interface" || type.kind === "reflected";
    return free ? this.#constant(dot, word) : literalOf(word, type, (message) => this.#fail(message));
  }

  #validated(value: Value, type: GoType | undefined): Value {
    if (type === undefined || type.kind === "reflected") return value;
    return fitted(value, type, (message) => this.#fail(message));
  }

  #fail(message: string): never {
    return this.#around.fail(message);
  }
}

/** What came through the pipe, as reflection spells it. */
function finalText(final: Final): string {
  if (final === ABSENT || final === undefined) return "<invalid Value>";
  return final.kind === "string" ? final.content : `<${final.type.name} Value>`;
}
