import { textColumns } from "./console-width.ts";

/** Names in as many columns as `columns` hold, read downwards. */
export function inColumns(names: readonly string[], columns: number): string {
  const widest = Math.max(0, ...names.map(textColumns)) + 2;
  const across = Math.max(1, Math.floor((columns + 1) / widest));
  const rows = Math.ceil(names.length / across);
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const line: string[] = [];
    for (let index = row; index < names.length; index += rows) {
      const name = names[index] ?? "";
      line.push(name + " ".repeat(widest - textColumns(name)));
    }
    lines.push(`${line.join("").trimEnd()}\n`);
  }
  return lines.join("");
}
