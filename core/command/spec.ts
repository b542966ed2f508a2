import type { CommandContext } from "./context.ts";
import type { FlagSpec, ValueKind } from "./flag.ts";
import type { ParsedFlags } from "./parse-flags.ts";

/** How many arguments a command takes: exactly so many, or from `min` to `max`. */
export interface ArgumentRule {
  readonly min: number;
  /** `undefined` for any number. */
  readonly max?: number | undefined;
}

/** One command as it was called. */
export interface Call {
  /** `docker image ls`. */
  readonly path: string;
  readonly flags: ParsedFlags;
  readonly args: readonly string[];
  readonly context: CommandContext;
}

/** A command that does something. */
export interface VerbSpec {
  /** What follows its name in the usage line. Several lines where it is used in several ways. */
  readonly use: string;
  /** One line. */
  readonly summary: string;
  /** What help says instead of the summary. */
  readonly description?: string | undefined;
  /** How else it is spelled, in full, itself included. */
  readonly aliases?: readonly string[] | undefined;
  readonly flags: readonly FlagSpec[];
  readonly args: ArgumentRule;
  /** What its arguments mean, the last one for all that follow. */
  readonly values?: readonly ValueKind[] | undefined;
  /** Flags end at the first argument. */
  readonly flagsFirst?: boolean | undefined;
  readonly experimental?: boolean | undefined;
  /** How help and errors call it, where that is not how it was called. */
  readonly path?: string | undefined;
  /** What its usage errors begin with. */
  readonly errorPrefix?: string | undefined;
  /** Gives the exit code. What it throws is printed, with exit code 1. */
  run(call: Call): Promise<number>;
}
