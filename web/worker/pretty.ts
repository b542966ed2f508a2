/** Everything of a JSON text that is one token: a string, a mark, or a run of what numbers and words are made of. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/gy;
const SPACE = /\s*/y;

/** Deepest nesting that is indented: deeper lines would be longer by indentation than by content. */
const DEEPEST = 64;

/**
 * A JSON text with a line for each member and two spaces for each level. Only white space changes: numbers, escapes, the order of keys and
 * keys that come twice stay as written. A text that is no JSON comes back as it is.
 */
export function prettyJson(text: string): string {
  const out: string[] = [];
  const open: string[] = [];
  const line = (): string => `\n${"  ".repeat(Math.min(open.length, DEEPEST))}`;
  let at = 0;
  let empty = false;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
    if (at >= text.length) break;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return text;
    at += token.length;
    if (token === "}" || token === "]") {
      if (open.pop() !== (token === "}" ? "{" : "[")) return text;
      out.push(empty ? token : line() + token);
      empty = false;
      continue;
    }
    if (empty) out.push(line());
    empty = token === "{" || token === "[";
    if (empty) open.push(token);
    if (token === ",") out.push(",", line());
    else out.push(token === ":" ? ": " : token);
  }
  return open.length > 0 ? text : out.join("");
}
