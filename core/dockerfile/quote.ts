const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\u000b": "\\v",
};

/** `text` in double quotes as Go's `%q` writes it: what cannot be printed is escaped. @see https://pkg.go.dev/strconv#Quote */
export function goQuote(text: string): string {
  let quoted = "";
  for (const char of text) quoted += NAMED[char] ?? (isPrint(char) ? char : escaped(char.codePointAt(0)!));
  return `"${quoted}"`;
}

const isPrint = (char: string): boolean => char === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);

function escaped(code: number): string {
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x1_0000
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\U${code.toString(16).padStart(8, "0")}`;
}
