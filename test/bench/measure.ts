import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Report } from "./task.ts";

/** One contender: a shell line, or a task of ours on a runtime. */
export interface Contender {
  readonly label: string;
  readonly command: string;
  /** The command prints a {@link Report} itself (process start is not counted); otherwise the whole process is timed. */
  readonly reports: boolean;
}

/** Medians over the runs. */
export interface Measured {
  readonly label: string;
  readonly wallMs: number;
  readonly peakBytes: number | undefined;
  readonly found: number | undefined;
}

/** Runs all contenders in turn, `turns` times after one warm-up, so that a drift of the machine hits all alike. */
export async function measure(contenders: readonly Contender[], turns: number): Promise<readonly Measured[]> {
  const all = new Map<string, Report[]>();
  for (let turn = -1; turn < turns; turn++) {
    for (const contender of contenders) {
      const report = await once(contender);
      if (turn >= 0) all.set(contender.label, [...(all.get(contender.label) ?? []), report]);
    }
  }
  return contenders.map(({ label, reports }) => {
    const runs = all.get(label) ?? [];
    const peak = Math.max(...runs.map((run) => run.peakBytes));
    return {
      label,
      wallMs: median(runs.map((run) => run.wallMs)),
      peakBytes: peak > 0 ? peak : undefined,
      found: reports ? runs[0]?.found : undefined,
    };
  });
}

async function once({ command, reports, label }: Contender): Promise<Report> {
  const start = performance.now();
  const child = spawn("bash", ["-c", `set -o pipefail; ${command}`], { stdio: ["ignore", "pipe", "pipe"] });
  let peakBytes = 0;
  // A peer does not say how much memory it took; the kernel's high-water mark is read while it lives.
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOfTree(child.pid));
  }, 20);
  let out = "";
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (reports) out += chunk.toString();
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const status = await new Promise<number | null>((done) => child.on("close", done));
  clearInterval(watch);
  if (status !== 0) throw new Error(`${label} ended with status ${status}: ${errors.slice(0, 500)}`);
  const wallMs = performance.now() - start;
  return reports ? reportOf(out) : { wallMs, cpuMs: 0, peakBytes, found: bytes };
}

/** What a task printed. */
function reportOf(line: string): Report {
  const report: Report = JSON.parse(line);
  return report;
}

/** High-water mark of resident memory of a process and its children, summed; 0 where /proc does not tell. */
function peakOfTree(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    const own = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    return own + children.reduce((sum, child) => sum + peakOfTree(Number(child)), 0);
  } catch {
    return 0;
  }
}

/** The middle of `values`; of an even number the lower one of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN;
}
