import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { type JsonValue, parseJson } from "../../../core/oci/mod.ts";
import { seeded } from "../../support/random.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): JsonValue => parseJson(encode(text), { document: "d" }).value;

/** What `JSON.parse` makes of it, with Maps for objects. */
function mapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, mapped(item)]));
  }
  return value;
}

function failure(bytes: Uint8Array, limits = {}): { code: string; message: string } {
  try {
    parseJson(bytes, { document: "d", limits });
  } catch (error) {
    if (isCoreError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parseJson", () => {
  it.each([
    "0",
    "-0",
    "1.5e3",
    "-12.25E-2",
    "true",
    "false",
    "null",
    '""',
    '"a"',
    "[]",
    "{}",
    " [ ] ",
    "[1,2,[3,[]]]",
    '{"a":{"b":[null,true]},"c":""}',
    '"\\u00e9\\n\\"\\\\\\/"',
    '"\\ud83d\\udea2 🚢"',
    '{"a":1}\n',
  ])("reads %s as JSON.parse does", (text) => {
    expect(parse(text)).toEqual(mapped(JSON.parse(text)));
  });

  it("reads what JSON.stringify writes of seeded values", () => {
    const random = seeded(11);
    const made = (depth: number): unknown => {
      const kind = Math.floor(random() * (depth > 4 ? 4 : 6));
      if (kind === 0) return random() * 10 ** Math.floor(random() * 30 - 10);
      if (kind === 1)
        return String.fromCodePoint(...Array.from({ length: 5 }, () => Math.floor(random() * 0xd7ff)));
      if (kind === 2) return random() < 0.5;
      if (kind === 3) return null;
      const items = Array.from({ length: Math.floor(random() * 5) }, () => made(depth + 1));
      return kind === 4 ? items : Object.fromEntries(items.map((item, index) => [`k${index}`, item]));
    };
    for (let round = 0; round < 300; round++) {
      const value = made(0);
      expect(parse(JSON.stringify(value, null, round % 3))).toEqual(mapped(value));
    }
  });

  it.each([
    ["", "Cannot parse d at character 0: found the end, expected a value"],
    ["nul", 'Cannot parse d at character 0: found "n", expected a value'],
    ["[1,]", 'Cannot parse d at character 3: found "]", expected a value'],
    ["[1 2]", 'Cannot parse d at character 3: found "2", expected "," or "]"'],
    ['{"a" 1}', 'Cannot parse d at character 5: found "1", expected ":"'],
    ["{a:1}", 'Cannot parse d at character 1: found "a", expected a key'],
    ['{"a":1,}', 'Cannot parse d at character 7: found "}", expected a key'],
    ['"a', 'Cannot parse d at character 0: found "\\"", expected a string that ends'],
    ['"a\nb"', 'Cannot parse d at character 0: found "\\"", expected a string that ends'],
    ['"\\x"', 'Cannot parse d at character 0: found "\\"", expected a string with valid escapes'],
    ['"\\', 'Cannot parse d at character 0: found "\\"", expected a string that ends'],
    ["01", 'Cannot parse d at character 0: found "0", expected a value'],
    ["+1", 'Cannot parse d at character 0: found "+", expected a value'],
    ["1 1", 'Cannot parse d at character 2: found "1", expected the end'],
    ["{}{}", 'Cannot parse d at character 2: found "{", expected the end'],
    ["[", "Cannot parse d at character 1: found the end, expected a value"],
    ['{"a":', "Cannot parse d at character 5: found the end, expected a value"],
    ["\ufeff{}", 'Cannot parse d at character 0: found "\ufeff", expected a value'],
    ["NaN", 'Cannot parse d at character 0: found "N", expected a value'],
  ])("refuses %j and says where", (text, message) => {
    expect(failure(encode(text))).toEqual({ code: "oci/json", message });
  });

  it("keeps __proto__ and constructor as keys like any other", () => {
    const value = parse('{"__proto__":{"x":1},"constructor":2}');
    expect(value).toEqual(
      new Map<string, JsonValue>([
        ["__proto__", new Map([["x", 1]])],
        ["constructor", 2],
      ]),
    );
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("keeps the order of keys that look like numbers", () => {
    const value = parse('{"b":0,"10":0,"9":0}');
    expect(value instanceof Map && [...value.keys()]).toEqual(["b", "10", "9"]);
  });

  it("lets the last of equal keys win and names them", () => {
    const found = parseJson(encode('{"a":1,"a":2,"b":{"c":1,"c":3}}'), { document: "d" });
    expect(found.duplicateKeys).toEqual(["a", "c"]);
    expect(found.value).toEqual(
      new Map<string, JsonValue>([
        ["a", 2],
        ["b", new Map([["c", 3]])],
      ]),
    );
  });

  it("replaces bytes that are not UTF-8 and says so", () => {
    const found = parseJson(Uint8Array.of(0x22, 0xff, 0x22), { document: "d" });
    expect(found).toEqual({ value: "\ufffd", duplicateKeys: [], lossy: true });
    expect(parseJson(encode('"\ufffd"'), { document: "d" }).lossy).toBe(false);
  });

  it("stops at its limits of bytes and depth", () => {
    expect(failure(encode("[1,2,3]"), { bytes: 6 })).toEqual({
      code: "bytes/limit",
      message: "Cannot parse d: it has 7 bytes, expected at most 6",
    });
    expect(failure(encode("[[[]]]"), { depth: 2 }).code).toBe("bytes/limit");
    expect(failure(encode("[".repeat(1_000_000))).code).toBe("bytes/limit");
    expect(failure(encode('{"a":'.repeat(200_000))).code).toBe("bytes/limit");
  });

  it("reads long strings, numbers and runs of spaces without recursion", () => {
    expect(parse(`"${"a".repeat(2_000_000)}"`)).toHaveLength(2_000_000);
    expect(parse(`"${"\\n".repeat(500_000)}"`)).toHaveLength(500_000);
    expect(parse(`[${" ".repeat(2_000_000)}]`)).toEqual([]);
    expect(failure(encode("1".repeat(2_000_000))).code).toBe("oci/json");
    expect(parse(`[${"0,".repeat(200_000)}0]`)).toHaveLength(200_001);
  });
});
