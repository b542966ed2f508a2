import { describe, expect, it } from "vitest";
import { jsonFlaw } from "../../../core/command/json-flaw.ts";

const END = "unexpected end of JSON input";

describe("jsonFlaw", () => {
  it.each([
    ["", END],
    ["{", END],
    ['{"a', END],
    ['{"a":', END],
    ["[1,", END],
    ["-", END],
    ["1.", END],
    ["1e", END],
    ["tru", END],
    ['"\\u12', END],
    ["x", "invalid character 'x' looking for beginning of value"],
    ["[,", "invalid character ',' looking for beginning of value"],
    ["{]", "invalid character ']' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 2}', "invalid character '2' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["{} x", "invalid character 'x' after top-level value"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ["01", "invalid character '1' after top-level value"],
    ["-x", "invalid character 'x' in numeric literal"],
    ["1.x", "invalid character 'x' after decimal point in numeric literal"],
    ["1ex", "invalid character 'x' in exponent of numeric literal"],
    ["nul1", "invalid character '1' in literal null (expecting 'l')"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ["\u0000", "invalid character '\\x00' looking for beginning of value"],
  ])("of %j", (text, flaw) => {
    expect(jsonFlaw(text)).toBe(flaw);
  });

  it.each(["{}", "[]", ' { "a" : [ 1 , -0.5e+3 , "\\u00e4\\n" , true , null ] } \n', "0", '""'])(
    "of %j is none",
    (text) => {
      expect(jsonFlaw(text)).toBeUndefined();
      expect(() => JSON.parse(text)).not.toThrow();
    },
  );
});
