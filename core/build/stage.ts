import {
  dockerfileError,
  expandWord,
  goQuote,
  type Instruction,
  locate,
  type Stage,
} from "../dockerfile/mod.ts";
import { CoreError } from "../error.ts";
import { applySetting, commandWords, expandSetting, type SettingBody, workdirOf } from "../image/mod.ts";
import type { HistoryEntry } from "../oci/mod.ts";
import { type CopyGround, copyInto } from "./copy-step.ts";
import { Draft } from "./draft.ts";
import type { DirNode } from "./files.ts";
import { copyHistory, runHistory, settingHistory } from "./history.ts";
import type { LayerMaker } from "./layer.ts";
import { parseOwner } from "./owner.ts";
import { copyFrom } from "./plan.ts";
import type { StageLayer, StageResult } from "./result.ts";
import { type OnWarning, substitute, type Variables, type WordScope } from "./scope.ts";
import { declareArgs } from "./variables.ts";

/** What carrying out the instructions of a stage takes. */
export interface StageRun {
  readonly stages: readonly Stage[];
  readonly globals: Variables;
  readonly args: ReadonlyMap<string, string>;
  readonly escape: string;
  readonly onWarning: OnWarning;
  readonly ground: CopyGround;
  readonly layers: LayerMaker;
  readonly signal?: AbortSignal | undefined;
}

/** What the history says of everything that this made. */
const COMMENT = "buildkit.dockerfile.v0";
const NOT_RUN = "not run: there was no kernel";

/**
 * What a stage is after `instructions`.
 * @throws CoreError `dockerfile/invalid`, `build/failed`, with the lines of the instruction
 */
export async function runStage(
  begin: StageResult,
  instructions: readonly Instruction[],
  run: StageRun,
): Promise<StageResult> {
  const stage = new RunningStage(begin, run);
  for (const instruction of instructions) {
    run.signal?.throwIfAborted();
    try {
      await stage.carryOut(instruction);
    } catch (error) {
      throw locate(error, instruction.lines);
    }
  }
  return stage.result;
}

/** A stage at some instruction. */
class RunningStage {
  result: StageResult;
  readonly #run: StageRun;
  readonly #state = { cmdSet: false };
  #workdirSet = false;

  constructor(begin: StageResult, run: StageRun) {
    this.result = begin;
    this.#run = run;
  }

  async carryOut(instruction: Instruction): Promise<void> {
    switch (instruction.kind) {
      case "from":
        return;
      case "arg":
        this.#note(
          declareArgs(this.result.variables, instruction, {
            globals: this.#run.globals,
            given: this.#run.args,
            escape: this.#run.escape,
            onWarning: this.#run.onWarning,
          }),
        );
        return;
      case "maintainer":
        this.result = { ...this.result, author: instruction.value };
        this.#note(settingHistory(instruction, []));
        return;
      case "workdir":
        return this.#workdir(instruction);
      case "copy":
      case "add":
        return this.#copy(instruction);
      case "run":
        return this.#skip(instruction);
      default:
        this.#set(instruction);
    }
  }

  #scope(instruction: Instruction): WordScope {
    const { values, args } = this.result.variables;
    const { escape, onWarning } = this.#run;
    return {
      variables: values,
      escape,
      declared: new Set(args.keys()),
      line: instruction.lines.start,
      onWarning,
    };
  }

  #set(instruction: Instruction & SettingBody): void {
    const scope = this.#scope(instruction);
    const expanded = expandSetting(instruction, {
      one: (word) => substitute(word, scope),
      many: (word) => expandWord(word, (name) => scope.variables.get(name), { escape: scope.escape }).words,
    });
    const container = applySetting(this.result.container, expanded, this.#state);
    this.result = { ...this.result, container };
    if (expanded.kind === "env") {
      for (const { name, value } of expanded.pairs) this.result.variables.values.set(name, value);
    }
    const words =
      expanded.kind === "cmd" || expanded.kind === "entrypoint"
        ? commandWords(expanded.command, this.result.container.shell)
        : [];
    this.#note(settingHistory(expanded, words));
  }

  async #workdir(instruction: Instruction & { readonly kind: "workdir" }): Promise<void> {
    const { container, files } = this.result;
    const value = substitute(instruction.value, this.#scope(instruction));
    if (!this.#workdirSet && !value.startsWith("/")) {
      this.#run.onWarning({
        rule: "WorkdirRelativePath",
        message: `Relative workdir ${goQuote(value)} can have unexpected results if the base image changes`,
        line: instruction.lines.start,
      });
    }
    this.#workdirSet = true;
    const path = workdirOf(container.workingDir, value);
    this.result = { ...this.result, container: { ...container, workingDir: path } };
    const text = `WORKDIR ${path}`;
    if (path === "/") {
      this.#note(text);
      return;
    }
    await this.#layer(instruction, text, async () => {
      const draft = new Draft(await files());
      const { user = "" } = container;
      const owner = user === "" ? { uid: 0, gid: 0 } : await parseOwner(user, this.#users(draft.root));
      draft.makeDirs(draft.find(path).path, { mode: 0o755, ...owner, mtime: undefined });
      return draft;
    });
  }

  async #copy(instruction: Instruction & { readonly kind: "copy" | "add" }): Promise<void> {
    const { copy } = instruction;
    const scope = this.#scope(instruction);
    const from = copyFrom(instruction, this.#run.stages);
    const word = (text: string): string => substitute(text, scope);
    const sources = copy.sources.map(word);
    const dest = word(copy.dest);
    const chown = copy.chown === undefined ? undefined : word(copy.chown);
    const chmod = copy.chmod === undefined ? undefined : word(copy.chmod);
    const inline = copy.inline.map((file) =>
      file.expand ? { ...file, content: inlineContent(file.content, scope) } : file,
    );
    const words = [...sources, ...inline.map(({ name }) => `<<${name}`), dest];
    const text = copyHistory(instruction.keyword, { parents: copy.parents, chown, chmod, words });
    const checksum = copy.checksum === undefined ? undefined : word(copy.checksum);
    await this.#layer(
      instruction,
      text,
      async () =>
        copyInto(await this.result.files(), {
          keyword: instruction.keyword,
          spec: { ...copy, sources, dest, chown, chmod, inline, checksum },
          from,
          workingDir: this.result.container.workingDir ?? "/",
          // What is on its own has no users to look up.
          users: copy.link ? undefined : this.#users(await this.result.files()),
          ground: this.#run.ground,
        }),
      copy.link,
    );
  }

  #skip(instruction: Instruction & { readonly kind: "run" }): void {
    const { json, words } = instruction.command;
    const bodies = instruction.heredocs.map(({ content, name }) => `\n${content}${name}`).join("");
    const command = commandWords(
      { json, words: json ? words : [words.join(" ") + bodies] },
      this.result.container.shell,
    );
    this.#run.layers.skipped(instruction);
    this.#note(runHistory(command, this.result.variables.args), NOT_RUN);
  }

  /** Where names of users are looked up: nowhere as long as there is no layer. */
  #users(root: DirNode): DirNode | undefined {
    return this.result.layers.length === 0 ? undefined : root;
  }

  /** An entry of the history that made no layer. */
  #note(createdBy: string | undefined, comment = COMMENT): void {
    if (createdBy === undefined) return;
    const entry: HistoryEntry = { createdBy, comment, emptyLayer: true };
    this.result = { ...this.result, history: [...this.result.history, entry] };
  }

  async #layer(
    instruction: Instruction,
    createdBy: string,
    work: () => Promise<Draft>,
    link = false,
  ): Promise<void> {
    const below = this.result.layers.map(({ diffID }) => diffID);
    const made = await this.#run.layers.make(instruction, {
      createdBy,
      below,
      link,
      work,
      files: this.result.files,
    });
    const layer: StageLayer = { descriptor: made.descriptor, diffID: made.diffID };
    const entry: HistoryEntry = { created: made.created, createdBy, comment: COMMENT, emptyLayer: false };
    const { root } = made;
    this.result = {
      ...this.result,
      layers: [...this.result.layers, layer],
      history: [...this.result.history, entry],
      files: async () => root,
    };
  }
}

/** The body of a heredoc after substitution: quotes mean nothing in it, and `\` escapes whatever the file's escape is. */
function inlineContent(content: string, scope: WordScope): string {
  try {
    return substitute(content, { ...scope, escape: "\\" }, { literalQuotes: true });
  } catch (error) {
    throw error instanceof CoreError ? dockerfileError(error.message) : error;
  }
}
