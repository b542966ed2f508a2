import type { LineEdit } from "./console-line.ts";

/** What was pressed in the console. */
export type Key =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "edit"; readonly edit: LineEdit }
  | {
      readonly kind:
        | "enter"
        | "tab"
        | "up"
        | "down"
        | "first"
        | "last"
        | "search"
        | "interrupt"
        | "end"
        | "clear"
        | "cancel"
        | "lastWord";
    };

const edit = (name: LineEdit): Key => ({ kind: "edit", edit: name });

/** Keys by what a terminal sends for them, as readline binds them. */
const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ["\r", { kind: "enter" }],
  ["\n", { kind: "enter" }],
  ["\t", { kind: "tab" }],
  ["\x01", edit("home")],
  ["\x02", edit("left")],
  ["\x03", { kind: "interrupt" }],
  ["\x04", { kind: "end" }],
  ["\x05", edit("end")],
  ["\x06", edit("right")],
  ["\x07", { kind: "cancel" }],
  ["\x08", edit("eraseLeft")],
  ["\x0b", edit("cutToEnd")],
  ["\x0c", { kind: "clear" }],
  ["\x0e", { kind: "down" }],
  ["\x10", { kind: "up" }],
  ["\x12", { kind: "search" }],
  ["\x14", edit("swap")],
  ["\x15", edit("cutToStart")],
  ["\x17", edit("cutBlankLeft")],
  ["\x19", edit("yank")],
  ["\x7f", edit("eraseLeft")],
  ["\x1b", { kind: "cancel" }],
  ["\x1b[A", { kind: "up" }],
  ["\x1b[B", { kind: "down" }],
  ["\x1b[C", edit("right")],
  ["\x1b[D", edit("left")],
  ["\x1bOA", { kind: "up" }],
  ["\x1bOB", { kind: "down" }],
  ["\x1bOC", edit("right")],
  ["\x1bOD", edit("left")],
  ["\x1b[H", edit("home")],
  ["\x1b[F", edit("end")],
  ["\x1bOH", edit("home")],
  ["\x1bOF", edit("end")],
  ["\x1b[1~", edit("home")],
  ["\x1b[4~", edit("end")],
  ["\x1b[3~", edit("eraseRight")],
  ["\x1b[3;5~", edit("cutWordRight")],
  ["\x1b[1;5C", edit("wordRight")],
  ["\x1b[1;5D", edit("wordLeft")],
  ["\x1b[1;3C", edit("wordRight")],
  ["\x1b[1;3D", edit("wordLeft")],
  ["\x1bf", edit("wordRight")],
  ["\x1bb", edit("wordLeft")],
  ["\x1bd", edit("cutWordRight")],
  ["\x1b\x7f", edit("cutWordLeft")],
  ["\x1b\x08", edit("cutWordLeft")],
  ["\x1b.", { kind: "lastWord" }],
  ["\x1b<", { kind: "first" }],
  ["\x1b>", { kind: "last" }],
]);

const PASTE = "\x1b[200~";
const PASTE_END = "\x1b[201~";

/** One sequence, of whatever kind: answers of a terminal to what hostile output asked it are among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal speaks in them
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[P\]X^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[^[OP\]X^_]|$)/su;

/** Text without what a terminal would take for a command. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal speaks in them
// oxlint-disable-next-line no-control-regex
const TEXT = /^[^\x00-\x1f\x7f]+/u;

/** The keys in what a terminal sent at once; what nothing is bound to is left out. */
export function keysOf(sent: string): readonly Key[] {
  const keys: Key[] = [];
  let rest = sent;
  while (rest !== "") {
    if (rest.startsWith(PASTE)) {
      const end = rest.indexOf(PASTE_END);
      const pasted = rest.slice(PASTE.length, end < 0 ? undefined : end);
      keys.push({ kind: "paste", text: pastedText(pasted) });
      rest = end < 0 ? "" : rest.slice(end + PASTE_END.length);
      continue;
    }
    const text = TEXT.exec(rest)?.[0];
    if (text !== undefined) {
      keys.push({ kind: "text", text });
      rest = rest.slice(text.length);
      continue;
    }
    const sequence = SEQUENCE.exec(rest)?.[0] ?? rest.slice(0, 1);
    const key = KEYS.get(sequence);
    if (key !== undefined) keys.push(key);
    rest = rest.slice(sequence.length);
  }
  return keys;
}

/** What is pasted, as a line takes it: line breaks as such, no control characters, and none of the prompts that manuals print before commands. */
export function pastedText(text: string): string {
  return (
    text
      .replaceAll(/\r\n?/gu, "\n")
      .replaceAll("\t", "    ")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\x00-\x09\x0b-\x1f\x7f]/gu, "")
      .replace(/\n+$/u, "")
      .replaceAll(/^[$#] (?=\S)/gmu, "")
  );
}
