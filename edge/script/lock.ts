import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import process from "node:process";
import { isRunning, type ProcessMark, thisProcess } from "./process-mark.ts";
import { systemCode } from "./system-error.ts";

/** Milliseconds between two looks at a lock that somebody else has. */
const PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;
/** After so long, nobody is any more about to break a lock. */
const BREAKING_MS = 5000;

/**
 * Takes the lock that the file at `path` is, as soon as the process that has it gives it back or is no more. Gives the function that gives it back,
 * which may be called more than once. Rejects with the signal's reason when it is aborted while waiting.
 */
export async function takeLock(path: string, signal?: AbortSignal): Promise<() => void> {
  for (let pause = PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    if (tryLock(path)) {
      let held = true;
      return () => {
        if (held) rmSync(path, { force: true });
        held = false;
      };
    }
    if (!isAbandoned(path) || !breakLock(path)) await sleep(pause, signal);
  }
}

/** Whether somebody has the lock. */
export function isLocked(path: string): boolean {
  const owner = ownerOf(path);
  return owner !== undefined && isRunning(owner);
}

/** Linked to its place once it says whose it is: whoever is killed meanwhile leaves no lock without an owner. */
function tryLock(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, ownText());
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    // A file system without hard links: a lock may then be left without its owner, which counts as left.
    if (code === undefined || !NO_LINKS.has(code)) throw error;
    return tryFile(path);
  } finally {
    rmSync(own, { force: true });
  }
}

const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

function tryFile(path: string): boolean {
  try {
    writeFileSync(path, ownText(), { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function ownText(): string {
  const { pid, start } = thisProcess();
  return `${pid} ${start}`;
}

function ownerOf(path: string): ProcessMark | undefined {
  try {
    const [pid = "", start = ""] = readFileSync(path, "utf8").split(" ");
    return { pid: Number(pid), start };
  } catch {
    return undefined;
  }
}

function isAbandoned(path: string): boolean {
  const owner = ownerOf(path);
  return owner !== undefined && !isRunning(owner);
}

/** One at a time, and after another look: whoever takes it meanwhile keeps it. Gives whether it is worth another try at once. */
function breakLock(path: string): boolean {
  const breaking = `${path}.break`;
  if (!tryLock(breaking)) {
    try {
      if (Date.now() - statSync(breaking).mtimeMs > BREAKING_MS) rmSync(breaking, { force: true });
    } catch {
      // Done meanwhile.
    }
    return false;
  }
  try {
    if (isAbandoned(path)) rmSync(path, { force: true });
  } finally {
    rmSync(breaking, { force: true });
  }
  return true;
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
