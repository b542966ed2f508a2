import { describe, expect, it } from "vitest";
import { historyOf, isLasting, remembered, searchBack, step } from "../../../web/model/console-history.ts";
import { keysOf } from "../../../web/model/console-keys.ts";
import { isWholeLine } from "../../../web/model/console-parse.ts";
import {
  type Outcome,
  openPrompt,
  type Prompt,
  press,
  searchLabel,
} from "../../../web/model/console-prompt.ts";

const LINES = ["docker images", "docker pull alpine", "docker history Alpine", "docker images -a"];

/** A prompt after what a terminal sent, and what came of the last key. */
function sent(text: string, from: Prompt = openPrompt(LINES)): { prompt: Prompt; outcome: Outcome } {
  let prompt = from;
  let outcome: Outcome = { kind: "none" };
  for (const key of keysOf(text)) ({ prompt, outcome } = press(prompt, key, isWholeLine));
  return { prompt, outcome };
}

const UP = "\x1b[A";
const DOWN = "\x1b[B";

describe("a prompt", () => {
  it("gives the line that is entered, and remembers it", () => {
    const { prompt, outcome } = sent("docker ps\r");
    expect(outcome).toEqual({ kind: "submit", text: "docker ps" });
    expect(prompt.line.text).toBe("");
    expect(prompt.history.lines.at(-1)).toBe("docker ps");
  });

  it("goes on in the next row while a quote or a pipe is open", () => {
    const open = sent("docker images |\r");
    expect(open.outcome.kind).toBe("none");
    expect(open.prompt.line.text).toBe("docker images |\n");
    expect(sent("head\r", open.prompt).outcome).toEqual({ kind: "submit", text: "docker images |\nhead" });
    expect(sent("echo 'a\r").prompt.line.text).toBe("echo 'a\n");
  });

  it("goes back through the history and returns to what was being written", () => {
    expect(sent(UP).prompt.line.text).toBe("docker images -a");
    expect(sent(`new${UP}${UP}`).prompt.line.text).toBe("docker history Alpine");
    expect(sent(`new${UP}${UP}${DOWN}${DOWN}`).prompt.line.text).toBe("new");
    expect(sent(DOWN).outcome.kind).toBe("bell");
    expect(sent(UP.repeat(9)).prompt.line.text).toBe("docker images");
  });

  it("searches backwards, further with each press, and takes what it found", () => {
    const found = sent("\x12alp");
    expect(found.prompt.line.text).toBe("docker history Alpine");
    expect(sent("\x12", found.prompt).prompt.line.text).toBe("docker pull alpine");
    expect(sent("\r", found.prompt).outcome).toEqual({ kind: "submit", text: "docker history Alpine" });
    expect(sent("\x05 x", found.prompt).prompt.line.text).toBe("docker history Alpine x");
  });

  it("says that a search failed, and goes back to the line on Escape", () => {
    const failed = sent("mine\x12zzz");
    expect(failed.outcome.kind).toBe("bell");
    expect(failed.prompt.search && searchLabel(failed.prompt.search)).toBe(
      "(failed reverse-i-search)`zzz': ",
    );
    expect(sent("\x1b", failed.prompt).prompt).toMatchObject({ line: { text: "mine" }, search: undefined });
  });

  it("asks for a list of completions at the second Tab in a row", () => {
    const once = sent("do\t");
    expect(once.outcome).toEqual({ kind: "complete", list: false });
    expect(sent("\t", once.prompt).outcome).toEqual({ kind: "complete", list: true });
    expect(sent("c\t", once.prompt).outcome).toEqual({ kind: "complete", list: false });
  });

  it("gives up the line on Ctrl-C, and ends on Ctrl-D where there is none", () => {
    expect(sent("abc\x03")).toMatchObject({ outcome: { kind: "interrupt" }, prompt: { line: { text: "" } } });
    expect(sent("\x04").outcome.kind).toBe("end");
    expect(sent("ab\x01\x04").prompt.line.text).toBe("b");
  });

  it("puts in the last word of the line before on Alt-.", () => {
    expect(sent("x \x1b.").prompt.line.text).toBe("x -a");
  });
});

describe("the history", () => {
  it("keeps no line twice in a row, none that is blank and none that begins with a blank", () => {
    const history = remembered(remembered(remembered(historyOf(["a"]), "a"), "  "), " secret");
    expect(history.lines).toEqual(["a"]);
    expect(remembered(history, "b").lines).toEqual(["a", "b"]);
  });

  it("is bounded", () => {
    const many = historyOf(Array.from({ length: 3000 }, (_, index) => String(index)));
    expect(many.lines).toHaveLength(1000);
    expect(many.lines.at(-1)).toBe("2999");
    expect(step(many, -1, "x")?.line).toBe("2999");
  });

  it("is searched by small letters for both, by capitals for these", () => {
    expect(searchBack(LINES, "alpine", LINES.length)?.index).toBe(2);
    expect(searchBack(LINES, "Alpine", LINES.length)?.index).toBe(2);
    expect(searchBack(LINES, "Alpine", 2)).toBeUndefined();
    expect(searchBack(LINES, "", LINES.length)).toBeUndefined();
  });

  it("does not last where a line holds a password", () => {
    expect(isLasting("docker login -u bob -p secret host")).toBe(false);
    expect(isLasting("docker login --password=secret")).toBe(false);
    expect(isLasting("docker login --password secret")).toBe(false);
    expect(isLasting("docker login -psecret")).toBe(false);
    expect(isLasting("echo secret | docker login --password-stdin")).toBe(false);
    expect(isLasting("docker login -u bob --password-stdin < token")).toBe(true);
    expect(isLasting("docker images -p")).toBe(true);
  });
});
