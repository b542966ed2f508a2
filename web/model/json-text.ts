/** A stretch of JSON text of one kind. `digest` is a string that holds a digest and nothing else. */
export interface JsonToken {
  readonly kind: "key" | "string" | "number" | "word" | "digest" | "plain";
  readonly text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/gu;
const DIGEST = /^"(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})"$/u;

/** The tokens of one line of JSON; what is not JSON comes out plain. */
export function jsonTokens(line: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  let from = 0;
  for (const match of line.matchAll(TOKEN)) {
    if (match.index > from) tokens.push({ kind: "plain", text: line.slice(from, match.index) });
    const [whole, string, colon] = match;
    from = match.index + whole.length;
    if (string === undefined) {
      tokens.push({ kind: /^[tfn]/u.test(whole) ? "word" : "number", text: whole });
    } else if (colon === undefined) {
      tokens.push({ kind: DIGEST.test(string) ? "digest" : "string", text: string });
    } else {
      tokens.push({ kind: "key", text: string }, { kind: "plain", text: colon });
    }
  }
  if (from < line.length) tokens.push({ kind: "plain", text: line.slice(from) });
  return tokens;
}
