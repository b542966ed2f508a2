import { describe, expect, it } from "vitest";
import { draw, erase, NOTHING_DRAWN } from "../../../web/model/console-draw.ts";
import { codeWidth, textColumns } from "../../../web/model/console-width.ts";

const at = (text: string, cursor = text.length, columns = 10) =>
  draw(NOTHING_DRAWN, { prompt: "$ ", text, at: cursor, columns });

describe("a prompt with its line, drawn", () => {
  it("puts the cursor where it is in the line", () => {
    expect(at("abc")).toEqual({ output: "\r\x1b[J$ abc\r\x1b[5C", drawn: { rows: 0, row: 0 } });
    expect(at("abc", 1).output).toBe("\r\x1b[J$ abc\r\x1b[3C");
  });

  it("goes on in the next row when a row is full", () => {
    expect(at("12345678")).toEqual({ output: "\r\x1b[J$ 12345678 \r\r", drawn: { rows: 1, row: 1 } });
    expect(at("1234567890")).toMatchObject({ drawn: { rows: 1, row: 1 } });
    expect(at("1234567890", 3)).toEqual({
      output: "\r\x1b[J$ 1234567890\x1b[1A\r\x1b[5C",
      drawn: { rows: 1, row: 0 },
    });
  });

  it("sends a wide character that does not fit to the next row", () => {
    expect(at("1234567中").drawn).toEqual({ rows: 1, row: 1 });
    expect(at("1234567中").output.endsWith("\r\x1b[2C")).toBe(true);
    expect(at("123456中").output).toBe("\r\x1b[J$ 123456中 \r\r");
  });

  it("shows further lines behind a mark", () => {
    expect(at("a\nbc")).toEqual({ output: "\r\x1b[J$ a\r\n> bc\r\x1b[4C", drawn: { rows: 1, row: 1 } });
  });

  it("does not count colours", () => {
    const { output } = draw(NOTHING_DRAWN, { prompt: "\x1b[34m$\x1b[0m ", text: "a", at: 1, columns: 10 });
    expect(output.endsWith("\r\x1b[3C")).toBe(true);
  });

  it("takes what stood there before away, from its first row on", () => {
    expect(erase({ rows: 3, row: 2 })).toBe("\r\x1b[2A\x1b[J");
  });
});

describe("the columns of text", () => {
  it("are two for East Asian characters and pictures, none for marks", () => {
    expect(textColumns("abc")).toBe(3);
    expect(textColumns("镜像")).toBe(4);
    expect(textColumns("한글")).toBe(4);
    expect(textColumns("ｱｲ")).toBe(2);
    expect(textColumns("，。")).toBe(4);
    expect(textColumns("e\u0301")).toBe(1);
    expect(codeWidth(0x1f600)).toBe(2);
    expect(codeWidth(0xfe0f)).toBe(0);
    expect(codeWidth(0x200d)).toBe(0);
    expect(codeWidth(0x2713)).toBe(1);
  });
});
