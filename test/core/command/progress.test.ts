import { describe, expect, it } from "vitest";
import type { Output } from "../../../core/command/mod.ts";
import { ProgressLines, progressText } from "../../../core/command/progress.ts";

function output(terminal: boolean, columns = 80): { readonly output: Output; readonly text: () => string } {
  let text = "";
  return {
    output: { terminal, columns, write: (chunk) => void (text += String(chunk)) },
    text: () => text,
  };
}

describe("progressText", () => {
  it.each([
    [{ bytes: 226, total: 226 }, 80, "    226B/226B"],
    [{ bytes: 226, total: 226 }, 111, `[${"=".repeat(50)}>]     226B/226B`],
    [{ bytes: 500, total: 1000 }, 111, `[${"=".repeat(25)}>${" ".repeat(25)}]     500B/1kB`],
    [{ bytes: 30, total: 20 }, 80, "     30B"],
    [{ bytes: 30, total: 0 }, 200, "     30B"],
    [{ bytes: 0, total: 20 }, 80, "      0B/20B"],
    [{ bytes: 0, total: 0 }, 200, ""],
  ])("of %j in %d columns", (progress, columns, text) => {
    expect(progressText(progress, columns)).toBe(text);
  });
});

describe("ProgressLines", () => {
  it("leaves out what only moves where there is no terminal", async () => {
    const { output: to, text } = output(false);
    const lines = new ProgressLines(to);
    lines.say("1: Pulling from app");
    lines.tell("a", "Pulling fs layer");
    lines.tell("a", "Downloading", { bytes: 1, total: 2 });
    lines.tell("a", "Pull complete", { bytes: 0, total: 0 });
    await lines.end();
    expect(text()).toBe("1: Pulling from app\na: Pulling fs layer\na: Pull complete\n");
  });

  it("lets nothing in a line move the cursor, and paints where that is told apart", async () => {
    const [wrote, painted]: [string[], string[]] = [[], []];
    const lines = new ProgressLines({
      terminal: true,
      columns: 80,
      write: (chunk) => void wrote.push(String(chunk)),
      paint: (text) => void painted.push(text),
    });
    lines.tell("a\u001b[9A", "x\u001b]52;c;eA==\u0007\u009b2J");
    lines.say("said\u001b[H\r");
    await lines.end();
    expect(wrote).toEqual([]);
    expect(painted.join("")).toBe("\n\u001b[1A\u001b[2K\ra [9A: x ]52;c;eA== 2J \r\u001b[1Bsaid [H \n");
  });

  it("writes over a thing's own line at a terminal", async () => {
    const { output: to, text } = output(true);
    const lines = new ProgressLines(to);
    lines.tell("a", "Waiting");
    lines.tell("b", "Waiting");
    lines.tell("a", "Done");
    await lines.end();
    const over = (up: number, words: string) => `\u001b[${up}A\u001b[2K\r${words} \r\u001b[${up}B`;
    expect(text()).toBe(`\n${over(1, "a: Waiting")}\n${over(1, "b: Waiting")}${over(2, "a: Done")}`);
  });

  it("shows the last of what moves faster than it is written, and ends with what writing failed with", async () => {
    const { output: to, text } = output(true);
    const lines = new ProgressLines(to);
    for (let bytes = 1; bytes <= 1000; bytes++) lines.tell("a", "Downloading", { bytes, total: 1000 });
    await lines.end();
    expect(text().match(/Downloading/g)).toHaveLength(1);
    expect(text()).toContain("1kB/1kB");
    const broken = new ProgressLines({
      ...to,
      write: () => {
        throw new Error("gone");
      },
    });
    broken.say("x");
    await expect(broken.end()).rejects.toThrow("gone");
  });
});
