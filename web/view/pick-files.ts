import type { Desk } from "./desk.ts";

/** Asks the reader for files. Call it from a click or a key. */
export function chooseFiles(chosen: (files: readonly File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.addEventListener("change", () => chosen([...(input.files ?? [])]));
  input.click();
}

/** Asks the reader for files and opens what they choose. Call it from a click or a key. */
export function pickFiles(desk: Desk): void {
  chooseFiles((files) => desk.open(files));
}
