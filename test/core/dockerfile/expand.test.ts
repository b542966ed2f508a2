import { describe, expect, it } from "vitest";
import { expandWord, formatDuration, goQuote, parseDuration } from "../../../core/dockerfile/mod.ts";

const expand = (word: string, values: Readonly<Record<string, string>> = {}): string =>
  expandWord(word, (name) => (Object.hasOwn(values, name) ? values[name] : undefined)).value;

describe("substitution", () => {
  it.each([
    ["${FOO-aaa} ${BAR-bbb} ${BAZ-ccc}", { FOO: "xxx", BAR: "" }, "xxx  ccc"],
    ["${FOO:-aaa} ${BAR:-bbb} ${BAZ:-ccc}", { FOO: "xxx", BAR: "" }, "xxx bbb ccc"],
    ["${FOO+aaa} ${BAR+bbb} ${BAZ+ccc}", { FOO: "xxx", BAR: "" }, "aaa bbb "],
    ["${FOO:+aaa} ${BAR:+bbb} ${BAZ:+ccc}", { FOO: "xxx", BAR: "" }, "aaa  "],
    ["${FOO#*x*y}", { FOO: "xxyy" }, "y"],
    ["${FOO#*}", { FOO: "xxyy" }, "xxyy"],
    ["${FOO##*x}", { FOO: "xxyy" }, "yy"],
    ["${FOO#}", { FOO: "xxyy" }, "xxyy"],
    ["${FOO%x}", { FOO: "xxyy" }, "xxyy"],
    ["${FOO%%\\**}", { FOO: "xx**" }, "xx"],
    ["${FOO#?\\?}", { FOO: "???y" }, "?y"],
    ["${FOO%%\\**\\*}", { FOO: "a***yy*" }, "a"],
    ["${FOO#()[]{\\}^$.\\*\\?|\\\\}", { FOO: "()[]{}^$.*?|\\x" }, "x"],
    [
      "${FOO/$NEEDLE/.} - ${FOO//$NEEDLE/.}",
      { FOO: "/foo*/*/*.txt", NEEDLE: "\\*/" },
      "/foo.*/*.txt - /foo..*.txt",
    ],
    ["${FOO/$N/} - ${FOO//$N/}", { FOO: "/tmp/tmp/bar.txt", N: "/tmp" }, "/tmp/bar.txt - /bar.txt"],
    [
      "${FOO/$N/$R} - ${FOO//$N/$R}",
      { FOO: "/a/foo/b/c.txt", N: "/?/", R: "/" },
      "/foo/b/c.txt - /foo/c.txt",
    ],
    ["${FOO//\\//\\/}", { FOO: "/tmp/foo.txt" }, "\\/tmp\\/foo.txt"],
    ["he${XXX:-${PWD:-yyy}}xx", { PWD: "/home" }, "he/homexx"],
    ["${my_arg%%e*}", { my_arg: "my_arg=def_val" }, "my_arg=d"],
    ["$__proto__${constructor}", {}, ""],
  ])("of %j with %j gives %j", (word, values, expected) => {
    expect(expand(word, values)).toBe(expected);
  });

  it.each([
    ["${FOO:#}", 'failed to process "${FOO:#}": unsupported modifier (:#) in substitution'],
    ["${FOO=aaa}", 'failed to process "${FOO=aaa}": unsupported modifier (=) in substitution'],
    ["${FOO//ww}", "failed to process \"${FOO//ww}\": syntax error: missing '/' in ${}"],
    ["${FOO//}", "failed to process \"${FOO//}\": syntax error: missing '/' in ${}"],
    ["${FOO", 'failed to process "${FOO": unsupported modifier (\ufffd) in substitution'],
    ["${FOO:-x", "failed to process \"${FOO:-x\": syntax error: missing '}'"],
    ["${}", 'failed to process "${}": syntax error: bad substitution'],
    ["${FOO:?}", 'failed to process "${FOO:?}": FOO: is not allowed to be unset'],
    [
      '"open',
      'failed to process "\\"open": unexpected end of statement while looking for matching double-quote',
    ],
  ])("of %j fails: %s", (word, message) => {
    expect(() => expand(word)).toThrow(expect.objectContaining({ message }));
  });

  it("gives words, split where a variable outside quotes has space", () => {
    const words = (word: string): readonly string[] =>
      expandWord(word, (name) => ({ space: "abc  def", leading: "  ab c" })[name]).words;
    expect(words("hello${space}bye")).toEqual(["helloabc", "defbye"]);
    expect(words('hello"${space}"bye')).toEqual(["helloabc  defbye"]);
    expect(words("hello${leading}def")).toEqual(["hello", "ab", "cdef"]);
    expect(words("hello\\ there")).toEqual(["hello there"]);
    expect(words('hello\\" there')).toEqual(['hello"', "there"]);
  });

  it("tells which variables are not set", () => {
    expect(expandWord("$a ${b:-1} ${c+2} $a $d", (name) => (name === "d" ? "" : undefined)).unset).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it("leaves quotes in the body of a heredoc", () => {
    const options = { literalQuotes: true };
    expect(expandWord("'$a' \"\\$b\" \\\\", () => "v", options).value).toBe("'v' \"$b\" \\");
  });

  it("is bounded: depth, length and patterns that match in many ways", () => {
    expect(() => expand("${a:-".repeat(20_000))).toThrow(/limit of 100/);
    const big = "x".repeat(3_000_000);
    expect(() => expand("$a$a$a", { a: big })).toThrow(/limit of/);
    expect(() => expand("${a//x/yy}", { a: big })).toThrow(/more than/);
    expect(expand(`\${a#${"*a".repeat(30)}b}`, { a: "a".repeat(2000) })).toBe("a".repeat(2000));
  });
});

describe("durations", () => {
  it.each([
    ["30s", 30e9, "30s"],
    ["1m30s", 90e9, "1m30s"],
    ["5m", 300e9, "5m0s"],
    ["1.5h", 5400e9, "1h30m0s"],
    ["500ms", 500e6, "500ms"],
    ["1us", 1000, "1µs"],
    ["0", 0, "0s"],
    ["1.5s", 1.5e9, "1.5s"],
  ])("%s are %d ns, printed %s", (text, value, printed) => {
    expect(parseDuration(text)).toBe(value);
    expect(formatDuration(value)).toBe(printed);
  });

  it.each(["", "x", "1", "s", ".s", "1s2", "--1s", "1d"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("Go's quotes", () => {
  it("escape what cannot be printed, and nothing else", () => {
    expect(goQuote('a"b\\c\n\t\u0000\u007f é 日\u200b')).toBe('"a\\"b\\\\c\\n\\t\\x00\\x7f é 日\\u200b"');
  });
});
