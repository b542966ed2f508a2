import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const ORACLE = resolve("../shared/oracle");

/** Why the real engines are not asked; `undefined` when they are. */
export const ENGINES_ABSENT: string | undefined = !existsSync(ORACLE)
  ? "the engines are not beside the project"
  : process.env["BREAKBULK_ENGINES"] === "1"
    ? undefined
    : "set BREAKBULK_ENGINES=1 to ask real engines";

/** What a command did. */
export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export function run(command: string, ...args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024, encoding: "buffer" }, (error, stdout, stderr) => {
      const exit = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      done({ exit, stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8") });
    });
  });
}

/** The same, with output as bytes in Latin-1, for what is hashed. */
export function runRaw(command: string, ...args: readonly string[]): Promise<Buffer | undefined> {
  return new Promise((done) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024, encoding: "buffer" }, (error, stdout) =>
      done(error === null ? stdout : undefined),
    );
  });
}

/** Starts an engine with an empty store. */
export async function startEngine(name: string): Promise<void> {
  const { exit, stderr } = await run(`${ORACLE}/start.sh`, "-e", name);
  if (exit !== 0) throw new Error(`${name} does not start: ${stderr}`);
}

/** Stops an engine that {@link startEngine} started. */
export async function stopEngine(name: string): Promise<void> {
  await run(`${ORACLE}/stop.sh`, name);
}

/** Runs the docker command of an engine's own version. */
export const docker = (engine: string, ...args: readonly string[]): Promise<Ran> =>
  run(`${ORACLE}/engine.sh`, engine, ...args);
