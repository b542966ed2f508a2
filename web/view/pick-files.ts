import type { Desk } from "./desk.ts";

/** Asks the reader for files and opens what they choose. Call it from a click or a key. */
export function pickFiles(desk: Desk): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.addEventListener("change", () => desk.open([...(input.files ?? [])]));
  input.click();
}
