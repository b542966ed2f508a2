import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import { env, execPath } from "node:process";

const ROOT = resolve(import.meta.dirname, "../..");
const DENO = join(ROOT, "node_modules/deno/deno");

/** What runs Docker's commands over files, by runtime: the first words of a command line. */
export const RUNTIMES: readonly { readonly runtime: string; readonly words: readonly string[] }[] = [
  { runtime: "Node", words: [execPath, join(ROOT, ".ci/docker.mjs")] },
  ...(existsSync(DENO)
    ? [{ runtime: "Deno", words: [DENO, "run", "--allow-all", "--quiet", join(ROOT, "edge/script/main.ts")] }]
    : []),
];

/** What a command said, and how it ended. */
export interface Said {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exit: number | null;
}

/** Where commands are called. */
export interface ScriptPlace {
  readonly home: string;
  readonly folder: string;
  readonly words?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Starts a command; its standard input is the file `stdin`, or empty. */
export function startScript(place: ScriptPlace, args: readonly string[], stdin?: string): ChildProcess {
  const [command = "", ...first] = place.words ?? RUNTIMES[0]?.words ?? [];
  const input = stdin === undefined ? undefined : openSync(stdin, "r");
  try {
    return spawn(command, [...first, ...args], {
      cwd: ROOT,
      env: { ...env, INIT_CWD: place.folder, BREAKBULK_HOME: place.home, ...place.env },
      stdio: [input ?? "ignore", "pipe", "pipe"],
    });
  } finally {
    if (input !== undefined) closeSync(input);
  }
}

/** Runs a command to its end. */
export function script(place: ScriptPlace, args: readonly string[], stdin?: string): Promise<Said> {
  const child = startScript(place, args, stdin);
  return new Promise((settle, fail) => {
    const stdout: Buffer[] = [];
    let stderr = "";
    child.stdout?.on("data", (chunk: Buffer) => void stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => void (stderr += chunk.toString()));
    child.on("error", fail);
    child.on("close", (exit) => settle({ stdout: Buffer.concat(stdout), stderr, exit }));
  });
}

/** Runs a command that must succeed; gives its standard output as text, without the line end. */
export async function scriptText(
  place: ScriptPlace,
  args: readonly string[],
  stdin?: string,
): Promise<string> {
  const { stdout, stderr, exit } = await script(place, args, stdin);
  if (exit !== 0) throw new Error(`docker ${args.join(" ")} ended with ${exit}: ${stderr}`);
  return stdout.toString().trimEnd();
}
