import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { matchNodes, parseQuery, pathOf, type View } from "../../../core/tree/mod.ts";
import { imageOf, type TestImage } from "../../support/tree-text.ts";

const MERGED: View = { upTo: 0, scope: "merged" };

const image = imageOf(
  [
    "etc/ etc/passwd=root etc/Passwd2=x etc/ssl/ etc/ssl/cert.pem=abc usr/ usr/lib/ usr/lib/libc.so=1234567890",
    "usr/lib/libc.so.6→libc.so usr/lib/x/ usr/lib/x/libz.so=12 usr/bin/ usr/bin/su=s@4755 usr/bin/[=t usr/bin/ünï=u usr/bin/日本=v hard⇒etc/passwd",
  ].join(" "),
);

function matches(text: string, of: TestImage = image, view: View = MERGED): string[] {
  const { has, count } = matchNodes(of.tree, parseQuery(text), view);
  const paths: string[] = [];
  for (const [node, one] of has.entries()) if (one === 1) paths.push(pathOf(of.tree, node));
  expect(paths.length).toBe(count);
  return paths.sort();
}

const CASES: readonly (readonly [text: string, paths: readonly string[]])[] = [
  ["passwd", ["/etc/Passwd2", "/etc/passwd"]],
  ["Passwd", ["/etc/Passwd2"]],
  ['"passwd"', ["/etc/Passwd2", "/etc/passwd"]],
  ["usr/lib", ["/usr/lib"]],
  ["/etc/pass", ["/etc/Passwd2", "/etc/passwd"]],
  ["/lib", []],
  ["lib/x", ["/usr/lib/x"]],
  ["*.so", ["/usr/lib/libc.so", "/usr/lib/x/libz.so"]],
  ["lib*", ["/usr/lib", "/usr/lib/libc.so", "/usr/lib/libc.so.6", "/usr/lib/x/libz.so"]],
  ["s?", ["/usr/bin/su"]],
  ["??", ["/usr/bin/su", "/usr/bin/日本"]],
  ["ü?ï", ["/usr/bin/ünï"]],
  ["Ü*", []],
  ["[e-h]*", ["/etc", "/hard"]],
  ["[!e-z]*", ["/etc/ssl/cert.pem", "/usr/bin", "/usr/bin/[", "/usr/bin/ünï", "/usr/bin/日本"]],
  ["{etc,usr}", ["/etc", "/usr"]],
  ["etc/**", ["/etc/Passwd2", "/etc/passwd", "/etc/ssl", "/etc/ssl/cert.pem"]],
  ["etc/*", ["/etc/Passwd2", "/etc/passwd", "/etc/ssl"]],
  ["/usr/**/*.so", ["/usr/lib/libc.so", "/usr/lib/x/libz.so"]],
  ["**/ssl/*.pem", ["/etc/ssl/cert.pem"]],
  ["lib/*.so", ["/usr/lib/libc.so"]],
  ["ib/*.so", []],
  ["/^lib[a-c]\\.so(\\.\\d+)?$/", ["/usr/lib/libc.so", "/usr/lib/libc.so.6"]],
  ["/PASSWD/i", ["/etc/Passwd2", "/etc/passwd"]],
  ["/PASSWD/", []],
  ["/^\\/etc\\/[^\\/]+$/", ["/etc/Passwd2", "/etc/passwd", "/etc/ssl"]],
  ["/^(?:su|\\[)$/", ["/usr/bin/[", "/usr/bin/su"]],
  ["/^.{2}$/", ["/usr/bin/su", "/usr/bin/日本"]],
  ["/^[^a-z]/", ["/etc/Passwd2", "/usr/bin/[", "/usr/bin/ünï", "/usr/bin/日本"]],
  ["/^\\u{65e5}/", ["/usr/bin/日本"]],
  ["size>9 type:file", ["/usr/lib/libc.so"]],
  ["size>=0.01k type:file", ["/usr/lib/libc.so"]],
  ["type:symlink", ["/usr/lib/libc.so.6"]],
  ["type:link", ["/hard"]],
  ["mode:4000", ["/usr/bin/su"]],
  ["type:dir !usr !lib", ["/etc", "/etc/ssl", "/usr/bin", "/usr/lib/x"]],
  ["!/./", []],
  ["uid:0 is:added layer:0 hard", ["/hard"]],
  ["what:ever", []],
];

describe("parseQuery", () => {
  for (const [text, paths] of CASES) {
    it(`TREE-19: finds what ${text} means`, () => {
      expect(matches(text)).toEqual([...paths].sort());
    });
  }

  it("TREE-19: matches everything when it is empty", () => {
    expect(matches(" ")).toHaveLength(image.tree.nodeCount - 1);
  });

  it("TREE-19: finds what the layer removed by its mark", () => {
    const two = imageOf("a/ a/x=1 b=1", ".wh.a");
    expect(matches("is:removed", two, { upTo: 1, scope: "layer" })).toEqual(["/a", "/a/x"]);
    expect(matches("type:file", two, { upTo: 1, scope: "layer" })).toEqual(["/a/x"]);
    expect(matches("x", two, { upTo: 1, scope: "merged" })).toEqual([]);
  });

  it("TREE-19: finds names that are not UTF-8 by what is around the broken bytes", () => {
    const odd = imageOf([{ path: Uint8Array.of(0x61, 0xe9, 0xff, 0x62), content: "" }]);
    expect(matches("a*b", odd)).toHaveLength(1);
    expect(matches("/^a/", odd)).toHaveLength(1);
  });

  const BAD: readonly (readonly [text: string, why: string])[] = [
    ["/(/", "a ( is not closed"],
    ["/a)/", "a ) closes nothing"],
    ["/[a/", "a [ is not closed"],
    ["/*/", "a * repeats nothing"],
    ["/a{3,1}/", "a repetition ends before it begins"],
    ["/(?=a)/", "it looks around, which is not done here"],
    ["/(a)\\1/", "\\1 is not known here"],
    ["/\\bx/", "\\b is not known here"],
    ["/[z-a]/", "a range in [ ] ends before it begins"],
    ["/((a{1000}){1000}){1000}/", "the pattern takes too many states"],
    [`/${"a".repeat(1001)}/`, "it has 1001 characters, expected at most 1000"],
    ['"abc', 'a " is not closed'],
    ["size>big", "a size is a number and k, M, G or T"],
    ["mode:9", "a mode has up to four digits from 0 to 7"],
    ["uid:me", "it needs a number"],
    ["is:odd", "marks are added, changed, removed, metadata, same"],
  ];
  for (const [text, why] of BAD) {
    it(`TREE-19: says of ${text.slice(0, 30)} that ${why}`, () => {
      try {
        parseQuery(text);
        expect.unreachable();
      } catch (error) {
        if (!isCoreError(error, "tree/query")) throw error;
        expect(error.message).toContain(why);
      }
    });
  }

  it("TREE-19: is not slowed down by patterns that make backtracking explode", () => {
    const long = imageOf([{ path: "a".repeat(50_000), content: "" }]);
    expect(matches("/^(a+)+$/", long)).toHaveLength(1);
    expect(matches("/^(a|aa)+b$/", long)).toHaveLength(0);
    expect(matches("/(x+x+)+y/", long)).toHaveLength(0);
  });

  it("TREE-19: refuses a pattern whose states explode, when it meets names that show it", () => {
    const names = Array.from({ length: 200 }, (_, at) => ({
      path:
        Array.from({ length: 60 }, (_, bit) => (((at * 2654435761) >>> (bit % 31)) & 1 ? "a" : "b")).join(
          "",
        ) + at,
    }));
    const query = parseQuery("/(a|b)*a(a|b){25}x/");
    expect(() => matchNodes(imageOf(names).tree, query, MERGED)).toThrow("too many states");
  });
});
