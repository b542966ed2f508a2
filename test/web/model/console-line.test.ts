import { describe, expect, it } from "vitest";
import {
  EMPTY_LINE,
  editLine,
  insertText,
  type Line,
  type LineEdit,
} from "../../../web/model/console-line.ts";

/** A line from text in which `|` is the cursor. */
function line(text: string): Line {
  const at = text.indexOf("|");
  return { ...EMPTY_LINE, text: text.replace("|", ""), at };
}

const shown = ({ text, at }: Line): string => `${text.slice(0, at)}|${text.slice(at)}`;

describe("a line that is edited", () => {
  const vectors: readonly (readonly [LineEdit, string, string])[] = [
    ["left", "ab|c", "a|bc"],
    ["left", "|abc", "|abc"],
    ["right", "ab|c", "abc|"],
    ["right", "abc|", "abc|"],
    ["home", "ab|c", "|abc"],
    ["end", "a|bc", "abc|"],
    ["eraseLeft", "ab|c", "a|c"],
    ["eraseLeft", "|abc", "|abc"],
    ["eraseRight", "a|bc", "a|c"],
    ["eraseRight", "abc|", "abc|"],
    ["wordLeft", "docker image ls|", "docker image |ls"],
    ["wordLeft", "docker image |ls", "docker |image ls"],
    ["wordLeft", "app:1.2|", "app:1.|2"],
    ["wordRight", "|docker image", "docker| image"],
    ["wordRight", "docker| image ls", "docker image| ls"],
    ["cutToEnd", "do|cker", "do|"],
    ["cutToStart", "do|cker", "|cker"],
    ["cutBlankLeft", "save app:1.2|", "save |"],
    ["cutBlankLeft", "save app:1.2  |x", "save |x"],
    ["cutWordLeft", "save app:1.2|", "save app:1.|"],
    ["cutWordRight", "save |app:1", "save |:1"],
    ["swap", "ab|c", "acb|"],
    ["swap", "abc|", "acb|"],
    ["swap", "|abc", "|abc"],
    ["swap", "a|", "a|"],
  ];
  it.each(vectors)("after %s of %s is %s", (edit, before, after) => {
    expect(shown(editLine(line(before), edit))).toBe(after);
  });

  it("moves by what people take for characters", () => {
    for (const whole of ["é", "e\u0301", "中", "👩‍👩‍👧", "🇨🇳", "👍🏽"]) {
      const typed = insertText(line("a|b"), whole);
      expect(shown(typed)).toBe(`a${whole}|b`);
      expect(shown(editLine(typed, "left"))).toBe(`a|${whole}b`);
      expect(shown(editLine(editLine(typed, "left"), "right"))).toBe(`a${whole}|b`);
      expect(shown(editLine(typed, "eraseLeft"))).toBe("a|b");
      expect(shown(editLine(editLine(typed, "left"), "eraseRight"))).toBe("a|b");
    }
  });

  it("gathers what is cut in one go, in its order", () => {
    let edited = line("one two three|");
    edited = editLine(edited, "cutBlankLeft");
    edited = editLine(edited, "cutBlankLeft");
    expect(edited.cut).toBe("two three");
    edited = editLine(edited, "home");
    edited = editLine(edited, "cutToEnd");
    expect(edited.cut).toBe("one ");
    expect(shown(editLine(edited, "yank"))).toBe("one |");
  });

  it("gathers cuts to the right behind those before", () => {
    const once = editLine(line("|one two"), "cutWordRight");
    expect(editLine(once, "cutWordRight").cut).toBe("one two");
  });

  it("keeps what was cut when nothing is left to cut", () => {
    const cut = editLine(line("abc|"), "cutToStart");
    expect(editLine(cut, "cutToStart").cut).toBe("abc");
  });
});
