import type { Input, Output } from "../../core/command/mod.ts";
import { isCoreError } from "../../core/error.ts";
import type { JOINING_COMMANDS } from "../model/console.ts";
import { type Chunks, ToolError } from "../model/console-tool.ts";
import { TOOLS } from "../model/console-tools.ts";
import type { FolderFiles } from "./console-files.ts";
import { PipeClosed } from "./console-pipe.ts";

/** The streams of one command. */
export interface Streams {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signal: AbortSignal;
}

/** What runs one command of a pipeline. */
export interface StageHost {
  readonly files: FolderFiles;
  /** Verbs that need no `docker` before them. */
  readonly verbs: ReadonlySet<string>;
  /** Commands that the page answers. */
  readonly own: ReadonlySet<string>;
  docker(argv: readonly string[], streams: Streams, env: Readonly<Record<string, string>>): Promise<number>;
  answer(words: readonly string[]): Promise<{ readonly text: string; readonly code: number }>;
}

/** Exit codes of a shell. */
export const EXIT = { misuse: 2, unknown: 127, interrupted: 130, closed: 141 } as const;

/** Most that a command's words may come to when `xargs` gathers them. */
const MOST_WORDS = 100_000;

/** What a command line makes of its first words: a docker command, one of the page's, a tool. */
export type Meaning =
  | {
      readonly kind: "docker";
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly kind: "own" | "tool" | "joining" | "unknown"; readonly words: readonly string[] };

/** What `words` mean: `docker` may stand before a verb or not, and settings such as `DOCKER_DEFAULT_PLATFORM=linux/arm64` before both. */
export function meaningOf(words: readonly string[], host: Pick<StageHost, "verbs" | "own">): Meaning {
  const env: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at += 1) {
    const setting = /^([A-Za-z_]\w*)=(.*)$/su.exec(words[at] ?? "");
    if (setting?.[1] !== undefined) env[setting[1]] = setting[2] ?? "";
    else if (words[at] !== "sudo") break;
  }
  const rest = words.slice(at);
  const [name = "", second] = rest;
  if (name === "docker") return { kind: "docker", argv: rest.slice(1), env };
  if (host.own.has(name) && !(host.verbs.has(name) && second !== undefined))
    return { kind: "own", words: rest };
  if (isJoining(name)) return { kind: "joining", words: rest };
  if (host.verbs.has(name)) return { kind: "docker", argv: rest, env };
  if (Object.hasOwn(TOOLS, name)) return { kind: "tool", words: rest };
  return { kind: "unknown", words: rest };
}

/** Runs one command; gives its exit code, whatever happens. */
export async function runStage(words: readonly string[], streams: Streams, host: StageHost): Promise<number> {
  const { stdout, stderr, signal } = streams;
  const meaning = meaningOf(words, host);
  const name = meaning.kind === "docker" ? "docker" : (meaning.words[0] ?? "");
  try {
    switch (meaning.kind) {
      case "docker":
        return await host.docker(meaning.argv, streams, meaning.env);
      case "own": {
        const { text, code } = await host.answer(meaning.words);
        await stdout.write(text);
        return code;
      }
      case "tool":
        return await runTool(meaning.words, streams, host.files);
      case "joining":
        return await JOINING[isJoining(name) ? name : "tee"](meaning.words, streams, host);
      default:
        if (name === "") return 0;
        await stderr.write(`${name}: command not found\n`);
        return EXIT.unknown;
    }
  } catch (error) {
    if (error instanceof PipeClosed || signal.aborted) return EXIT.closed;
    const text = error instanceof Error ? error.message : String(error);
    await stderr.write(isCoreError(error) ? `${text}\n` : `${name}: ${text}\n`);
    return error instanceof ToolError ? EXIT.misuse : 1;
  }
}

/** The bytes of standard input. */
export async function* inputChunks(stdin: Input): Chunks {
  const reader = stdin.stream().getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function runTool(
  [name = "", ...args]: readonly string[],
  { stdin, stdout, stderr, signal }: Streams,
  files: FolderFiles,
): Promise<number> {
  const tool = TOOLS[name];
  if (tool === undefined) return EXIT.unknown;
  return tool({
    args,
    input: inputChunks(stdin),
    open: async (path) => {
      if (!(await files.has(path))) throw new ToolError(`${path}: No such file or directory`);
      const { source } = await files.open(path);
      return inputChunks({ terminal: false, stream: () => source.stream() });
    },
    print: async (chunk) => {
      signal.throwIfAborted();
      await stdout.write(chunk);
    },
    warn: async (text) => stderr.write(text),
    signal,
  });
}

/** `tee [-a] FILE…`. */
async function tee(
  [, ...args]: readonly string[],
  { stdin, stdout }: Streams,
  { files }: StageHost,
): Promise<number> {
  const append = args.includes("-a");
  const sinks = await Promise.all(
    args.filter((arg) => arg !== "-a").map((path) => fileOutput(files, path, append)),
  );
  for await (const chunk of inputChunks(stdin)) {
    await stdout.write(chunk);
    for (const { output } of sinks) await output.write(chunk);
  }
  for (const sink of sinks) await sink.end(true);
  return 0;
}

/** `time COMMAND…`. */
async function time([, ...words]: readonly string[], streams: Streams, host: StageHost): Promise<number> {
  const from = performance.now();
  const code = await runStage(words, streams, host);
  await streams.stderr.write(`real ${((performance.now() - from) / 1000).toFixed(3)}s\n`);
  return code;
}

/** `xargs [-r] [-n N] [-I WORD] COMMAND…`. */
async function xargs(words: readonly string[], streams: Streams, host: StageHost): Promise<number> {
  let at = 1;
  let most = MOST_WORDS;
  let mark: string | undefined;
  for (; words[at]?.startsWith("-"); at += 1) {
    const [flag = "", value] = [words[at]?.slice(0, 2), words[at]?.slice(2)];
    const given = (): string => (value === undefined || value === "" ? (words[(at += 1)] ?? "") : value);
    if (flag === "-n") most = Math.max(1, Number(given()) || 1);
    else if (flag === "-I") mark = given();
    else if (flag !== "-r" && words[at] !== "--no-run-if-empty")
      throw new ToolError(`invalid option ${words[at] ?? ""}`);
  }
  const command = words.slice(at);
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of inputChunks(streams.stdin)) text += decoder.decode(chunk, { stream: true });
  const items = text.split(mark === undefined ? /\s+/u : /\n+/u).filter((item) => item !== "");
  const empty: Input = { terminal: false, stream: () => new Blob([]).stream() };
  let worst = 0;
  // GNU runs a command without arguments once when there are none; nobody wants docker rmi without any.
  while (items.length > 0 && !streams.signal.aborted) {
    const some = items.splice(0, mark === undefined ? most : 1);
    const [item = ""] = some;
    const line =
      mark === undefined ? [...command, ...some] : command.map((word) => word.replaceAll(mark, item));
    const code = await runStage(
      line.length === 0 ? ["echo", ...some] : line,
      { ...streams, stdin: empty },
      host,
    );
    // As xargs says it.
    if (code !== 0) worst = code === EXIT.unknown ? code : 123;
  }
  return worst;
}

/** Commands that run others or write files. */
const JOINING: {
  readonly [name in (typeof JOINING_COMMANDS)[number]]: (
    words: readonly string[],
    streams: Streams,
    host: StageHost,
  ) => Promise<number>;
} = { tee, time, xargs };

function isJoining(name: string): name is keyof typeof JOINING {
  return Object.hasOwn(JOINING, name);
}

/** An output that a whole file can be put into, unread. */
export interface FileOutput extends Output {
  /** Takes bytes that lie in a Blob in the place of all others; `false` when some have been written, or stand before them. */
  take(blob: Blob): boolean;
}

/** Whether an output is a file. */
export function isFileOutput(output: Output): output is FileOutput {
  return "take" in output;
}

/** An output into a file of the page, which shows once it is ended. */
export async function fileOutput(
  files: FolderFiles,
  path: string,
  append: boolean,
): Promise<{ readonly output: FileOutput; readonly end: (good: boolean) => Promise<void> }> {
  const old = append && (await files.has(path)) ? await files.open(path) : undefined;
  const sink = await files.create(path);
  const encoder = new TextEncoder();
  let written = false;
  let whole: Blob | undefined;
  if (old !== undefined) {
    for await (const chunk of inputChunks({ terminal: false, stream: () => old.source.stream() }))
      await sink.write(chunk);
  }
  return {
    output: {
      terminal: false,
      columns: 80,
      async write(chunk) {
        written ||= chunk.length > 0;
        await sink.write(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      },
      take(blob) {
        if (written || old !== undefined || path.startsWith("/dev/")) return false;
        whole = blob;
        return true;
      },
    },
    async end(good) {
      if (whole !== undefined) await files.place(path, whole);
      else if (written || good) await sink.commit();
      await sink.abort();
    },
  };
}
