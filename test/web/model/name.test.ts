import { describe, expect, it } from "vitest";
import { baseName, downloadName, nameParts, visibleName, visibleText } from "../../../web/model/name.ts";

describe("a name out of an image", () => {
  it("stays as it is when all of it can be seen", () => {
    expect(nameParts("résumé 数据.txt")).toEqual([{ text: "résumé 数据.txt", hidden: false }]);
    expect(nameParts("")).toEqual([{ text: "", hidden: false }]);
  });

  it("has bidirectional overrides spelled out", () => {
    expect(nameParts("a\u202egnp.exe")).toEqual([
      { text: "a", hidden: false },
      { text: "U+202E", hidden: true },
      { text: "gnp.exe", hidden: false },
    ]);
  });

  it.each([
    ["a\nb", "a‹\\n›b"],
    ["a\u0000b", "a‹\\x00›b"],
    ["\u200bhidden", "‹U+200B›hidden"],
    ["x\u2066y\u2069", "x‹U+2066›y‹U+2069›"],
    ["\u001b[31mred", "‹\\x1b›[31mred"],
  ])("%j reads %s", (name, visible) => {
    expect(visibleName(name)).toBe(visible);
  });

  it("in running text keeps its tabs and line breaks", () => {
    expect(visibleText("a\n\tb\u202ec")).toBe("a\n\tb‹U+202E›c");
  });
});

describe("a download name", () => {
  it.each([
    ["passwd", "", "passwd"],
    ["a/b\\c:d", "", "a_b_c_d"],
    ["..", "", "_"],
    [".", ".tar", "_.tar"],
    [".bashrc", "", ".bashrc"],
    ["CON", "", "_CON"],
    ["nul.txt", "", "_nul.txt"],
    ["name. . ", "", "name"],
    ["", ".zip", "_.zip"],
    ["a\u202egnp.exe", "", "a_gnp.exe"],
    ["line\nbreak", "", "line_break"],
  ])("of %j with %j is %j", (name, extension, safe) => {
    expect(downloadName(name, extension)).toBe(safe);
  });

  it("is at most 120 characters and keeps its extension", () => {
    const safe = downloadName(`${"x".repeat(400)}.json`);
    expect(safe).toHaveLength(120);
    expect(safe.endsWith(".json")).toBe(true);
    expect(downloadName("y".repeat(400), ".tar")).toHaveLength(120);
  });
});

it("a base name is the last component", () => {
  expect(["/etc/passwd", "/usr/", "/", "x"].map(baseName)).toEqual(["passwd", "usr", "/", "x"]);
});
