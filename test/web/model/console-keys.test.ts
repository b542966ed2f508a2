import { describe, expect, it } from "vitest";
import { keysOf, pastedText } from "../../../web/model/console-keys.ts";

describe("the keys in what a terminal sends", () => {
  it("are text, control characters and sequences", () => {
    expect(keysOf("ab\x1b[D\x7f中\r")).toEqual([
      { kind: "text", text: "ab" },
      { kind: "edit", edit: "left" },
      { kind: "edit", edit: "eraseLeft" },
      { kind: "text", text: "中" },
      { kind: "enter" },
    ]);
  });

  it.each([
    ["\x01", "home"],
    ["\x05", "end"],
    ["\x0b", "cutToEnd"],
    ["\x15", "cutToStart"],
    ["\x17", "cutBlankLeft"],
    ["\x19", "yank"],
    ["\x1b[1;5D", "wordLeft"],
    ["\x1bf", "wordRight"],
    ["\x1bd", "cutWordRight"],
    ["\x1b[3~", "eraseRight"],
    ["\x1bOH", "home"],
  ])("edit as readline does: %j is %s", (sent, edit) => {
    expect(keysOf(sent)).toEqual([{ kind: "edit", edit }]);
  });

  it.each([
    ["\x03", "interrupt"],
    ["\x04", "end"],
    ["\x0c", "clear"],
    ["\x12", "search"],
    ["\x1b", "cancel"],
    ["\x1b[A", "up"],
    ["\t", "tab"],
  ])("%j is %s", (sent, kind) => {
    expect(keysOf(sent)).toEqual([{ kind }]);
  });

  it.each([
    "\x1b[12;40R",
    "\x1b[?1;2c",
    "\x1bP1$r0m\x1b\\",
    "\x1b]11;rgb:0000/0000/0000\x07",
    "\x1b[5~",
    "\x00",
    "\x1b[I",
  ])("leave out what nothing is bound to, answers of the terminal among it: %j", (sent) => {
    expect(keysOf(sent)).toEqual([]);
    expect(keysOf(`a${sent}b`)).toEqual([
      { kind: "text", text: "a" },
      { kind: "text", text: "b" },
    ]);
  });

  it("take what is pasted as one", () => {
    expect(keysOf("\x1b[200~docker images\r\ndocker ps -a\r\x1b[201~\r")).toEqual([
      { kind: "paste", text: "docker images\ndocker ps -a" },
      { kind: "enter" },
    ]);
    expect(keysOf("\x1b[200~cut off")).toEqual([{ kind: "paste", text: "cut off" }]);
  });
});

describe("pasted text", () => {
  it("loses control characters and the prompts of manuals, and keeps its lines", () => {
    expect(pastedText("$ docker pull a\n$ docker images | grep '^a'\n")).toBe(
      "docker pull a\ndocker images | grep '^a'",
    );
    expect(pastedText("# docker images")).toBe("docker images");
    expect(pastedText("a\x1b[31mb\x07\tc")).toBe("a[31mb    c");
    expect(pastedText("echo $PATH #x")).toBe("echo $PATH #x");
  });
});
