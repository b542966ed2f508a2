import type { FlagSpec } from "./flag.ts";
import type { Call, VerbSpec } from "./spec.ts";

/** A command of a group: its name there, and what it does. */
export interface Member {
  readonly name: string;
  readonly command: VerbSpec | GroupSpec;
  /** Under which heading help lists it. Default: `Commands`. */
  readonly section?: string | undefined;
  /** Other names that are taken. */
  readonly otherwise?: readonly string[] | undefined;
  /** Taken, but not listed. */
  readonly hidden?: boolean | undefined;
  /** Docker ships it as a plugin: listed with a star. */
  readonly plugin?: boolean | undefined;
}

/** Commands under one word: `docker image …`. */
export interface GroupSpec {
  readonly summary: string;
  readonly description?: string | undefined;
  readonly members: readonly Member[];
  readonly flags?: readonly FlagSpec[] | undefined;
  readonly experimental?: boolean | undefined;
  /** What help begins with where it is printed because no command was given. */
  readonly opening?: string | undefined;
  /** What help ends with. */
  readonly closing?: string | undefined;
  /** Headings in their order. Default: `Commands` alone. */
  readonly sections?: readonly string[] | undefined;
  /** How help and errors call it, where that is not how it was called. */
  readonly path?: string | undefined;
  /** Looks at its flags before a command is chosen; gives the exit code when that is all. */
  before?(call: Call): Promise<number | undefined>;
}

/** Whether it is a group. */
export function isGroup(command: VerbSpec | GroupSpec): command is GroupSpec {
  return "members" in command;
}

/** The member that a word means. Letters count as they are. */
export function memberOf(group: GroupSpec, word: string): Member | undefined {
  return group.members.find(({ name, otherwise }) => name === word || otherwise?.includes(word) === true);
}
