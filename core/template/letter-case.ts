/**
 * Go changes the case of each character by itself: where the full mapping makes two of one (ß) the simple one counts, which Unicode has for few of
 * them, or the character stays.
 * @see https://www.unicode.org/versions/Unicode15.0.0/ch04.pdf section 4.2
 */

/** `text` in small letters. */
export function lowerCase(text: string): string {
  return mapChars(text, (char) => (char === "\u0130" ? "i" : char.toLowerCase()));
}

/** `text` in capitals. */
export function upperCase(text: string): string {
  return mapChars(text, (char) => SIMPLE_UPPER.get(char) ?? char.toUpperCase());
}

/** The capital of every first letter of a word; words end at spaces and at what is no letter, digit or underscore. */
export function titleCase(text: string): string {
  let previous = " ";
  return mapChars(text, (char) => {
    const begins = separates(previous);
    previous = char;
    if (!begins) return char;
    // Georgian has capitals, but not at the beginning of a word.
    if (char >= "\u10d0" && char <= "\u10ff") return char;
    return DIGRAPHS.get(char) ?? SIMPLE_UPPER.get(char) ?? char.toUpperCase();
  });
}

/** Greek letters with an iota below, whose simple capitals have it beside. */
const SIMPLE_UPPER: ReadonlyMap<string, string> = new Map(
  [0x1f80, 0x1f90, 0x1fa0]
    .flatMap((first) => Array.from({ length: 8 }, (_, index) => [first + index, first + index + 8] as const))
    .concat([0x1fb3, 0x1fc3, 0x1ff3].map((code) => [code, code + 9] as const))
    .map(([small, capital]) => [String.fromCodePoint(small), String.fromCodePoint(capital)]),
);

/** Digraphs have a form of their own at the beginning of a word: the one in the middle of three. */
const DIGRAPHS: ReadonlyMap<string, string> = new Map(
  ["\u01c4\u01c5\u01c6", "\u01c7\u01c8\u01c9", "\u01ca\u01cb\u01cc", "\u01f1\u01f2\u01f3"].flatMap((three) =>
    Array.from(three, (char) => [char, three[1] ?? ""] as const),
  ),
);

function separates(char: string): boolean {
  if (char <= "\x7f") return !/[0-9A-Za-z_]/.test(char);
  return /\p{White_Space}/u.test(char);
}

function mapChars(text: string, change: (char: string) => string): string {
  let changed = "";
  for (const char of text) {
    const one = change(char);
    changed += Array.from(one).length === 1 ? one : char;
  }
  return changed;
}
