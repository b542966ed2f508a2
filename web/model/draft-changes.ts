import type { DraftSettings } from "./drafts.ts";

/** What the form of a commit holds, as text. */
export interface CommitFields {
  readonly cmd: string;
  readonly entrypoint: string;
  readonly user: string;
  readonly workingDir: string;
  readonly env: string;
  readonly ports: string;
  readonly volumes: string;
  readonly labels: string;
  /** Further instructions, one per line. */
  readonly lines: string;
}

/** The form filled with what a container says. */
export function fieldsOf(settings: DraftSettings): CommitFields {
  return {
    cmd: listText(settings.cmd),
    entrypoint: listText(settings.entrypoint),
    user: settings.user,
    workingDir: settings.workingDir,
    env: settings.env.join("\n"),
    ports: settings.ports.join("\n"),
    volumes: settings.volumes.join("\n"),
    labels: settings.labels.map(([name, value]) => `${name}=${value}`).join("\n"),
    lines: "",
  };
}

const listText = (list: readonly string[]): string =>
  list.length === 0 ? "" : JSON.stringify(list).replaceAll('","', '", "');

const linesOf = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** The `--change` instructions that make of what was what the form says; what the form leaves out stays, as it does with Docker. */
export function changeLines(before: CommitFields, after: CommitFields): readonly string[] {
  const changes: string[] = [];
  const single = (key: "cmd" | "entrypoint" | "user" | "workingDir", word: string, empty = ""): void => {
    const value = after[key].trim();
    if (value === before[key].trim()) return;
    if (value !== "" || empty !== "") changes.push(`${word} ${value === "" ? empty : value}`);
  };
  const added = (key: "env" | "ports" | "volumes" | "labels"): readonly string[] => {
    const known = new Set(linesOf(before[key]));
    return linesOf(after[key]).filter((line) => !known.has(line));
  };
  // An entrypoint drops the command, so it comes before.
  single("entrypoint", "ENTRYPOINT", "[]");
  single("cmd", "CMD", "[]");
  single("user", "USER");
  single("workingDir", "WORKDIR");
  for (const line of added("env")) changes.push(`ENV ${pair(line)}`);
  for (const line of added("ports")) changes.push(`EXPOSE ${line}`);
  for (const line of added("volumes")) changes.push(`VOLUME ${JSON.stringify([line])}`);
  for (const line of added("labels")) changes.push(`LABEL ${pair(line)}`);
  return [...changes, ...linesOf(after.lines)];
}

/** Whether the form leaves out what was there, which a commit cannot take away. */
export function leavesOut(before: CommitFields, after: CommitFields): boolean {
  return (["env", "ports", "volumes", "labels"] as const).some((key) => {
    const names = new Set(linesOf(after[key]).map(nameOf));
    return linesOf(before[key]).some((line) => !names.has(nameOf(line)));
  });
}

const nameOf = (line: string): string => line.split("=", 1)[0] ?? line;

/** `NAME=value` with its value in quotes where it needs them; a backslash or a dollar in it is one. */
function pair(line: string): string {
  const equals = line.indexOf("=");
  if (equals < 0) return `${line}=`;
  const value = line.slice(equals + 1);
  return /^[\w./:@%+,-]*$/u.test(value)
    ? line
    : `${line.slice(0, equals)}="${value.replaceAll(/["\\$]/gu, (letter) => `\\${letter}`)}"`;
}
