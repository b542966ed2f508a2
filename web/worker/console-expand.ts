import type { Word } from "../model/console-tokens.ts";

/** The words that `words` stand for: text as it is, and what commands print in the place of `$(…)`, at blanks apart where it is not quoted. */
export async function expandWords(
  words: readonly Word[],
  printed: (command: string) => Promise<string>,
): Promise<readonly string[]> {
  const fields: string[] = [];
  for (const word of words) {
    let field: string | undefined;
    for (const piece of word.pieces) {
      if (piece.kind === "text") {
        field = (field ?? "") + piece.text;
        continue;
      }
      const text = (await printed(piece.text)).replace(/\n+$/u, "");
      if (piece.quoted) {
        field = (field ?? "") + text;
        continue;
      }
      const parts = text.split(/\s+/u);
      for (const [index, part] of parts.entries()) {
        // Blanks at the ends of it part it from what stands beside.
        if (index > 0 && field !== undefined) {
          fields.push(field);
          field = undefined;
        }
        if (part !== "") field = (field ?? "") + part;
      }
    }
    if (field !== undefined) fields.push(field);
  }
  return fields;
}
