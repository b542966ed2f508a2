import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
    if (!isAbandoned(path) || !breakLock(path)) await sleep(pause, signal);
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

/** A process: its number, and when it was started, since numbers come again, in containers soon. */
interface Owner {
  readonly pid: number;
  readonly start: string;
}

/** Linked to its place once it says whose it is: whoever is killed meanwhile leaves no lock without an owner. */
function tryLock(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}`);
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
    writeFileSync(path, `${process.pid} ${startOf(process.pid)}`, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function ownerOf(path: string): Owner | undefined {
  try {
    const [pid = "", start = ""] = readFileSync(path, "utf8").split(" ");
    return { pid: Number(pid), start };
  } catch {
    return undefined;
  }
}

/** When a process was started, in the kernel's ticks; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Its name, in parentheses, may hold anything; the time is the twentieth field after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function isAbandoned(path: string): boolean {
  const owner = ownerOf(path);
  if (owner === undefined) return false;
  const { pid, start } = owner;
  if (!(pid > 0) || !isAlive(pid)) return true;
  const found = startOf(pid);
  return start !== "" && found !== "" && found !== start;
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
