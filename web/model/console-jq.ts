import { type Json, jsonOf, programOf, runProgram } from "./console-json.ts";
import { inputsOf, LinePrinter, type Tool, ToolError, toolFlags } from "./console-tool.ts";

/** Documents larger than this are not for a console. */
const MOST_TEXT = 64 * 1024 * 1024;

/** `jq [-r] [-c] PROGRAM [FILE…]`: of jq the access of fields. */
export const jq: Tool = async (call) => {
  const flags = toolFlags(call.args, {
    switches: "rcSsMeC",
    long: { "raw-output": "r", "compact-output": "c", "sort-keys": "S", slurp: "s" },
  });
  const [text = ".", ...names] = flags.rest;
  const program = programOf(text);
  const decoder = new TextDecoder();
  let document = "";
  for await (const chunk of inputsOf(call, names)) {
    document += decoder.decode(chunk, { stream: true });
    if (document.length > MOST_TEXT) throw new ToolError("the input is too large");
  }
  document += decoder.decode();
  const printer = new LinePrinter(call);
  const inputs: Iterable<Json> = flags.has("s") ? [[...valuesOf(document)]] : valuesOf(document);
  for (const input of inputs) {
    for (const value of runProgram(program, input)) {
      const raw = flags.has("r") && typeof value === "string";
      await printer.line(raw ? value : JSON.stringify(value, null, flags.has("c") ? 0 : 2));
    }
  }
  await printer.flush();
  return 0;
};

/** The JSON values in a text, one after the other. */
function* valuesOf(text: string): Generator<Json> {
  let depth = 0;
  let quoted = false;
  let from = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text[at] ?? " ";
    if (quoted) {
      if (char === "\\") at += 1;
      else if (char === '"') quoted = false;
      else if (at === text.length) throw new ToolError("parse error: Unfinished string at the end");
      if (quoted || depth > 0) continue;
    } else if (char === '"') {
      if (from < 0) from = at;
      quoted = true;
      continue;
    } else if (char === "{" || char === "[") {
      if (from < 0) from = at;
      depth += 1;
      continue;
    } else if (char === "}" || char === "]") {
      depth -= 1;
      if (depth > 0) continue;
    } else if (!/\s/u.test(char)) {
      if (from < 0) from = at;
      continue;
    } else if (depth > 0 || from < 0) {
      if (depth > 0 && at === text.length) throw new ToolError("parse error: Unfinished JSON at the end");
      continue;
    }
    const end = /\s/u.test(char) ? at : at + 1;
    if (from < 0) throw new ToolError(`parse error: unexpected ${char}`);
    yield jsonOf(text.slice(from, end));
    from = -1;
    depth = 0;
  }
}
