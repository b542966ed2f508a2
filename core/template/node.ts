/** What a node of any kind knows of its place: an offset into the template's text, in UTF-16 units. */
interface Placed {
  readonly at: number;
}

/** `.A.B` */
export interface FieldNode extends Placed {
  readonly kind: "field";
  readonly names: readonly string[];
}
/** `$x.A.B`: the variable's name, with its dollar, stands first. */
export interface VariableNode extends Placed {
  readonly kind: "variable";
  readonly names: readonly string[];
}
/** `(…).A.B` */
export interface ChainNode extends Placed {
  readonly kind: "chain";
  readonly base: Operand;
  readonly names: readonly string[];
}
/** A function by its name. */
export interface IdentifierNode extends Placed {
  readonly kind: "identifier";
  readonly name: string;
}
/** A number as it was written, in every kind that it fits. */
export interface NumberNode extends Placed {
  readonly kind: "number";
  readonly text: string;
  /** Its value as a 64-bit integer, if it is one. */
  readonly int: bigint | undefined;
  /** Whether it is an integer too large for a signed one. */
  readonly unsigned: boolean;
  readonly float: number | undefined;
  /** Real and imaginary part of what ends in `i`. */
  readonly complex: readonly [number, number] | undefined;
  /** Whether it was written as a character. */
  readonly char: boolean;
}
/** A string: as it was written, and what it means. */
export interface StringNode extends Placed {
  readonly kind: "string";
  readonly quoted: string;
  readonly text: string;
}
/** `.`, `nil`, `true`, `false` */
export interface WordNode extends Placed {
  readonly kind: "dot" | "nil" | "true" | "false";
}
/** What a command consists of. */
export type Operand =
  | FieldNode
  | VariableNode
  | ChainNode
  | IdentifierNode
  | NumberNode
  | StringNode
  | WordNode
  | PipeNode;
/** Words of one command: a function or an operand, and its arguments. */
export interface CommandNode extends Placed {
  readonly kind: "command";
  readonly words: readonly Operand[];
}
/** Commands joined by `|`, and the variables that take the result. */
export interface PipeNode extends Placed {
  readonly kind: "pipe";
  readonly commands: readonly CommandNode[];
  readonly variables: readonly VariableNode[];
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
}

/** What stands outside of actions. */
export interface TextNode extends Placed {
  readonly kind: "text";
  readonly text: string;
}
/** A pipeline whose value is printed, unless variables take it. */
export interface ActionNode extends Placed {
  readonly kind: "action";
  readonly pipe: PipeNode;
}
/** `if`, `range` or `with`; an `else if` is a branch alone in `otherwise`. */
export interface BranchNode extends Placed {
  readonly kind: "if" | "range" | "with";
  readonly pipe: PipeNode;
  readonly list: readonly Statement[];
  readonly otherwise: readonly Statement[] | undefined;
}
/** What leaves a round of a range, or the range. */
export interface LoopNode extends Placed {
  readonly kind: "break" | "continue";
}
/** `template "name" pipe` */
export interface CallNode extends Placed {
  readonly kind: "template";
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}
/** What a tree consists of. */
export type Statement = TextNode | ActionNode | BranchNode | LoopNode | CallNode;

/** Anything an error message can point at. */
export type Node = Statement | Operand | CommandNode;
