import { describe, expect, it } from "vitest";
import { prettyJson } from "../../../web/worker/pretty.ts";

describe("prettyJson", () => {
  it("puts every member on a line of its own", () => {
    expect(prettyJson('{"a":[1,2],"b":{}, "c":[ ]}')).toBe(
      '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": []\n}',
    );
  });

  it("agrees with JSON.stringify where values survive a round trip", () => {
    const value = { s: 'a"\\{[,:]}', n: [1, -2.5, null, true], o: { deep: [[[]], [{}]] }, "": "" };
    expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
    expect(prettyJson(JSON.stringify(value, undefined, 7))).toBe(JSON.stringify(value, undefined, 2));
  });

  it("keeps numbers, escapes and keys that come twice as they are written", () => {
    expect(prettyJson('{"n":12345678901234567890.10,"e":1E+2,"u":"\\u003c","n":0}')).toBe(
      '{\n  "n": 12345678901234567890.10,\n  "e": 1E+2,\n  "u": "\\u003c",\n  "n": 0\n}',
    );
  });

  it("gives back a text that is no JSON as it is", () => {
    for (const text of ['{"a":', "]", '{"a"]', '"open', '{"a\\']) expect(prettyJson(text)).toBe(text);
  });

  it("does not recurse: twenty thousand levels come back", () => {
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    expect(prettyJson(deep).replaceAll(/\s/g, "")).toBe(deep);
  });
});
