import { inputsOf, LinePrinter, linesOf, type Tool, ToolError, toolFlags } from "./console-tool.ts";

/** `wc [-lwcm] [FILE…]`: lines, words, bytes, characters. */
export const wc: Tool = async (call) => {
  const flags = toolFlags(call.args, {
    switches: "lwcm",
    long: { lines: "l", words: "w", bytes: "c", chars: "m" },
  });
  const names = flags.rest.length === 0 ? [undefined] : flags.rest;
  const asked = ["l", "w", "m", "c"].filter((letter) => flags.has(letter));
  const shown = asked.length > 0 ? asked : ["l", "w", "c"];
  const totals = new Map<string, number>();
  const rows: { readonly counts: ReadonlyMap<string, number>; readonly name: string | undefined }[] = [];
  for (const name of names) {
    const counts = new Map(["l", "w", "c", "m"].map((letter) => [letter, 0]));
    const add = (letter: string, by: number): void => {
      counts.set(letter, (counts.get(letter) ?? 0) + by);
      totals.set(letter, (totals.get(letter) ?? 0) + by);
    };
    const decoder = new TextDecoder();
    let inWord = false;
    for await (const chunk of inputsOf(call, name === undefined ? [] : [name])) {
      add("c", chunk.length);
      let lines = 0;
      for (const byte of chunk) if (byte === 10) lines += 1;
      add("l", lines);
      if (!shown.includes("w") && !shown.includes("m")) continue;
      const text = decoder.decode(chunk, { stream: true });
      let words = 0;
      let chars = 0;
      for (const char of text) {
        chars += 1;
        const blank = /\s/u.test(char);
        if (!blank && !inWord) words += 1;
        inWord = !blank;
      }
      add("w", words);
      add("m", chars);
    }
    rows.push({ counts, name });
  }
  if (rows.length > 1) rows.push({ counts: totals, name: "total" });
  const lines = rows.map(({ counts, name }) => {
    const numbers = shown.map((letter) => String(counts.get(letter) ?? 0));
    const alone = numbers.length === 1 && rows.length === 1;
    const width = name === undefined ? 7 : Math.max(2, ...numbers.map(({ length }) => length));
    return [
      ...numbers.map((number) => (alone ? number : number.padStart(width))),
      ...(name === undefined ? [] : [name]),
    ].join(" ");
  });
  await call.print(lines.map((line) => `${line}\n`).join(""));
  return 0;
};

const UNITS = " KMGTPE";

/** The number that a text begins with, of which `human` ones may have a unit. */
function numberOf(text: string, human: boolean): number {
  const match = /^\s*([+-]?\d*\.?\d+)(?:e\+?(\d+))?\s*([kKMGTPE])?/u.exec(text);
  if (match === null) return 0;
  const [, digits = "0", power = "0", unit = ""] = match;
  const value = Number(digits) * 10 ** Number(power);
  return human ? value * 1000 ** Math.max(0, UNITS.indexOf(unit.toUpperCase() || " ")) : value;
}

/** Field `from` (from 1) to the end, or to field `to`. */
function fieldsOf(
  line: string,
  [from, to]: readonly [number, number | undefined],
  separator: string | undefined,
): string {
  const fields = separator === undefined ? line.trim().split(/\s+/u) : line.split(separator);
  return fields.slice(from - 1, to).join(separator ?? " ");
}

/** `sort [-rnhfu] [-t CHAR] [-k FROM[,TO]] [FILE…]`. Code points decide, not a language. */
export const sort: Tool = async (call) => {
  const flags = toolFlags(call.args, {
    switches: "rnhfuV",
    valued: "kt",
    long: {
      reverse: "r",
      "numeric-sort": "n",
      "human-numeric-sort": "h",
      "ignore-case": "f",
      unique: "u",
      key: "k",
    },
  });
  const key = /^(\d+)(?:\.\d+)?([nrhf]*)(?:,(\d+)([nrhf]*))?$/u.exec(flags.value("k") ?? "");
  if (flags.has("k") && (key === null || key[1] === "0")) {
    throw new ToolError(`invalid key: '${flags.value("k") ?? ""}'`);
  }
  const own = `${key?.[2] ?? ""}${key?.[4] ?? ""}`;
  const has = (letter: string): boolean => flags.has(letter) || own.includes(letter);
  const range: readonly [number, number | undefined] = [
    Number(key?.[1] ?? "1"),
    key?.[3] === undefined ? undefined : Number(key[3]),
  ];
  const keyOf = (line: string): string => {
    const text = key === null ? line : fieldsOf(line, range, flags.value("t"));
    return has("f") ? text.toUpperCase() : text;
  };
  const numeric = has("n") || has("h");
  const compare = (a: string, b: string): number => {
    if (numeric) return numberOf(a, has("h")) - numberOf(b, has("h"));
    return a < b ? -1 : a > b ? 1 : 0;
  };
  const lines: { readonly line: string; readonly key: string }[] = [];
  for await (const line of linesOf(inputsOf(call, flags.rest))) lines.push({ line, key: keyOf(line) });
  const sign = has("r") ? -1 : 1;
  lines.sort(
    (a, b) =>
      sign * (compare(a.key, b.key) || (flags.has("u") ? 0 : a.line < b.line ? -1 : a.line > b.line ? 1 : 0)),
  );
  const printer = new LinePrinter(call);
  let before: string | undefined;
  for (const { line, key: own } of lines) {
    if (flags.has("u") && before !== undefined && compare(before, own) === 0) continue;
    before = own;
    await printer.line(line);
  }
  await printer.flush();
  return 0;
};

/** `uniq [-cdu] [FILE]`: of lines that repeat, one. */
export const uniq: Tool = async (call) => {
  const flags = toolFlags(call.args, { switches: "cdui", long: { count: "c", repeated: "d", unique: "u" } });
  const printer = new LinePrinter(call);
  let line: string | undefined;
  let count = 0;
  const tell = async (): Promise<void> => {
    if (line === undefined || (flags.has("d") && count < 2) || (flags.has("u") && count > 1)) return;
    await printer.line(flags.has("c") ? `${String(count).padStart(7)} ${line}` : line);
  };
  const same = (a: string, b: string): boolean =>
    flags.has("i") ? a.toLowerCase() === b.toLowerCase() : a === b;
  for await (const next of linesOf(inputsOf(call, flags.rest.slice(0, 1)))) {
    if (line !== undefined && same(line, next)) {
      count += 1;
      continue;
    }
    await tell();
    line = next;
    count = 1;
  }
  await tell();
  await printer.flush();
  return 0;
};

/** `cut -f LIST [-d CHAR]` or `cut -c LIST`. */
export const cut: Tool = async (call) => {
  const flags = toolFlags(call.args, {
    switches: "s",
    valued: "dfc",
    long: { delimiter: "d", fields: "f", characters: "c" },
  });
  const list = flags.value("f") ?? flags.value("c");
  if (list === undefined) throw new ToolError("you must specify a list of characters or fields");
  const ranges = list.split(",").map((part) => {
    const match = /^(\d*)(-?)(\d*)$/u.exec(part);
    const [, from = "", dash = "", to = ""] = match ?? [];
    if (match === null || (from === "" && to === "")) throw new ToolError(`invalid field range: '${part}'`);
    const first = from === "" ? 1 : Number(from);
    return { first, last: dash === "" ? first : to === "" ? Number.POSITIVE_INFINITY : Number(to) };
  });
  const wanted = (_: string, index: number): boolean =>
    ranges.some(({ first, last }) => index + 1 >= first && index + 1 <= last);
  const separator = flags.value("d") ?? "\t";
  const printer = new LinePrinter(call);
  for await (const line of linesOf(inputsOf(call, flags.rest))) {
    if (!flags.has("f")) await printer.line(Array.from(line).filter(wanted).join(""));
    else if (line.includes(separator))
      await printer.line(line.split(separator).filter(wanted).join(separator));
    else if (!flags.has("s")) await printer.line(line);
  }
  await printer.flush();
  return 0;
};

/** `awk '[/PATTERN/|NR>1] {print $1, $2}'`: of awk what recipes with docker use. */
export const awk: Tool = async (call) => {
  const flags = toolFlags(call.args, { valued: "F" });
  const [program = "", ...names] = flags.rest;
  const match =
    /^\s*(?:NR\s*(>=?|==|!=)\s*(\d+)|\/((?:[^/\\]|\\.)+)\/)?\s*(?:\{\s*print\b\s*([^{}]*?)\s*;?\s*\})?\s*$/u.exec(
      program,
    );
  const list = match?.[4] ?? "$0";
  const parts = list.match(/\$\d+|\$NF|NR|,|"[^"\\]*"/gu) ?? [];
  const known = parts.join("") === list.replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/gu, "");
  if (match === null || program.trim() === "" || !known) {
    throw new ToolError(
      "this console knows only print of fields: awk '{print $1, $3}', awk 'NR>1 {print $3}'",
    );
  }
  const [, relation, bound = "0", expression] = match;
  const pattern = expression === undefined ? undefined : new RegExp(expression.replaceAll("\\/", "/"), "u");
  const printer = new LinePrinter(call);
  let number = 0;
  for await (const line of linesOf(inputsOf(call, names))) {
    number += 1;
    if (pattern?.test(line) === false || !holds(number, relation, Number(bound))) continue;
    const fields =
      flags.value("F") === undefined ? line.trim().split(/\s+/u) : line.split(flags.value("F") ?? " ");
    const text = parts.map((part) => {
      if (part === ",") return " ";
      if (part.startsWith('"')) return part.slice(1, -1);
      if (part === "NR") return String(number);
      if (part === "$NF") return fields.at(-1) ?? "";
      return part === "$0" ? line : (fields[Number(part.slice(1)) - 1] ?? "");
    });
    await printer.line(text.join(""));
  }
  await printer.flush();
  return 0;
};

function holds(number: number, relation: string | undefined, bound: number): boolean {
  switch (relation) {
    case ">":
      return number > bound;
    case ">=":
      return number >= bound;
    case "==":
      return number === bound;
    case "!=":
      return number !== bound;
    default:
      return true;
  }
}
