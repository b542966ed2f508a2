import { CoreError } from "../error.ts";
import { DOCUMENT_LIMITS, type DocumentLimits } from "./limits.ts";

/**
 * A JSON value whose objects are Maps: keys stay in document order, and `__proto__` or `constructor` are keys like any other.
 */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** Object of a {@link JsonValue}. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A parsed document, and what was doubtful about its text. */
export interface JsonDocument {
  readonly value: JsonValue;
  /** Keys that came twice in one object; the last one won, as in Go. The OCI specification forbids them. */
  readonly duplicateKeys: readonly string[];
  /** Some bytes were not UTF-8 and became U+FFFD, as in Go. */
  readonly lossy: boolean;
}

/** What the readers of documents take. */
export interface DocumentOptions {
  /** What the document is called in messages: a member path, a digest. */
  readonly document: string;
  readonly limits?: DocumentLimits | undefined;
  /** Bounds several documents together; each one takes what it reads. */
  readonly budget?: ValueBudget | undefined;
}

/** How many JSON values may still be read. */
export interface ValueBudget {
  left: number;
}

/**
 * The value of a JSON text, read without recursion. RFC 8259, but for bytes that are not UTF-8 and
 * keys that come twice, which are let through and reported: an image must open where Docker opens it.
 * @throws CoreError `oci/json` naming the document and the character, `bytes/limit` when it is too large or too deep, or has too many values.
 */
export function parseJson(bytes: Uint8Array, options: DocumentOptions): JsonDocument {
  const limit = options.limits?.bytes ?? DOCUMENT_LIMITS.bytes;
  if (bytes.length > limit) {
    throw new CoreError(
      "bytes/limit",
      `Cannot parse ${options.document}: it has ${bytes.length} bytes, expected at most ${limit}`,
      { document: options.document, size: bytes.length, limit },
    );
  }
  // A BOM is kept and refused, as Go does.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const lossy = text.includes("\ufffd") && !isUtf8(bytes);
  return { ...new JsonReader(text, options).read(), lossy };
}

/** What the inside of a string stands for; `undefined` when an escape is malformed. */
function unescape(inside: string): string | undefined {
  try {
    const string: unknown = JSON.parse(`"${inside}"`);
    return typeof string === "string" ? string : undefined;
  } catch {
    return undefined;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** Most characters of a number. Patterns are kept off unbounded text: engines recurse in one that repeats. */
const TOKEN_LIMIT = 1000;
const LITERALS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

type Open = JsonValue[] | { readonly map: Map<string, JsonValue>; key: string };

/** One reading of one text; the stack of open containers takes the place of recursion. */
class JsonReader {
  readonly #text: string;
  readonly #options: DocumentOptions;
  readonly #duplicates = new Set<string>();
  #at = 0;
  #left: number;

  constructor(text: string, options: DocumentOptions) {
    this.#text = text;
    this.#options = options;
    this.#left = options.limits?.values ?? DOCUMENT_LIMITS.values;
  }

  read(): { readonly value: JsonValue; readonly duplicateKeys: readonly string[] } {
    const stack: Open[] = [];
    const deepest = this.#options.limits?.depth ?? DOCUMENT_LIMITS.depth;
    for (;;) {
      let value: JsonValue;
      this.#count();
      const next = this.#peek();
      if (next === "[" || next === "{") {
        if (stack.length >= deepest) {
          throw new CoreError(
            "bytes/limit",
            `Cannot parse ${this.#options.document} at character ${this.#at}: more than ${deepest} levels deep`,
            { document: this.#options.document, offset: this.#at, limit: deepest },
          );
        }
        this.#at++;
        const open: Open = next === "[" ? [] : { map: new Map(), key: "" };
        if (this.#peek() !== (next === "[" ? "]" : "}")) {
          if (!Array.isArray(open)) open.key = this.#key(open.map);
          stack.push(open);
          continue;
        }
        this.#at++;
        value = Array.isArray(open) ? open : open.map;
      } else {
        value = this.#scalar(next);
      }
      // The value is complete: put it where it belongs, and close what it completes.
      for (;;) {
        const open = stack.at(-1);
        if (open === undefined) {
          if (this.#peek() !== undefined) throw this.#unexpected("the end");
          return { value, duplicateKeys: [...this.#duplicates] };
        }
        if (Array.isArray(open)) open.push(value);
        else open.map.set(open.key, value);
        const close = Array.isArray(open) ? "]" : "}";
        const after = this.#peek();
        if (after === ",") {
          this.#at++;
          if (!Array.isArray(open)) open.key = this.#key(open.map);
          break;
        }
        if (after !== close) throw this.#unexpected(`"," or "${close}"`);
        this.#at++;
        stack.pop();
        value = Array.isArray(open) ? open : open.map;
      }
    }
  }

  /** Takes one more value out of what is allowed. */
  #count(): void {
    const { limits, budget } = this.#options;
    if (budget !== undefined && budget.left-- <= 0) {
      throw this.#tooMany("the documents of its archive have more values together than are read", {});
    }
    if (this.#left-- > 0) return;
    const limit = limits?.values ?? DOCUMENT_LIMITS.values;
    throw this.#tooMany(`more than ${limit} values`, { limit });
  }

  #tooMany(what: string, detail: { readonly [key: string]: string | number }): CoreError {
    const { document } = this.#options;
    return new CoreError("bytes/limit", `Cannot parse ${document} at character ${this.#at}: ${what}`, {
      document,
      offset: this.#at,
      ...detail,
    });
  }

  /** The next character that is no space, `undefined` at the end. */
  #peek(): string | undefined {
    for (;;) {
      const next = this.#text[this.#at];
      if (next !== " " && next !== "\n" && next !== "\t" && next !== "\r") return next;
      this.#at++;
    }
  }

  #key(map: ReadonlyMap<string, JsonValue>): string {
    if (this.#peek() !== '"') throw this.#unexpected("a key");
    const key = this.#string();
    if (this.#peek() !== ":") throw this.#unexpected('":"');
    this.#at++;
    if (map.has(key)) this.#duplicates.add(key);
    return key;
  }

  #scalar(next: string | undefined): JsonValue {
    if (next === '"') return this.#string();
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    let end = this.#at;
    while (
      end < this.#text.length &&
      end - this.#at <= TOKEN_LIMIT &&
      "+-.0123456789Ee".includes(this.#text[end]!)
    )
      end++;
    const token = this.#text.slice(this.#at, end);
    if (token.length > TOKEN_LIMIT || !NUMBER.test(token)) throw this.#unexpected("a value");
    this.#at = end;
    return Number(token);
  }

  #string(): string {
    const start = this.#at + 1;
    let escaped = false;
    for (let end = start; ; end++) {
      const code = this.#text.charCodeAt(end);
      if (code === 0x22) {
        const inside = this.#text.slice(start, end);
        const string = escaped ? unescape(inside) : inside;
        if (string === undefined) throw this.#unexpected("a string with valid escapes");
        this.#at = end + 1;
        return string;
      }
      // NaN at the end of the text fails this comparison as well.
      if (!(code >= 0x20)) throw this.#unexpected("a string that ends");
      if (code === 0x5c) {
        escaped = true;
        end++;
      }
    }
  }

  #unexpected(expected: string): CoreError {
    const { document } = this.#options;
    const found = this.#at >= this.#text.length ? "the end" : JSON.stringify(this.#text[this.#at]);
    return new CoreError(
      "oci/json",
      `Cannot parse ${document} at character ${this.#at}: found ${found}, expected ${expected}`,
      { document, offset: this.#at, found, expected },
    );
  }
}
