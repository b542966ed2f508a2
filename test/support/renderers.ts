import { readdirSync, readFileSync } from "node:fs";

/** A process. */
export interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function running(): Running[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/stat`, "utf8");
        // After the name of the program, which may hold anything: state, parent.
        const parent = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, "utf8") }];
      } catch {
        return [];
      }
    });
}

/** The processes of the browser with this profile, and of no other. */
export function processesOf(profile: string): readonly Running[] {
  const all = running();
  const ours = new Set(all.filter(({ command }) => command.includes(profile)).map(({ pid }) => pid));
  for (let before = -1; before !== ours.size; ) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all.filter(({ pid }) => ours.has(pid));
}

/** Process numbers of its renderers. */
export function renderersOf(profile: string): readonly number[] {
  return processesOf(profile).flatMap(({ pid, command }) =>
    command.includes("--type=renderer") ? [pid] : [],
  );
}
