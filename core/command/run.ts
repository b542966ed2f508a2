import { type CoreError, isCoreError } from "../error.ts";
import { ROOT } from "./commands.ts";
import type { CommandContext } from "./context.ts";
import { wordsOf } from "./failure.ts";
import { type GroupSpec, isGroup, type Member, memberOf } from "./group.ts";
import { groupHelp, usageOf, verbHelp } from "./help.ts";
import { parseWords } from "./parse-flags.ts";
import type { VerbSpec } from "./spec.ts";
import { argumentFlaw, usageTail } from "./usage.ts";
import { HELP_WIDTH } from "./wrap.ts";

/** Exit code of a command line whose flags cannot be understood. */
const BAD_FLAGS = 125;
/** Exit code of a command that was interrupted. */
const INTERRUPTED = 130;

/**
 * Does what a docker command line says, and prints what Docker prints; `argv` begins after the word `docker`. Gives the exit code; the only
 * errors it throws are defects. What is printed streams: neither archives nor layers are held in memory.
 */
export async function run(argv: readonly string[], context: CommandContext): Promise<number> {
  try {
    return await runGroup({ path: "docker", group: ROOT, words: argv, context });
  } catch (error) {
    if (context.signal?.aborted === true) return INTERRUPTED;
    if (!isCoreError(error)) throw error;
    await context.stderr.write(`${printed(error)}\n`);
    const { status } = error.detail;
    return typeof status === "number" ? status : 1;
  }
}

const printed = (error: CoreError): string => wordsOf(error);

interface Step<T> {
  readonly path: string;
  readonly words: readonly string[];
  readonly context: CommandContext;
  readonly group: T;
}

async function runGroup(step: Step<GroupSpec>): Promise<number> {
  const { path, group, context, words } = step;
  const width = widthOf(context);
  const parsed = await parsedOr(step, () =>
    parseWords(words, { specs: group.flags ?? [], flagsFirst: true }),
  );
  if (parsed === undefined) return BAD_FLAGS;
  const [word, ...rest] = parsed.args;
  if (parsed.help !== undefined) {
    if (parsed.help === "-h") await context.stdout.write(SHORT_HELP);
    return print(context, groupHelp(path, group, width));
  }
  if (path === "docker") {
    const early = await group.before?.({ path, flags: parsed.flags, args: parsed.args, context });
    if (early !== undefined) return early;
  }
  if (word === undefined) {
    await context.stderr.write((group.opening ?? "") + groupHelp(path, group, width));
    return 0;
  }
  if (path === "docker" && word === "help") return help(rest, context);
  const member = memberOf(group, word);
  if (member === undefined) {
    const usage = path === "docker" ? "" : `Usage:  ${path}\n\n`;
    await context.stderr.write(
      `docker: unknown command: ${path} ${word}\n\n${usage}Run '${path} --help' for more information\n`,
    );
    return 1;
  }
  const { command } = member;
  const next = { path: command.path ?? `${path} ${member.name}`, words: rest, context };
  return isGroup(command) ? runGroup({ ...next, group: command }) : runVerb(next, command);
}

async function runVerb(step: Omit<Step<never>, "group">, verb: VerbSpec): Promise<number> {
  const { path, words, context } = step;
  const parsed = await parsedOr({ ...step, group: verb }, () =>
    parseWords(words, { specs: verb.flags, flagsFirst: verb.flagsFirst }),
  );
  if (parsed === undefined) return BAD_FLAGS;
  if (parsed.help !== undefined) {
    if (parsed.help === "-h") await context.stdout.write(SHORT_HELP);
    return print(context, verbHelp(path, verb, widthOf(context)));
  }
  const flaw = argumentFlaw(path, verb, parsed.args.length);
  if (flaw !== undefined) {
    await context.stderr.write(`${verb.errorPrefix ?? ""}${flaw}`);
    return 1;
  }
  context.signal?.throwIfAborted();
  return verb.run({ path, flags: parsed.flags, args: parsed.args, context });
}

const SHORT_HELP = "Flag shorthand -h has been deprecated, use --help\n";

/** `undefined` when the flags are wrong, which has been said then. */
async function parsedOr(
  { path, group, context }: Pick<Step<GroupSpec | VerbSpec>, "path" | "group" | "context">,
  parse: () => ReturnType<typeof parseWords>,
): Promise<ReturnType<typeof parseWords> | undefined> {
  try {
    return parse();
  } catch (error) {
    if (!isCoreError(error, "command/usage")) throw error;
    const use = path === "docker" ? "[OPTIONS] COMMAND [ARG...]" : usageOf(group);
    await context.stderr.write(error.message + usageTail(path, use));
    return undefined;
  }
}

/** `docker help image ls`. */
async function help(topic: readonly string[], context: CommandContext): Promise<number> {
  let command: GroupSpec | VerbSpec = ROOT;
  let path = "docker";
  for (const word of topic) {
    const member: Member | undefined = isGroup(command) ? memberOf(command, word) : undefined;
    if (member === undefined) {
      await context.stderr.write(`unknown help topic: ${word}\n`);
      return 1;
    }
    command = member.command;
    path = command.path ?? `${path} ${member.name}`;
  }
  const width = widthOf(context);
  return print(context, isGroup(command) ? groupHelp(path, command, width) : verbHelp(path, command, width));
}

async function print(context: CommandContext, text: string): Promise<number> {
  await context.stdout.write(text);
  return 0;
}

const widthOf = ({ stdout }: CommandContext): number => (stdout.terminal ? stdout.columns : HELP_WIDTH);
