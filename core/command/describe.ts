import { ROOT } from "./commands.ts";
import type { FlagSpec, ValueKind } from "./flag.ts";
import { type GroupSpec, isGroup, type Member } from "./group.ts";

/** A command as completion sees it. */
export interface CommandDescription {
  /** Its words, `docker` not among them: `["image", "ls"]`. */
  readonly words: readonly string[];
  readonly summary: string;
  /** What follows it in the usage line. */
  readonly use: string;
  /** Flags that are shown. */
  readonly flags: readonly FlagSpec[];
  /** What its arguments mean, the last one for all that follow; none when it takes none. */
  readonly values: readonly ValueKind[];
  /** It is a word before others: `image`. */
  readonly group: boolean;
  /** Flags come before the first argument only. */
  readonly flagsFirst: boolean;
}

/** All commands, groups before their members, in the order of help; other spellings stand beside the first. */
export function describeCommands(): CommandDescription[] {
  return describe(ROOT, []);
}

function describe(group: GroupSpec, before: readonly string[]): CommandDescription[] {
  return group.members
    .filter(({ hidden }) => hidden !== true)
    .flatMap((member) =>
      [member.name, ...(member.otherwise ?? [])].flatMap((name) => describeMember(member, [...before, name])),
    );
}

function describeMember({ command }: Member, words: readonly string[]): CommandDescription[] {
  const flags = (command.flags ?? []).filter(({ hidden }) => hidden !== true);
  const own = { words, summary: command.summary, flags };
  if (isGroup(command))
    return [
      { ...own, use: "COMMAND", values: [], group: true, flagsFirst: true },
      ...describe(command, words),
    ];
  const { use, values = [], flagsFirst = false } = command;
  return [{ ...own, use, values, group: false, flagsFirst }];
}
