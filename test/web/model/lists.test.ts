import { describe, expect, it } from "vitest";
import { hexLine } from "../../../web/model/hex.ts";
import { jsonTokens } from "../../../web/model/json-text.ts";
import { lastTop, MAX_TRACK, scrollOf, topLine, trackOf } from "../../../web/model/long-scroll.ts";
import { octalMode, symbolicMode } from "../../../web/model/mode.ts";
import { NO_ROWS, PAGE_ROWS, pagesOf, rowAt, withPage } from "../../../web/model/row-pages.ts";
import { layOut } from "../../../web/model/size-blocks.ts";
import { row } from "./fixtures.ts";

describe("row pages", () => {
  it("cover a range", () => {
    expect(pagesOf(0, 1, 10)).toEqual([0]);
    expect(pagesOf(PAGE_ROWS - 1, PAGE_ROWS + 1, 1000)).toEqual([0, 1]);
    expect(pagesOf(-5, 5000, 10)).toEqual([0]);
    expect(pagesOf(0, 10, 0)).toEqual([]);
  });

  it("find a row by its index in the list", () => {
    const rows = withPage(NO_ROWS, 1, [row({ name: "a" }), row({ name: "b" })]);
    expect(rowAt(rows, PAGE_ROWS + 1)?.name).toBe("b");
    expect(rowAt(rows, 0)).toBeUndefined();
    expect(rowAt(rows, PAGE_ROWS + 2)).toBeUndefined();
  });

  it("keep those near the last and stay few", () => {
    let rows = NO_ROWS;
    for (let page = 0; page < 500; page += 1) rows = withPage(rows, page, []);
    expect(rows.pages.size).toBeLessThanOrEqual(64);
    expect(rows.pages.has(499)).toBe(true);
    expect(rows.pages.has(0)).toBe(false);
  });
});

describe("a scroll track", () => {
  it("is as long as its lines where that fits", () => {
    const track = trackOf(1000, 18, 400);
    expect(track.height).toBe(18_000);
    expect(topLine(track, scrollOf(track, 123))).toBe(123);
  });

  it("reaches both ends and every line of a two-gigabyte file", () => {
    const track = trackOf(134_217_728, 18, 400);
    expect(track.height).toBe(MAX_TRACK);
    for (const line of [0, 1, 7, 99_999_999, lastTop(track)]) {
      expect(topLine(track, scrollOf(track, line))).toBe(line);
    }
    expect(scrollOf(track, lastTop(track))).toBe(track.height - track.viewport);
  });

  it("has no room to scroll when all is in sight", () => {
    const track = trackOf(3, 18, 400);
    expect(topLine(track, 0)).toBe(0);
    expect(lastTop(track)).toBe(0);
  });
});

describe("a hex line", () => {
  it("shows offset, bytes and what can be printed", () => {
    const bytes = new TextEncoder().encode("Hello, world\n\u0000ÿ");
    expect(hexLine(bytes, 0, { offset: 0x10, size: 32, width: 16 })).toEqual({
      offset: "00000010",
      hex: "48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 0a 00 c3 bf",
      text: "Hello, world····",
    });
  });

  it("keeps its columns at the end of the file", () => {
    const line = hexLine(new Uint8Array([0x41]), 0, { offset: 0, size: 1, width: 8 });
    expect(line.hex).toHaveLength(3 * 8);
    expect(line.text).toBe("A");
  });
});

describe("a mode", () => {
  it.each([
    ["file", 0o644, "0644", "-rw-r--r--"],
    ["dir", 0o1777, "1777", "drwxrwxrwt"],
    ["file", 0o4755, "4755", "-rwsr-xr-x"],
    ["file", 0o2644, "2644", "-rw-r-Sr--"],
    ["dir", 0o1770, "1770", "drwxrwx--T"],
    ["symlink", 0o777, "0777", "lrwxrwxrwx"],
  ] as const)("of a %s %o", (type, mode, octal, symbolic) => {
    expect(octalMode(mode)).toBe(octal);
    expect(symbolicMode(type, mode)).toBe(symbolic);
  });
});

describe("JSON tokens", () => {
  it("put together are the line", () => {
    for (const line of ['  "a\\"b" : [1, -2.5e3, true, null],', "not json at all }", "", '"unclosed']) {
      expect(
        jsonTokens(line)
          .map(({ text }) => text)
          .join(""),
      ).toBe(line);
    }
  });

  it("tell keys, strings and digests apart", () => {
    const digest = `"sha256:${"0".repeat(64)}"`;
    const kinds = jsonTokens(`"digest": ${digest}, "x"`).map(({ kind }) => kind);
    expect(kinds).toEqual(["key", "plain", "plain", "digest", "plain", "string"]);
  });
});

describe("size blocks", () => {
  const room = { width: 400, height: 300 };
  const node = (name: string, size: number, inside: ReturnType<typeof row>[] = []) => ({
    row: row({ name, size, node: size, type: inside.length > 0 ? "dir" : "file" }),
    inside,
  });

  it("fill the room in proportion", () => {
    const blocks = layOut([node("a", 300), node("b", 100)], room);
    const area = ({ width, height }: { width: number; height: number }) => width * height;
    expect(area(blocks[0]) / area(blocks[1])).toBeCloseTo(3, 0);
    for (const { x, y, width, height } of blocks) {
      expect(x >= 0 && y >= 0 && x + width <= 400 && y + height <= 300).toBe(true);
    }
  });

  it("draw what lies in a directory inside it", () => {
    const blocks = layOut([node("dir", 1000, [row({ name: "in", node: 7, size: 600 })])], room);
    const [frame, inner] = blocks;
    expect(frame).toMatchObject({ frame: true, row: { name: "dir" } });
    expect(inner).toMatchObject({ frame: false, parent: { name: "dir" } });
    expect(inner.y).toBeGreaterThan(frame.y);
  });

  it("are none without sizes or room", () => {
    expect(layOut([node("a", 0)], room)).toEqual([]);
    expect(layOut([node("a", 5)], { width: 0, height: 0 })).toEqual([]);
  });
});
