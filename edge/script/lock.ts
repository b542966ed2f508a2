import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import process from "node:process";
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
    if (isAbandoned(path)) breakLock(path);
    else await sleep(pause, signal);
  }
}

/** Whether somebody has the lock. */
export function isLocked(path: string): boolean {
  return ownerOf(path) !== undefined && !isAbandoned(path);
}

/** Whether the process of that number is there. */
export function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return systemCode(error) === "EPERM";
  }
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Between a lock's creation and its content there is a moment in which it has no owner. */
function isAbandoned(path: string): boolean {
  const owner = ownerOf(path);
  return owner !== undefined && owner > 0 && !isAlive(owner);
}

/** One at a time, and after another look: whoever takes it meanwhile keeps it. */
function breakLock(path: string): void {
  const breaking = `${path}.break`;
  if (!tryLock(breaking)) {
    try {
      if (Date.now() - statSync(breaking).mtimeMs > BREAKING_MS) rmSync(breaking, { force: true });
    } catch {
      // Done meanwhile.
    }
    return;
  }
  try {
    if (isAbandoned(path)) rmSync(path, { force: true });
  } finally {
    rmSync(breaking, { force: true });
  }
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
