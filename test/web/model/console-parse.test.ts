import { describe, expect, it } from "vitest";
import { commandAt } from "../../../web/model/console-at.ts";
import { isWholeLine, parseCommands } from "../../../web/model/console-parse.ts";

/** A line in one way of writing: words in brackets, redirections behind them. */
function read(text: string): string {
  const parsed = parseCommands(text);
  if (parsed.problem !== undefined) return `${parsed.problem.open ? "open" : "wrong"} ${parsed.problem.near}`;
  const marks = { always: ";", success: "&&", failure: "||" } as const;
  const plain = (pieces: readonly { kind: string; text: string; quoted?: boolean }[]): string =>
    pieces
      .map((piece) =>
        piece.kind === "text" ? piece.text : `${piece.quoted === true ? '"' : ""}$(${piece.text})`,
      )
      .join("");
  return parsed.steps
    .map(({ when, commands }) => {
      const stages = commands.map(({ words, redirections }) =>
        [
          ...words.map(({ pieces }) => `[${plain(pieces)}]`),
          ...redirections.map(
            ({ kind, of, target }) => `${kind} ${of}${target ? ` ${plain(target.pieces)}` : ""}`,
          ),
        ].join(" "),
      );
      return `${marks[when]} ${stages.join(" | ")}`;
    })
    .join(" ");
}

describe("a command line", () => {
  it.each([
    ["", ""],
    ["  # nothing", ""],
    ["docker images -a", "; [docker] [images] [-a]"],
    ["a 'b c' \"d e\" f\\ g", "; [a] [b c] [d e] [f g]"],
    ["a''b \"\" ''", "; [ab] [] []"],
    [`a "x\\"y\\n" 'x\\"'`, '; [a] [x"y\\n] [x\\"]'],
    [
      "inspect -f '{{range .RootFS.Layers}}{{.}} {{end}}' a",
      "; [inspect] [-f] [{{range .RootFS.Layers}}{{.}} {{end}}] [a]",
    ],
    ["images --format {{.ID}}", "; [images] [--format] [{{.ID}}]"],
    ["a | b|c", "; [a] | [b] | [c]"],
    ["a; b && c || d", "; [a] ; [b] && [c] || [d]"],
    ["a\nb\n\nc", "; [a] ; [b] ; [c]"],
    ["a |\n b &&\n c", "; [a] | [b] && [c]"],
    ["a \\\n b", "; [a] [b]"],
    ["load < x.tar", "; [load] read in x.tar"],
    ["save a>a.tar", "; [save] [a] write out a.tar"],
    ["x >> log 2> err", "; [x] append out log write err err"],
    ["x > all 2>&1", "; [x] write out all merge err"],
    ["x &> all | y", "; [x] write both all | [y]"],
    ["a2>b", "; [a2] write out b"],
    ["rmi $(docker images -q) \"$(echo ')')\"", "; [rmi] [$(docker images -q)] [\"$(echo ')')]"],
    ['a $(b $(c "d)")) e', '; [a] [$(b $(c "d)"))] [e]'],
    ["a#b #c", "; [a#b]"],
    ["$HOME $1 `x`", "; [$HOME] [$1] [`x`]"],
    ["a ;", "; [a]"],
    ["镜像 | grep 像", "; [镜像] | [grep] [像]"],
  ])("%j is read as %j", (text, steps) => {
    expect(read(text)).toBe(steps);
  });

  it.each([
    ["a '", "open '"],
    ['a "b', 'open "'],
    ["a \\", "open \\"],
    ["a |", "open |"],
    ["a &&", "open &&"],
    ["a $(b", "open $("],
    ["| a", "wrong |"],
    ["a | | b", "wrong |"],
    ["; a", "wrong ;"],
    ["a ;; b", "wrong ;"],
    ["a &", "wrong &"],
    ["a & b", "wrong &"],
    ["a >", "wrong newline"],
    ["a > | b", "wrong |"],
    ["a | ; b", "wrong ;"],
    ["(a)", "wrong ("],
    ["a b)", "wrong )"],
  ])("%j is none: %s", (text, problem) => {
    expect(read(text)).toBe(problem);
    expect(isWholeLine(text)).toBe(problem.startsWith("wrong"));
  });

  it("is refused, not lost in, when it nests without end", () => {
    expect(read(`echo ${"$(a ".repeat(100_000)}`)).toBe("wrong $(");
    expect(read("a|".repeat(100_000))).toBe("open |");
    expect(read('"'.repeat(100_001))).toBe('open "');
  });
});

describe("the command that a text ends in", () => {
  it.each([
    ["docker im", { words: ["docker"], word: "im", from: 7 }],
    ["docker images ", { words: ["docker", "images"], word: "", from: 14 }],
    ["docker images | gr", { words: [], word: "gr", from: 16 }],
    ["a; b && docker rmi 'app", { words: ["docker", "rmi"], word: "app", from: 19 }],
    ["load < x", { words: ["load"], word: "x", from: 7, redirected: true }],
    ["rmi $(docker im", { words: ["docker"], word: "im", from: 13 }],
    ['rmi "$(docker im', { words: ["docker"], word: "im", from: 14 }],
    ["a b\\ c", { words: ["a"], word: "b c", from: 2 }],
  ])("%j has a word to go on with", (text, command) => {
    expect(commandAt(text)).toEqual({ redirected: false, ...command });
  });
});
