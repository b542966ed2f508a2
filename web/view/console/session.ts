import type { ConsoleFacts, ConsoleHost, ConsoleOutcome } from "../../model/console.ts";
import { JOINING_COMMANDS, OWN_COMMANDS, TOOL_NAMES } from "../../model/console.ts";
import { inColumns } from "../../model/console-columns.ts";
import { type Completion, complete, treeOf } from "../../model/console-complete.ts";
import { below, type Drawn, draw, erase, NOTHING_DRAWN } from "../../model/console-draw.ts";
import { type Key, keysOf } from "../../model/console-keys.ts";
import { insertText, lineWith } from "../../model/console-line.ts";
import { isWholeLine } from "../../model/console-parse.ts";
import { openPrompt, type Prompt, press, searchLabel } from "../../model/console-prompt.ts";
import { visibleText } from "../../model/console-visible.ts";
import { codeWidth } from "../../model/console-width.ts";

/** The terminal of a session. */
export interface SessionTerminal {
  readonly columns: number;
  write(text: string): Promise<void>;
  column(): Promise<number>;
  clear(): void;
}

/** What a session works with. */
export interface SessionOptions {
  readonly terminal: SessionTerminal;
  /** Lines of earlier sessions. */
  readonly history: readonly string[];
  run(
    line: string,
    host: Omit<ConsoleHost, "own" | "files" | "pick">,
    signal: AbortSignal,
  ): Promise<ConsoleOutcome>;
  facts(): Promise<ConsoleFacts>;
  /** Paths of the page's files; folders end with a slash. */
  files(): readonly string[];
  /** After each line; what it says is shown. */
  done(outcome: ConsoleOutcome): string;
  failed(error: unknown): string;
  remember(lines: readonly string[]): void;
  /** Escape, where there is nothing to give up; Ctrl-D on an empty line. */
  leave(how: "step" | "close"): void;
}

/** What goes on in a console. */
export interface Session {
  /** What somebody typed. */
  type(data: string): void;
  /** Puts a line at the prompt, and runs it. */
  submit(line: string, run: boolean): void;
  /** Puts text in where the cursor stands. */
  insert(text: string): void;
  /** Says something above the prompt, or among what a command prints. */
  note(text: string): void;
  /** The terminal has other columns now. */
  resized(): void;
  readonly lines: readonly string[];
  forget(): void;
  /** Waits for a key; `false` when it was Ctrl-C. */
  confirm(): Promise<boolean>;
  clear(): void;
}

const PROMPT = "\x1b[34m$\x1b[39m ";
/** What of completion is not names. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  filter: ["before=", "dangling=false", "dangling=true", "label=", "reference=", "since=", "until="],
  format: ["json", "table", "{{json .}}"],
  platform: [
    "linux/386",
    "linux/amd64",
    "linux/arm/v6",
    "linux/arm/v7",
    "linux/arm64",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
  ],
};
/** Choices shown without being asked for twice. */
const MOST_CHOICES = 200;

type Mode =
  | { readonly kind: "prompt" }
  | { readonly kind: "running"; readonly stop: AbortController }
  | {
      readonly kind: "asking";
      readonly stop: AbortController;
      readonly hidden: boolean;
      readonly resolve: (line: string | undefined) => void;
    }
  | { readonly kind: "confirming"; readonly stop: AbortController; readonly resolve: (go: boolean) => void };

/** Begins a session at a terminal: a prompt, lines run one after the other, what is typed meanwhile kept for the next prompt. */
export function openSession(options: SessionOptions): Session {
  const { terminal } = options;
  let prompt: Prompt = openPrompt(options.history);
  let drawn: Drawn = NOTHING_DRAWN;
  let mode: Mode = { kind: "prompt" };
  let early: Key[] = [];
  let answer = "";

  function redraw(): void {
    if (mode.kind !== "prompt") return;
    const { line, search } = prompt;
    const label = search === undefined ? PROMPT : searchLabel(search);
    const next = draw(drawn, { prompt: label, text: line.text, at: line.at, columns: terminal.columns });
    ({ drawn } = next);
    void terminal.write(next.output);
  }

  /** Leaves the prompt as it is and goes below it. */
  function settle(mark = ""): void {
    const { line, search } = prompt;
    const label = search === undefined ? PROMPT : searchLabel(search);
    const last = draw(drawn, {
      prompt: label,
      text: line.text,
      at: line.text.length,
      columns: terminal.columns,
    });
    void terminal.write(last.output + mark + below(last.drawn));
    drawn = NOTHING_DRAWN;
  }

  async function execute(text: string): Promise<void> {
    const stop = new AbortController();
    mode = { kind: "running", stop };
    let said = "";
    try {
      const host = {
        columns: terminal.columns,
        print: (output: string) => (stop.signal.aborted ? undefined : terminal.write(output)),
        ask: ask(stop),
      };
      said = options.done(await options.run(text, host, stop.signal));
    } catch (error) {
      if (!stop.signal.aborted) said = options.failed(error);
    }
    if ((await terminal.column()) > 0) await terminal.write("\r\n");
    // Colours of what was printed end with it.
    await terminal.write(`\x1b[0m${said}`);
    mode = { kind: "prompt" };
    drawn = NOTHING_DRAWN;
    redraw();
    const keys = early;
    early = [];
    for (const [index, key] of keys.entries()) {
      if (mode.kind !== "prompt") {
        early = [...keys.slice(index), ...early];
        break;
      }
      atPrompt(key);
    }
  }

  const ask =
    (stop: AbortController): ConsoleHost["ask"] =>
    ({ hidden }) =>
      new Promise((resolve) => {
        answer = "";
        mode = { kind: "asking", stop, hidden, resolve };
        const keys = early;
        early = [];
        for (const key of keys) answering(key);
      });

  function answering(key: Key): void {
    if (mode.kind !== "asking") {
      early.push(key);
      return;
    }
    const { stop, hidden, resolve } = mode;
    const end = (line: string | undefined): void => {
      void terminal.write("\r\n");
      mode = { kind: "running", stop };
      resolve(line);
    };
    switch (key.kind) {
      case "text":
      case "paste": {
        const [text = "", ...more] = key.text.split("\n");
        answer += text;
        if (!hidden) void terminal.write(text);
        if (more.length > 0) {
          end(answer);
          early.push({ kind: "paste", text: more.join("\n") });
        }
        return;
      }
      case "enter":
        end(answer);
        return;
      case "end":
        if (answer === "") end(undefined);
        return;
      case "edit":
        if (key.edit === "eraseLeft" && answer !== "") {
          const last = Array.from(answer).at(-1) ?? "";
          answer = answer.slice(0, -last.length);
          const width = codeWidth(last.codePointAt(0) ?? 0);
          if (!hidden) void terminal.write("\b".repeat(width) + " ".repeat(width) + "\b".repeat(width));
        }
        return;
      default:
    }
  }

  function atPrompt(key: Key): void {
    if (key.kind === "cancel" && prompt.search === undefined) {
      options.leave("step");
      return;
    }
    const before = prompt;
    const next = press(prompt, key, isWholeLine);
    const { outcome } = next;
    if (outcome.kind === "submit" || outcome.kind === "interrupt") {
      prompt = { ...before, search: undefined };
      settle(outcome.kind === "interrupt" ? "^C" : "");
    }
    ({ prompt } = next);
    switch (outcome.kind) {
      case "submit":
        options.remember(prompt.history.lines);
        if (outcome.text.trim() === "") redraw();
        else void execute(outcome.text);
        return;
      case "complete":
        void completing(outcome.list);
        return;
      case "clear":
        wipe();
        return;
      case "end":
        options.leave("close");
        return;
      default:
        redraw();
    }
  }

  async function completing(list: boolean): Promise<void> {
    const { text, at } = prompt.line;
    const facts = await options.facts().catch(() => undefined);
    // Somebody went on typing meanwhile.
    if (mode.kind !== "prompt" || prompt.line.text !== text || prompt.line.at !== at) return;
    const found = complete(text, at, {
      tree: treeOf(facts?.commands ?? []),
      tools: [...TOOL_NAMES, ...JOINING_COMMANDS, ...OWN_COMMANDS],
      names: { ...FIXED, ...facts?.names, file: options.files() },
    });
    if (found === undefined) return;
    const line = insertText(prompt.line, found.text, found.from);
    const further = line.text !== text;
    prompt = { ...prompt, line, tabbed: !further };
    if (list && !further && found.choices.length > 1) show(found);
    redraw();
  }

  function show({ choices }: Completion): void {
    const some = choices.slice(0, MOST_CHOICES);
    const rest = choices.length > some.length ? `… ${choices.length - some.length}\n` : "";
    settle();
    void terminal.write(inColumns(some.map(visibleText), terminal.columns) + rest);
  }

  function wipe(): void {
    void terminal.write(erase(drawn));
    drawn = NOTHING_DRAWN;
    void terminal.write("\x1b[2J\x1b[H").then(() => terminal.clear());
    redraw();
  }

  function typed(key: Key): void {
    if (mode.kind === "prompt") {
      atPrompt(key);
      return;
    }
    if (key.kind === "interrupt") {
      void terminal.write("^C");
      early = [];
      const { stop } = mode;
      if (mode.kind === "confirming") mode.resolve(false);
      if (mode.kind === "asking") mode.resolve(undefined);
      mode = { kind: "running", stop };
      stop.abort(new DOMException("Interrupted at the console", "AbortError"));
    } else if (mode.kind === "asking") answering(key);
    else if (mode.kind === "confirming") {
      if (key.kind !== "enter") return;
      const { stop, resolve } = mode;
      mode = { kind: "running", stop };
      resolve(true);
    } else if (key.kind === "cancel") options.leave("step");
    else early.push(key);
  }

  redraw();
  return {
    type(data) {
      for (const key of keysOf(data)) typed(key);
    },
    submit(line, run) {
      if (mode.kind !== "prompt") {
        early.push({ kind: "paste", text: line }, ...(run ? [{ kind: "enter" } as const] : []));
        return;
      }
      prompt = { ...prompt, search: undefined, line: lineWith(prompt.line, line) };
      redraw();
      if (run) atPrompt({ kind: "enter" });
    },
    insert: (text) => typed({ kind: "paste", text }),
    note(text) {
      if (mode.kind === "prompt") void terminal.write(erase(drawn));
      drawn = NOTHING_DRAWN;
      void terminal.write(text);
      redraw();
    },
    resized: redraw,
    get lines() {
      return prompt.history.lines;
    },
    forget() {
      prompt = { ...openPrompt([]), line: prompt.line };
      options.remember([]);
    },
    confirm: () =>
      new Promise((resolve) => {
        if (mode.kind === "running") mode = { kind: "confirming", stop: mode.stop, resolve };
        else resolve(false);
      }),
    clear: wipe,
  };
}
