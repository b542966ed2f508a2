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
  input.addEventListener("change", () => chosen(folderOf([...(input.files ?? [])])));
  input.click();
}

/** Files that a browser hands over as those of a folder. */
export function folderOf(files: readonly File[]): ChosenFolder {
  const [first] = files;
  const name = first?.webkitRelativePath.split("/")[0] ?? "";
  return {
    name,
    files: files.map((file) => ({
      file,
      path: file.webkitRelativePath.slice(name.length + 1) || file.name,
    })),
  };
}
