type Expecting = "value" | "key-or-end" | "key" | "colon" | "after-value" | "value-or-end";

const LITERALS: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };
const SPACE = /[ \t\r\n]/;
/** What stands at the end of a text that stops too early. */
const END = "unexpected end of JSON input";

/**
 * What Go says of a text that is not JSON: the first character that cannot stand where it stands, and where that is. `undefined` when it is JSON.
 * @see Go's encoding/json, scanner.go
 */
export function jsonFlaw(text: string): string | undefined {
  const nesting: ("{" | "[")[] = [];
  let expecting: Expecting = "value";
  let at = 0;
  const invalid = (where: string): string => `invalid character ${shown(text, at)} ${where}`;
  while (at < text.length) {
    const char = text[at]!;
    if (SPACE.test(char)) {
      at++;
      continue;
    }
    if (expecting === "after-value") {
      const inside = nesting.at(-1);
      if (inside === undefined) return invalid("after top-level value");
      if (char === ",") expecting = inside === "{" ? "key" : "value";
      else if (char === (inside === "{" ? "}" : "]")) nesting.pop();
      else return invalid(inside === "{" ? "after object key:value pair" : "after array element");
      at++;
      continue;
    }
    if (expecting === "colon") {
      if (char !== ":") return invalid("after object key");
      expecting = "value";
      at++;
      continue;
    }
    if (expecting === "key" || expecting === "key-or-end") {
      if (char === "}" && expecting === "key-or-end") {
        nesting.pop();
        at++;
        expecting = "after-value";
        continue;
      }
      if (char !== '"') return invalid("looking for beginning of object key string");
      const next = stringEnd(text, at);
      if (typeof next === "string") return next;
      at = next;
      expecting = "colon";
      continue;
    }
    if (char === "{" || char === "[") {
      nesting.push(char);
      expecting = char === "{" ? "key-or-end" : "value-or-end";
      at++;
      continue;
    }
    if (char === "]" && expecting === "value-or-end") {
      nesting.pop();
      at++;
      expecting = "after-value";
      continue;
    }
    const next = scalarEnd(text, at);
    if (next === undefined) return invalid("looking for beginning of value");
    if (typeof next === "string") return next;
    at = next;
    expecting = "after-value";
  }
  return expecting === "after-value" && nesting.length === 0 ? undefined : END;
}

/** Where a string, number or literal ends; what is wrong with it; `undefined` when none begins here. */
function scalarEnd(text: string, at: number): number | string | undefined {
  const char = text[at]!;
  if (char === '"') return stringEnd(text, at);
  const literal = LITERALS[char];
  if (literal !== undefined) {
    for (let letter = 1; letter < literal.length; letter++) {
      if (text[at + letter] === undefined) return END;
      if (text[at + letter] !== literal[letter])
        return `invalid character ${shown(text, at + letter)} in literal ${literal} (expecting '${literal[letter]}')`;
    }
    return at + literal.length;
  }
  if (char !== "-" && !/\d/.test(char)) return undefined;
  return numberEnd(text, at);
}

function numberEnd(text: string, start: number): number | string {
  let at = start;
  const need = (where: string): string | undefined => {
    if (text[at] === undefined) return END;
    return /\d/.test(text[at]!) ? undefined : `invalid character ${shown(text, at)} ${where}`;
  };
  const digits = (): void => {
    while (/\d/.test(text[at] ?? "")) at++;
  };
  if (text[at] === "-") at++;
  const first = need("in numeric literal");
  if (first !== undefined) return first;
  if (text[at] === "0") at++;
  else digits();
  if (text[at] === ".") {
    at++;
    const flaw = need("after decimal point in numeric literal");
    if (flaw !== undefined) return flaw;
    digits();
  }
  if (text[at] === "e" || text[at] === "E") {
    at++;
    if (text[at] === "+" || text[at] === "-") at++;
    const flaw = need("in exponent of numeric literal");
    if (flaw !== undefined) return flaw;
    digits();
  }
  return at;
}

function stringEnd(text: string, start: number): number | string {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return at + 1;
    if (char < " ") return `invalid character ${shown(text, at)} in string literal`;
    if (char !== "\\") continue;
    at++;
    const escape = text[at];
    if (escape === undefined) return END;
    if (escape === "u") {
      for (let digit = 0; digit < 4; digit++) {
        at++;
        if (text[at] === undefined) return END;
        if (!/[0-9a-fA-F]/.test(text[at]!))
          return `invalid character ${shown(text, at)} in \\u hexadecimal character escape`;
      }
    } else if (!'bfnrt\\/"'.includes(escape))
      return `invalid character ${shown(text, at)} in string escape code`;
  }
  return END;
}

/** A character as Go quotes it. */
function shown(text: string, at: number): string {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0xfffd);
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  const code = char.codePointAt(0)!;
  if (code < 0x20 || code === 0x7f) {
    const short = { 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }[code];
    return `'${short ?? `\\x${code.toString(16).padStart(2, "0")}`}'`;
  }
  return char === "\\" ? "'\\\\'" : `'${char}'`;
}
