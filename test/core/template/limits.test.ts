import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { type PlainDocument, parseTemplate, stringValue, untyped } from "../../../core/template/mod.ts";
import { seeded } from "../../support/random.ts";
import { nginxObject } from "./nginx.ts";
import { RECORDED } from "./recorded.ts";

/** The code of the error that a template ends with. */
function codeOf(text: string, limits = {}): string {
  try {
    parseTemplate(text, { limits }).render(nginxObject.typed);
    return "none";
  } catch (error) {
    return isCoreError(error) ? error.code : String(error);
  }
}

describe("a template that asks for too much ends with a limit", () => {
  it.each([
    ["a long text", "x".repeat(1_048_577)],
    ["parentheses inside one another", `{{${"(".repeat(100_000)}1${")".repeat(100_000)}}}`],
    ["branches inside one another", "{{if true}}".repeat(50_000)],
    ["a chain of else if", `{{if false}}${"{{else if false}}".repeat(50_000)}{{end}}`],
    ["blocks inside one another", '{{block "b" .}}'.repeat(50_000)],
    ["ranges inside one another", `${"{{range 100000}}".repeat(4)}x${"{{end}}".repeat(4)}`],
    ["a range over more than anyone counts", "{{range 9223372036854775807}}{{end}}"],
    ["a text that doubles", `{{$x := "xxxxxxxxxxxxxxxx"}}${"{{$x = print $x $x}}".repeat(60)}`],
    [
      "a text that grows ninefold",
      `{{$x := "xxxxxxxxxxxxxxxx"}}${'{{$x = printf "%s%s%s%s%s%s%s%s%s" $x $x $x $x $x $x $x $x $x}}'.repeat(20)}`,
    ],
    ["wide padding", '{{pad "x" 1000000000000 1}}'],
    ["padding beyond the host's texts", '{{pad "x" 9000000000000000000 1}}'],
    ["many wide numbers", '{{range 100000}}{{printf "%1000000d" 1}}{{end}}'],
    ["a list of characters that grows", '{{range 100000}}{{$x := split (printf "%1000000d" 1) ""}}{{end}}'],
  ])("%s", (_, text) => {
    expect(codeOf(text)).toBe("template/limit");
  });

  it("a template that calls itself ends as Go's does, at its own depth", () => {
    expect(() =>
      parseTemplate('{{define "a"}}{{template "a"}}{{end}}{{template "a"}}').render(undefined),
    ).toThrow(
      /^template: :1:25: executing "a" at <\{\{template "a"\}\}>: exceeded maximum template depth \(200\)$/,
    );
  });

  it("a limit of the caller's counts", () => {
    expect(codeOf("{{range 10}}{{.}}{{end}}", { output: 9 })).toBe("template/limit");
    expect(codeOf("{{range 10}}{{.}}{{end}}", { output: 10 })).toBe("none");
    expect(codeOf("{{((1))}}", { depth: 1 })).toBe("template/limit");
    expect(codeOf("{{((1))}}", { depth: 2 })).toBe("none");
  });

  it("a document nested too deep is refused", () => {
    let document: PlainDocument = [];
    for (let depth = 0; depth < 10_000; depth++) document = [document];
    expect(() => untyped(document)).toThrow("nested more than 200 deep");
  });

  it("as much as is allowed works", () => {
    const text = `{{${"(".repeat(200)}"x"${")".repeat(200)}}}`;
    expect(parseTemplate(text).render(undefined)).toBe("x");
    const branches = `${"{{if .}}".repeat(190)}x${"{{end}}".repeat(190)}`;
    expect(parseTemplate(branches).render(stringValue("y"))).toBe("x");
  });
});

describe("a template of any bytes ends with output or a CoreError", () => {
  const PIECES = [
    "{{",
    "}}",
    "{{-",
    "-}}",
    "(",
    ")",
    "|",
    ".",
    "$",
    '"',
    "`",
    "'",
    "%",
    "9",
    "\n",
    "\ud800",
    "é",
    "end",
    "range ",
  ];

  it.each([1, 2, 3, 4])("after seeded changes, round %i", (seed) => {
    const random = seeded(seed);
    const below = (bound: number): number => Math.floor(random() * bound);
    const outcomes = { output: 0, fault: 0 };
    for (const [text] of RECORDED) {
      const at = below(text.length);
      const changed = text.slice(0, at) + (PIECES[below(PIECES.length)] ?? "") + text.slice(at + below(3));
      const code = codeOf(changed, { steps: 10_000 });
      expect(code, changed).toMatch(/^(?:none|template\/(?:parse|execute|limit))$/);
      outcomes[code === "none" ? "output" : "fault"]++;
    }
    expect(outcomes.output).toBeGreaterThan(20);
    expect(outcomes.fault).toBeGreaterThan(100);
  });
});
