import type { Directives } from "./directive.ts";
import type { LineRange } from "./error.ts";
import type { Heredoc } from "./heredoc.ts";

/** One instruction as it is written: split into words, its arguments not yet looked at. */
export interface DockerfileNode {
  /** As written, in whatever case. */
  readonly keyword: string;
  /** The whole instruction on one line: continuations joined, comments gone. */
  readonly original: string;
  readonly lines: LineRange;
  /** As written, `--` included. */
  readonly flags: readonly string[];
  /** What follows the flags, as the instruction splits it. ENV and LABEL: name, value and `=` (or "" in the old form) in turn. */
  readonly args: readonly string[];
  /** The arguments were a JSON array. */
  readonly json: boolean;
  readonly heredocs: readonly Heredoc[];
  /** The instruction behind ONBUILD. */
  readonly child: DockerfileNode | undefined;
}

/** Something doubtful that building goes on with. */
export interface DockerfileWarning {
  /** Name of the rule, for instance `MaintainerDeprecated`. */
  readonly rule: string;
  readonly message: string;
  readonly line: number;
}

/** A Dockerfile as it is written. */
export interface ParsedDockerfile {
  readonly text: string;
  readonly directives: Directives;
  readonly nodes: readonly DockerfileNode[];
  readonly warnings: readonly DockerfileWarning[];
}
