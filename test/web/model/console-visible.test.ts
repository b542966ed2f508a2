import { describe, expect, it } from "vitest";
import { draw, NOTHING_DRAWN } from "../../../web/model/console-draw.ts";
import { pictured, visibleText } from "../../../web/model/console-visible.ts";

const ESC = "\u001b";

/** What a label, a name or a file may hold to drive the terminal of whoever looks at it. */
const ORDERS: readonly (readonly [what: string, text: string])[] = [
  ["the clipboard", `${ESC}]52;c;cm0gLXJmIC8=\u0007`],
  ["the title", `${ESC}]0;you@server\u0007`],
  ["a link", `${ESC}]8;;https://evil.example/${ESC}\\click${ESC}]8;;${ESC}\\`],
  ["colours of the page", `${ESC}]10;#000000\u0007${ESC}]4;1;red\u0007`],
  [
    "a question that is answered as if typed",
    `${ESC}[6n${ESC}[c${ESC}[>q${ESC}]11;?\u0007${ESC}P$qm${ESC}\\`,
  ],
  ["the cursor", `${ESC}[5A${ESC}[2K${ESC}[H`],
  ["the whole screen", `${ESC}c${ESC}[2J${ESC}[3J${ESC}[?1049h`],
  ["the mouse", `${ESC}[?1000h${ESC}[?1006h`],
  ["concealed text", `${ESC}[8mhidden${ESC}[0;8m${ESC}[08;1m`],
  ["an 8-bit order", "\u009b6n\u009d52;c;eA==\u009c"],
  ["backspaces", "good\b\b\b\bevil"],
  ["a bell, a NUL and a DEL", "\u0007\u0000\u007f"],
  ["an order that is cut off", `${ESC}[`],
];

describe("text at the page's terminal", () => {
  it.each(ORDERS)("orders nothing of %s", (_, text) => {
    const shown = visibleText(text).replaceAll(`${ESC}[0m`, "");
    expect(shown).not.toMatch(/\p{Cc}/u);
    expect(pictured(text)).not.toMatch(/\p{Cc}/u);
    expect(pictured(text)).toHaveLength(text.length);
    const { output } = draw(NOTHING_DRAWN, { prompt: "", text, at: 0, columns: 500 });
    expect(output.replace(/^\r/u, "").replaceAll(`${ESC}[J`, "").replaceAll("\r", "")).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    "plain\ttext\n",
    `${ESC}[39m${ESC}[1mIMAGE${ESC}[0m${ESC}[m`,
    `${ESC}[38;5;18mblue${ESC}[48;2;8;8;80m`,
    "日本語 \u{1f600}\r\n",
  ])("stays as it is when it is harmless: %j", (text) => {
    expect(visibleText(text.replace("48;2;8;8;80", "48;2;9;9;80"))).toBe(
      text.replace("48;2;8;8;80", "48;2;9;9;80"),
    );
  });

  it("shows what it does not obey", () => {
    expect(visibleText(`a${ESC}]0;x\u0007b\u0085`)).toBe("a\u241b]0;x\u2407b\ufffd");
  });
});
