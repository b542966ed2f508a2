import { createFormat, type Format } from "./format.ts";
import { en, type Words } from "./words-en.ts";

/** The languages of the page. */
export const LANGUAGES = [
  { tag: "en", name: "English", short: "EN" },
  { tag: "zh-CN", name: "简体中文", short: "中" },
] as const;

/** A tag of {@link LANGUAGES}. */
export type LanguageTag = (typeof LANGUAGES)[number]["tag"];

/** Words and formats of one language. */
export interface Language {
  readonly tag: LanguageTag;
  readonly words: Words;
  readonly format: Format;
}

/** The language every page starts with until another is loaded. */
export const ENGLISH: Language = { tag: "en", words: en, format: createFormat("en") };

/** The words of `tag`; a language other than English is fetched on first use. */
export async function loadLanguage(tag: LanguageTag): Promise<Language> {
  if (tag === "en") return ENGLISH;
  const { zh } = await import("./words-zh.ts");
  return { tag, words: zh, format: createFormat(tag) };
}

/** The best of our languages for what a browser prefers. */
export function chooseLanguage(preferred: readonly string[]): LanguageTag {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "zh") return "zh-CN";
    if (primary === "en") return "en";
  }
  return "en";
}
