import { describe, expect, it } from "vitest";
import { isSvg, recognise } from "../../../web/model/content.ts";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("the first bytes of a file", () => {
  it.each([
    ["nothing", bytes(), { kind: "empty" }],
    ["UTF-8", text("grüße\n"), { kind: "text", encoding: "utf-8" }],
    ["UTF-16 little endian", bytes(0xff, 0xfe, 0x41, 0), { kind: "text", encoding: "utf-16le" }],
    ["UTF-16 big endian", bytes(0xfe, 0xff, 0, 0x41), { kind: "text", encoding: "utf-16be" }],
    ["Latin-1", bytes(0x47, 0x72, 0xfc, 0xdf, 0x65), { kind: "text", encoding: "iso-8859-1" }],
    ["a zero byte", bytes(0x41, 0, 0x42), { kind: "binary" }],
    ["controls", bytes(1, 2, 3, 4, 0x41, 0x42), { kind: "binary" }],
    ["coloured terminal output", text("\u001b[31mred\u001b[0m plain words\n"), { kind: "text" }],
    [
      "PNG",
      bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0),
      { kind: "picture", mediaType: "image/png" },
    ],
    ["JPEG", bytes(0xff, 0xd8, 0xff, 0xe0), { kind: "picture", mediaType: "image/jpeg" }],
    ["GIF", text("GIF89a..."), { kind: "picture", mediaType: "image/gif" }],
    ["WebP", text("RIFF....WEBPVP8 "), { kind: "picture", mediaType: "image/webp" }],
    ["AVIF", text("....ftypavif"), { kind: "picture", mediaType: "image/avif" }],
    ["a word that begins with BM", text("BMW is a car maker\n"), { kind: "text" }],
    ["a bitmap", bytes(0x42, 0x4d, 9, 0, 0, 0, 0, 0, 0, 0, 54), { kind: "picture", mediaType: "image/bmp" }],
  ])("%s", (_, sample, expected) => {
    expect(recognise(sample, true)).toMatchObject(expected);
  });

  it("may end in the middle of a character when there are more", () => {
    const cut = text("ü").subarray(0, 1);
    expect(recognise(cut, false).encoding).toBe("utf-8");
    expect(recognise(cut, true).encoding).toBe("iso-8859-1");
  });
});

it("an SVG is known by its name or its root element", () => {
  expect(isSvg("a.svg", "")).toBe(true);
  expect(isSvg("a", '<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="x">')).toBe(true);
  expect(isSvg("a.html", "<html><svg>")).toBe(false);
});
