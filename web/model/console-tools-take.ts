import {
  inputsOf,
  LinePrinter,
  linesOf,
  type Tool,
  ToolError,
  toolCount,
  toolFlags,
} from "./console-tool.ts";

/** `cat [-n] [FILE…]`: files one after the other. */
export const cat: Tool = async (call) => {
  const flags = toolFlags(call.args, { switches: "nu", long: { number: "n" } });
  if (!flags.has("n")) {
    for await (const chunk of inputsOf(call, flags.rest)) await call.print(chunk);
    return 0;
  }
  const printer = new LinePrinter(call);
  let number = 0;
  for await (const line of linesOf(inputsOf(call, flags.rest))) {
    number += 1;
    await printer.line(`${String(number).padStart(6)}\t${line}`);
  }
  await printer.flush();
  return 0;
};

const AMOUNTS = { valued: "nc", switches: "qv", long: { lines: "n", bytes: "c" }, number: "n" } as const;

/** `head [-n LINES | -c BYTES] [FILE…]`. */
export const head: Tool = async (call) => {
  const flags = toolFlags(call.args, AMOUNTS);
  const bytes = flags.value("c");
  if (bytes !== undefined) {
    let left = toolCount(bytes, "bytes");
    for await (const chunk of inputsOf(call, flags.rest)) {
      if (left > 0) await call.print(chunk.slice(0, left));
      left -= chunk.length;
      if (left <= 0) break;
    }
    return 0;
  }
  let left = toolCount(flags.value("n") ?? "10", "lines");
  const printer = new LinePrinter(call);
  if (left > 0) {
    for await (const line of linesOf(inputsOf(call, flags.rest))) {
      await printer.line(line);
      left -= 1;
      if (left === 0) break;
    }
  }
  await printer.flush();
  return 0;
};

/** `tail [-n LINES | -n +LINE | -c BYTES] [FILE…]`. */
export const tail: Tool = async (call) => {
  const flags = toolFlags(call.args, AMOUNTS);
  const input = inputsOf(call, flags.rest);
  const bytes = flags.value("c");
  if (bytes !== undefined) {
    const keep = toolCount(bytes, "bytes");
    let held: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    for await (const chunk of input) {
      held.push(chunk);
      size += chunk.length;
      while (held[0] !== undefined && size - held[0].length >= keep) {
        size -= held[0].length;
        held = held.slice(1);
      }
    }
    let skip = Math.max(0, size - keep);
    for (const chunk of held) {
      await call.print(chunk.subarray(Math.min(skip, chunk.length)));
      skip = Math.max(0, skip - chunk.length);
    }
    return 0;
  }
  const text = flags.value("n") ?? "10";
  const printer = new LinePrinter(call);
  if (text.startsWith("+")) {
    let skip = Math.max(1, toolCount(text.slice(1), "lines")) - 1;
    for await (const line of linesOf(input)) {
      if (skip > 0) skip -= 1;
      else await printer.line(line);
    }
    await printer.flush();
    return 0;
  }
  const keep = toolCount(text.replace(/^-/u, ""), "lines");
  const ring: string[] = [];
  let count = 0;
  for await (const line of linesOf(input)) {
    if (keep > 0) ring[count % keep] = line;
    count += 1;
  }
  for (let index = Math.max(0, count - keep); index < count; index += 1) {
    await printer.line(ring[index % keep] ?? "");
  }
  await printer.flush();
  return 0;
};

const SPECIAL = /[.*+?^${}()|[\]\\]/gu;

/** A pattern as `grep` takes it: basic expressions have `+ ? { } ( ) |` as plain characters and with a backslash as special ones. */
function grepPattern(text: string, kind: "fixed" | "basic" | "extended"): string {
  if (kind === "fixed") return text.replaceAll(SPECIAL, "\\$&");
  if (kind === "extended") return text;
  return text
    .replaceAll(/\\?[+?{}()|]/gu, (found) => (found.length === 2 ? found.slice(1) : `\\${found}`))
    .replace(/^\*/u, "\\*");
}

/** Names of sets within brackets. */
const CLASSES: Readonly<Record<string, string>> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  space: "\\s",
  upper: "A-Z",
  lower: "a-z",
  xdigit: "0-9a-fA-F",
  punct: "!-\\/:-@\\[-`{-~",
};

/** `grep [-EFivwxcnoq] [-e PATTERN] PATTERN [FILE…]`. */
export const grep: Tool = async (call) => {
  const flags = toolFlags(call.args, {
    switches: "EFGPivwxcnoqhs",
    valued: "em",
    long: {
      "extended-regexp": "E",
      "fixed-strings": "F",
      "ignore-case": "i",
      "invert-match": "v",
      "word-regexp": "w",
      "line-regexp": "x",
      count: "c",
      "line-number": "n",
      "only-matching": "o",
      quiet: "q",
      regexp: "e",
      "max-count": "m",
      color: "h",
      colour: "h",
    },
  });
  const given = flags.values("e");
  const patterns = given.length > 0 ? given : flags.rest.slice(0, 1);
  if (patterns.length === 0)
    throw new ToolError("no pattern given\nUsage: grep [OPTION]... PATTERNS [FILE]...");
  const kind = flags.has("F") ? "fixed" : flags.has("E") || flags.has("P") ? "extended" : "basic";
  let source = patterns
    .flatMap((pattern) => pattern.split("\n"))
    .map((pattern) => `(?:${grepPattern(pattern, kind)})`)
    .join("|")
    .replaceAll(/\[:(\w+):\]/gu, (whole, name: string) => CLASSES[name] ?? whole);
  if (flags.has("w")) source = `(?<!\\w)(?:${source})(?!\\w)`;
  if (flags.has("x")) source = `^(?:${source})$`;
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, flags.has("i") ? "gi" : "g");
  } catch (error) {
    throw new ToolError(`bad pattern: ${error instanceof Error ? error.message : String(error)}`);
  }
  const most =
    flags.value("m") === undefined ? Number.POSITIVE_INFINITY : toolCount(flags.value("m") ?? "", "lines");
  const printer = new LinePrinter(call);
  let number = 0;
  let count = 0;
  for await (const line of linesOf(inputsOf(call, given.length > 0 ? flags.rest : flags.rest.slice(1)))) {
    number += 1;
    pattern.lastIndex = 0;
    if (pattern.test(line) === flags.has("v")) continue;
    count += 1;
    if (flags.has("q")) return 0;
    const place = flags.has("n") ? `${number}:` : "";
    if (flags.has("c")) {
      // Only counted.
    } else if (flags.has("o") && !flags.has("v")) {
      pattern.lastIndex = 0;
      for (const [match] of line.matchAll(pattern)) if (match !== "") await printer.line(place + match);
    } else await printer.line(place + line);
    if (count >= most) break;
  }
  if (flags.has("c")) await printer.line(String(count));
  await printer.flush();
  return count > 0 ? 0 : 1;
};
