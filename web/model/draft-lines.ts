import type { CommitRequest } from "./drafts.ts";
import type { ShellLine } from "./kept-lines.ts";
import { shellWord } from "./shell-line.ts";

const docker = (line: string): readonly ShellLine[] => [{ tool: "docker", line }];

/** `docker diff`. */
export function diffLines(name: string): readonly ShellLine[] {
  return docker(`docker diff ${shellWord(name)}`);
}

/** `docker cp` out of a draft. */
export function copyOutLines(name: string, path: string): readonly ShellLine[] {
  return docker(`docker cp ${shellWord(`${name}:${path}`)} .`);
}

/** `docker cp` into a draft. */
export function copyInLines(name: string, folder: string): readonly ShellLine[] {
  return docker(`docker cp FILE ${shellWord(`${name}:${folder.endsWith("/") ? folder : `${folder}/`}`)}`);
}

/** `docker commit`. */
export function commitLines(
  name: string,
  { names, message, author, changes }: CommitRequest,
): readonly ShellLine[] {
  const words = [
    ...(author ? ["-a", shellWord(author)] : []),
    ...(message ? ["-m", shellWord(message)] : []),
    ...changes.flatMap((change) => ["-c", shellWord(change)]),
    shellWord(name),
    ...names.map(shellWord),
  ];
  return docker(`docker commit ${words.join(" ")}`);
}

/** `docker rename`. */
export function renameLines(from: string, to: string): readonly ShellLine[] {
  return docker(`docker rename ${shellWord(from)} ${shellWord(to)}`);
}
