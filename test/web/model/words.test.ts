import { describe, expect, it } from "vitest";
import { chooseLanguage, ENGLISH, loadLanguage } from "../../../web/model/language.ts";

/** Every text of a catalogue by its place in it; functions stand for themselves. */
function leaves(value: unknown, place = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[place, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${place}.${key}`));
}

const english = leaves(ENGLISH.words);

describe("the words", () => {
  it("say the same things in every language", async () => {
    const { words } = await loadLanguage("zh-CN");
    expect(leaves(words).map(([place]) => place)).toEqual(english.map(([place]) => place));
  });

  it("are never empty", async () => {
    const { words } = await loadLanguage("zh-CN");
    for (const [place, text] of [...english, ...leaves(words)]) expect(text, place).not.toBe("");
  });

  it("are not left in English in Chinese, but for names", async () => {
    const { words } = await loadLanguage("zh-CN");
    const names =
      /^(?:\.locale|\.name|\.raw\.documents|\.preview\.encodings|\.config\.keys\.Shell|\.layers\.(?:diffID|plain)|\.space\.root|\.files\.columns\.mark|\.library\.kinds)/u;
    const same = leaves(words).filter(
      ([place, text], index) =>
        typeof text === "string" && text === english[index]?.[1] && !names.test(place),
    );
    expect(same).toEqual([]);
  });

  it("use the punctuation of Chinese between Chinese characters", async () => {
    const { words } = await loadLanguage("zh-CN");
    const wrong = leaves(words).filter(
      ([, text]) => typeof text === "string" && /[\u4e00-\u9fff][,:;]/u.test(text),
    );
    expect(wrong).toEqual([]);
  });
});

it("the language is the first that the browser prefers and we have", () => {
  expect(chooseLanguage(["fr", "zh-TW", "en"])).toBe("zh-CN");
  expect(chooseLanguage(["de", "en-GB"])).toBe("en");
  expect(chooseLanguage([])).toBe("en");
});
