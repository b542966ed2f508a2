import type { PageFile } from "../../model/console.ts";
import { pageFileOf } from "./page-files.ts";

/** Asks the reader for files or a folder; `undefined` when they think better of it. Browsers allow it only shortly after a key or a click. */
export function chooseForConsole({
  folder,
  several,
}: {
  readonly folder: boolean;
  readonly several: boolean;
}): Promise<readonly PageFile[] | undefined> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = several;
  input.webkitdirectory = folder;
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])].map(pageFileOf)));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}

/** Whether the browser would show a file chooser right now. */
export function mayChoose(): boolean {
  // Where it cannot be asked, it is tried.
  return navigator.userActivation?.isActive ?? true;
}
