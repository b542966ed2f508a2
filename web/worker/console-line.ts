import type { Input, Output } from "../../core/command/mod.ts";
import type { ConsoleQuestion, PageFile, WantedFile } from "../model/console.ts";
import { type PipedCommand, parseCommands, type Redirection } from "../model/console-parse.ts";
import { isThere, pagePath } from "../model/console-path.ts";
import { filesRead } from "../model/console-reads.ts";
import { streamOfChunks } from "../model/console-tool.ts";
import { expandWords } from "./console-expand.ts";
import { Pipe } from "./console-pipe.ts";
import type { Screen } from "./console-screen.ts";
import { EXIT, fileOutput, meaningOf, runStage, type StageHost, type Streams } from "./console-stage.ts";

/** What a command line runs with. */
export interface LineHost extends StageHost {
  readonly screen: Screen;
  /** Files of the page: their paths. */
  paths(): Promise<readonly string[]>;
  ask(question: ConsoleQuestion): Promise<string | undefined>;
  pick(wanted: WantedFile): Promise<readonly PageFile[] | undefined>;
}

/** Most that commands within `$(…)` may print. */
const MOST_PRINTED = 4 * 1024 * 1024;

/** Substitutions within substitutions. */
const MOST_DEPTH = 8;

/** Runs a line: steps one after the other, the commands of a pipeline side by side. Gives the exit code of the last. */
export async function runLine(text: string, host: LineHost, signal: AbortSignal): Promise<number> {
  const terminal: Streams = {
    stdin: typedInput(host),
    stdout: host.screen.output(true),
    stderr: host.screen.output(true),
    signal,
  };
  const code = await runText(text, host, terminal, 0);
  await host.screen.drawn();
  return code;
}

async function runText(text: string, host: LineHost, streams: Streams, depth: number): Promise<number> {
  const { stderr, signal } = streams;
  const { steps, problem } = parseCommands(text);
  if (problem !== undefined) {
    await stderr.write(`syntax error near unexpected token \`${problem.near}'\n`);
    return EXIT.misuse;
  }
  let code = 0;
  for (const { when, commands } of steps) {
    if (signal.aborted) return EXIT.interrupted;
    if ((when === "success" && code !== 0) || (when === "failure" && code === 0)) continue;
    code = await runPipeline(commands, host, streams, depth);
    if (signal.aborted) code = EXIT.interrupted;
  }
  return code;
}

/** One command of a pipeline, ready to run. */
interface Ready {
  readonly words: readonly string[];
  readonly streams: Streams;
  /** Ends what it writes into and reads from. */
  readonly end: (code: number) => Promise<void>;
}

async function runPipeline(
  commands: readonly PipedCommand[],
  host: LineHost,
  streams: Streams,
  depth: number,
): Promise<number> {
  const ready: Ready[] = [];
  let stdin = streams.stdin;
  let before: Pipe | undefined;
  for (const [index, command] of commands.entries()) {
    const gone = new AbortController();
    const signal = AbortSignal.any([streams.signal, gone.signal]);
    const pipe = index === commands.length - 1 ? undefined : new Pipe(() => gone.abort());
    const from = before;
    const own: Streams = { stdin, stdout: pipe ?? streams.stdout, stderr: streams.stderr, signal };
    const prepared = await prepare(command, host, own, depth);
    if (typeof prepared === "number") return prepared;
    ready.push({
      ...prepared,
      async end(code) {
        await prepared.end(code);
        pipe?.end();
        from?.close();
      },
    });
    if (pipe !== undefined) {
      stdin = { terminal: false, stream: () => streamOfChunks(pipe.read()) };
      before = pipe;
    }
  }
  const codes = await Promise.all(
    ready.map(async ({ words, streams: own, end }) => {
      const code = await runStage(words, own, host);
      await end(code);
      return code;
    }),
  );
  return codes.at(-1) ?? 0;
}

/** A command with its words expanded, its redirections open and its files there, or the exit code when that fails. */
async function prepare(
  { words, redirections }: PipedCommand,
  host: LineHost,
  streams: Streams,
  depth: number,
): Promise<Ready | number> {
  const printed = (text: string): Promise<string> => captured(text, host, streams, depth);
  const expanded = await expandWords(words, printed);
  const ends: ((good: boolean) => Promise<void>)[] = [];
  let { stdin, stdout, stderr } = streams;
  try {
    for (const redirection of redirections) {
      if (redirection.kind === "merge") {
        stderr = stdout;
        continue;
      }
      const path = await targetOf(redirection, printed);
      if (redirection.kind === "read") {
        stdin = await fileInput(path, host);
        continue;
      }
      const { output, end } = await fileOutput(host.files, path, redirection.kind === "append");
      ends.push(end);
      if (redirection.of !== "err") stdout = output;
      if (redirection.of !== "out") stderr = output;
    }
  } catch (error) {
    await streams.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const meaning = meaningOf(expanded, host);
  if (meaning.kind === "docker") {
    for (const wanted of filesRead(meaning.argv)) await fetchFile(wanted, host);
  }
  return {
    words: expanded,
    streams: { ...streams, stdin, stdout, stderr },
    async end(code) {
      for (const end of ends) await end(code === 0);
    },
  };
}

async function targetOf(
  { target }: Redirection,
  printed: (command: string) => Promise<string>,
): Promise<string> {
  const fields = target === undefined ? [] : await expandWords([target], printed);
  const [path] = fields;
  if (path === undefined || fields.length > 1) throw new Error("ambiguous redirect");
  return path;
}

async function fileInput(path: string, host: LineHost): Promise<Input> {
  if (path === "/dev/null") return { terminal: false, stream: () => new Blob([]).stream() };
  await fetchFile({ path, kind: "file" }, host);
  if (!(await host.files.has(path))) throw new Error(`${path}: No such file or directory`);
  const { source } = await host.files.open(path);
  return { terminal: false, stream: () => source.stream(), source: async () => source };
}

/** Asks for a file that is not among those of the page. */
async function fetchFile(wanted: WantedFile, host: LineHost): Promise<void> {
  const place = pagePath(wanted.path);
  const paths = await host.paths();
  if (place === "" ? paths.length > 0 : isThere(place, paths) || (await host.files.has(wanted.path))) return;
  await host.screen.drawn();
  const picked = await host.pick(wanted);
  if (picked !== undefined) await host.files.add(picked);
}

/** What a line within `$(…)` prints. */
async function captured(text: string, host: LineHost, streams: Streams, depth: number): Promise<string> {
  if (depth >= MOST_DEPTH) throw new RangeError(`more than ${MOST_DEPTH} substitutions within each other`);
  const decoder = new TextDecoder();
  let all = "";
  const stdout: Output = {
    terminal: false,
    columns: 80,
    write(chunk) {
      all += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      if (all.length > MOST_PRINTED) throw new RangeError("a substitution prints more than 4 MiB");
    },
  };
  await runText(text, host, { ...streams, stdout }, depth + 1);
  return all;
}

/** What somebody types, line by line, until Ctrl-D. */
function typedInput(host: LineHost): Input {
  const encoder = new TextEncoder();
  return {
    terminal: true,
    stream: () =>
      new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          async pull(controller) {
            await host.screen.drawn();
            const line = await host.ask({ hidden: false });
            if (line === undefined) controller.close();
            else controller.enqueue(encoder.encode(`${line}\n`));
          },
        },
        { highWaterMark: 0 },
      ),
  };
}
