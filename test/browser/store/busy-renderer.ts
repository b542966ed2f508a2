import { readdirSync, readFileSync } from "node:fs";

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Processor time. */
  readonly ticks: number;
}

function processes(): ProcessLine[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/stat`, "utf8");
        // After the name of the program, which may hold anything: state, parent, and from the 12th on user and system time.
        const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            command,
            ticks: Number(fields[11]) + Number(fields[12]),
          },
        ];
      } catch {
        return [];
      }
    });
}

/** The renderers of the browser with this profile, and of no other, with the processor time that each has used. */
export function renderers(profile: string): ReadonlyMap<number, number> {
  const all = processes();
  const ours = new Set(all.filter(({ command }) => command.includes(profile)).map(({ pid }) => pid));
  for (let before = -1; before !== ours.size; ) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  const found = all.filter(({ pid, command }) => ours.has(pid) && command.includes("--type=renderer"));
  return new Map(found.map(({ pid, ticks }) => [pid, ticks]));
}

/** The one of `before` that has worked most since: others are the browser's spares, and idle. */
export function busiest(profile: string, before: ReadonlyMap<number, number>): number {
  const now = renderers(profile);
  const worked = [...before].map(([pid, ticks]) => ({ pid, worked: (now.get(pid) ?? 0) - ticks }));
  return worked.sort((a, b) => b.worked - a.worked)[0].pid;
}
