import { describe, expect, it } from "vitest";
import { createFormat, scaleBytes } from "../../../web/model/format.ts";

const english = createFormat("en");
const chinese = createFormat("zh-CN");

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [78_123_456, "78.1 MB"],
    [2_000_000_000, "2 GB"],
    [Number.MAX_SAFE_INTEGER, "9.01 PB"],
  ])("%d bytes read %s", (bytes, text) => {
    expect(english.bytes(bytes).replace("\u00a0", " ")).toBe(text);
  });

  it("never show four digits", () => {
    for (let bytes = 1; bytes < 1e15; bytes *= 1.7) expect(scaleBytes(bytes).amount).toBeLessThan(999.5);
  });
});

describe("words", () => {
  it("take the plural that the language has", () => {
    const forms = { one: "file", other: "files" };
    expect([0, 1, 2].map((count) => english.plural(count, forms))).toEqual(["files", "file", "files"]);
    expect(chinese.plural(1, forms)).toBe("files");
  });

  it("group the digits of a count", () => {
    expect(english.count(1_234_567)).toBe("1,234,567");
  });

  it("give a time no calendar has a sign or its number", () => {
    expect(english.stamp(1e20)).toBe("–");
    expect(english.moment(1e20)).toBe("100000000000000000000");
  });

  it("time in milliseconds below a second", () => {
    expect(english.took(0.2)).toBe("1\u00a0ms");
    expect(english.took(1234)).toBe("1.23\u00a0s");
  });
});
