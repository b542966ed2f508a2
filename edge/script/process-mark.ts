import { readFileSync } from "node:fs";
import process from "node:process";
import { systemCode } from "./system-error.ts";

/** A process: its number, and when it was started, since numbers come again, in containers soon. */
export interface ProcessMark {
  readonly pid: number;
  /** In the kernel's ticks; empty where the system does not say. */
  readonly start: string;
}

/** The mark of the process that asks. */
export function thisProcess(): ProcessMark {
  own ??= { pid: process.pid, start: startOf(process.pid) };
  return own;
}

let own: ProcessMark | undefined;

/** Whether the process of that mark is there, and not another one that has its number by now. */
export function isRunning({ pid, start }: ProcessMark): boolean {
  if (!(pid > 0) || !isAlive(pid)) return false;
  const found = pid === process.pid ? thisProcess().start : startOf(pid);
  return start === "" || found === "" || found === start;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return systemCode(error) === "EPERM";
  }
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Its name, in parentheses, may hold anything; the time is the twentieth field after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
