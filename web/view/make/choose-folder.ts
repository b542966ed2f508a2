import { eachFile } from "../../platform/file-sizes.ts";

/** A folder with its files, by their paths within it. */
export interface ChosenFolder {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly file: File }[];
}

/** Asks the reader for a folder. Call it from a click or a key. */
export function chooseFolder(chosen: (folder: ChosenFolder) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = true;
  input.addEventListener("change", () => void folderOf(input.files).then(chosen));
  input.click();
}

/** Files that a browser hands over as those of a folder. */
async function folderOf(list: FileList | null): Promise<ChosenFolder> {
  const files: ChosenFolder["files"][number][] = [];
  const name = list?.[0]?.webkitRelativePath.split("/")[0] ?? "";
  await eachFile(
    Array.from({ length: list?.length ?? 0 }, (_, index) => index),
    (index) => {
      const file = list?.item(index);
      if (file) files.push({ file, path: file.webkitRelativePath.slice(name.length + 1) || file.name });
    },
  );
  return { name, files };
}
