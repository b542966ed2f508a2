import { commandAt } from "./console-at.ts";

/** Commands with their flags, as far as completion goes: a group has `members`, a command has not. */
export interface CommandTree {
  readonly members?:
    | readonly {
        readonly name: string;
        readonly otherwise?: readonly string[] | undefined;
        readonly hidden?: boolean | undefined;
        readonly command: CommandTree;
      }[]
    | undefined;
  readonly flags?: readonly CompletableFlag[] | undefined;
  /** What arguments mean, the last one for all that follow. */
  readonly values?: readonly string[] | undefined;
  /** Flags end at the first argument. */
  readonly flagsFirst?: boolean | undefined;
}

/** A flag as far as completion goes. */
export interface CompletableFlag {
  readonly name: string;
  readonly short?: string | undefined;
  /** Empty for a switch. */
  readonly type: string;
  readonly hidden?: boolean | undefined;
  /** What its value means. */
  readonly value?: string | undefined;
}

/** Commands in a row, as they are described: a group before its members. */
export interface DescribedCommand extends CommandTree {
  /** `["image", "ls"]`. */
  readonly words: readonly string[];
  readonly group: boolean;
}

/** The tree of some commands. */
export function treeOf(commands: readonly DescribedCommand[]): CommandTree {
  const under = (words: readonly string[]): CommandTree["members"] =>
    commands
      .filter(
        (command) =>
          command.words.length === words.length + 1 && words.every((word, at) => command.words[at] === word),
      )
      .map((command) => ({
        name: command.words.at(-1) ?? "",
        command: command.group ? { ...command, members: under(command.words) } : command,
      }));
  return { members: under([]) };
}

/** What can be named. */
export interface CompletionFacts {
  readonly tree: CommandTree;
  /** Commands of the console itself, which take files. */
  readonly tools: readonly string[];
  /** Names by what they name: `image`, `container`, `file` … A directory ends with a slash. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** What a word may become. */
export interface Completion {
  /** Where the word begins that is replaced. */
  readonly from: number;
  /** What the word may be, sorted, none twice. */
  readonly choices: readonly string[];
  /** The longest text that all choices begin with, as it is to stand in the line; with a blank when there is but one choice. */
  readonly text: string;
}

/** Words before which a command still follows. */
const BEFORE = new Set(["docker", "sudo"]);

/** What the word before `at` may become; `undefined` when nothing fits. */
export function complete(text: string, at: number, facts: CompletionFacts): Completion | undefined {
  const command = commandAt(text.slice(0, at));
  if (command === undefined) return undefined;
  const { word, redirected, from } = command;
  const words = command.words.filter((entry, index, all) => !isPrelude(entry, index, all));
  if (redirected) return completion(from, word, facts.names["file"] ?? []);
  const docker = command.words.some((entry) => entry === "docker");
  const [first] = words;
  if (first === undefined) {
    const tools = docker ? [] : ["docker", ...facts.tools];
    return completion(from, word, [...memberNames(facts.tree), ...tools]);
  }
  if (!docker && facts.tools.includes(first) && !hasMember(facts.tree, first)) {
    return completion(from, word, facts.names["file"] ?? []);
  }
  return ofTree(words, { from, word }, facts);
}

/** `docker`, `sudo` and settings such as `A=b` at the beginning. */
function isPrelude(word: string, index: number, words: readonly string[]): boolean {
  const plain = (entry: string): boolean => BEFORE.has(entry) || /^\w+=/u.test(entry);
  return plain(word) && words.slice(0, index).every(plain);
}

function memberNames(tree: CommandTree): string[] {
  return (tree.members ?? []).filter(({ hidden }) => hidden !== true).map(({ name }) => name);
}

function memberOf(tree: CommandTree, word: string): CommandTree | undefined {
  const found = tree.members?.find(({ name, otherwise }) => name === word || otherwise?.includes(word));
  return found?.command;
}

function hasMember(tree: CommandTree, word: string): boolean {
  return memberOf(tree, word) !== undefined;
}

function ofTree(
  words: readonly string[],
  place: { readonly from: number; readonly word: string },
  { tree, names }: CompletionFacts,
): Completion | undefined {
  const { from, word } = place;
  let command = tree;
  let index = 0;
  for (; index < words.length && command.members !== undefined; index += 1) {
    const entry = words[index] ?? "";
    if (entry.startsWith("-")) continue;
    const next = memberOf(command, entry);
    if (next === undefined) return undefined;
    command = next;
  }
  if (command.members !== undefined) {
    return completion(from, word, word.startsWith("-") ? flagNames(command, word) : memberNames(command));
  }
  let args = 0;
  let owing: CompletableFlag | undefined;
  for (const entry of words.slice(index)) {
    if (owing !== undefined) owing = undefined;
    else if (entry.startsWith("-") && entry !== "-" && !(command.flagsFirst === true && args > 0)) {
      owing = valued(command, entry);
    } else args += 1;
  }
  const fitting = (kind: string | undefined): readonly string[] => names[kind ?? ""] ?? [];
  if (owing !== undefined) return completion(from, word, fitting(owing.value));
  const assigned = /^(--[\w-]+)=(.*)$/su.exec(word);
  if (assigned !== null) {
    const [, flag = "", value = ""] = assigned;
    const kind = command.flags?.find(({ name }) => name === flag.slice(2))?.value;
    return completion(from + flag.length + 1, value, fitting(kind));
  }
  if (word.startsWith("-") && !(command.flagsFirst === true && args > 0)) {
    return completion(from, word, flagNames(command, word));
  }
  const kinds = command.values ?? [];
  return completion(from, word, fitting(kinds[Math.min(args, kinds.length - 1)]));
}

function flagNames({ flags = [] }: CommandTree, word: string): string[] {
  const shown = [...flags.filter(({ hidden }) => hidden !== true), { name: "help", short: undefined }];
  const long = shown.map(({ name }) => `--${name}`);
  if (word.startsWith("--")) return long;
  return [...long, ...shown.flatMap(({ short }) => (short === undefined ? [] : [`-${short}`]))];
}

/** The flag whose value the next word is. */
function valued({ flags = [] }: CommandTree, word: string): CompletableFlag | undefined {
  if (word.includes("=")) return undefined;
  const found = word.startsWith("--")
    ? flags.find(({ name }) => name === word.slice(2))
    : flags.find(({ short }) => short !== undefined && word.endsWith(short));
  return found?.type === "" ? undefined : found;
}

function completion(from: number, word: string, all: readonly string[]): Completion | undefined {
  const choices = [...new Set(all.filter((name) => name.startsWith(word)))].sort();
  const [first, ...others] = choices;
  if (first === undefined) return undefined;
  let common = first;
  for (const other of others) {
    let length = 0;
    while (length < common.length && common[length] === other[length]) length += 1;
    common = common.slice(0, length);
  }
  const done = others.length === 0 && !/[/=:]$/u.test(first);
  return { from, choices, text: consoleWord(common) + (done ? " " : "") };
}

/** `text` as it is written as one word. */
export function consoleWord(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}@%+=:,./_{}^*?-]/gu, (char) => (char === "\n" ? "'\n'" : `\\${char}`));
}
