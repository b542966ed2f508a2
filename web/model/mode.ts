import type { NodeType } from "./engine.ts";

const LETTER: Readonly<Record<NodeType, string>> = {
  file: "-",
  dir: "d",
  symlink: "l",
  link: "-",
  char: "c",
  block: "b",
  fifo: "p",
  other: "?",
};

/** `0644`, `4755`: the low twelve bits of a mode. */
export function octalMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

/** `drwxr-xr-x` as `ls -l` writes it, setuid, setgid and sticky bits included. */
export function symbolicMode(type: NodeType, mode: number): string {
  let text = LETTER[type];
  for (const shift of [6, 3, 0]) {
    const bits = (mode >> shift) & 7;
    text += bits & 4 ? "r" : "-";
    text += bits & 2 ? "w" : "-";
    const special = mode & (shift === 6 ? 0o4000 : shift === 3 ? 0o2000 : 0o1000);
    const mark = shift === 0 ? "t" : "s";
    if (special) text += bits & 1 ? mark : mark.toUpperCase();
    else text += bits & 1 ? "x" : "-";
  }
  return text;
}
