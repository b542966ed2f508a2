import { joined } from "../../model/draft-paths.ts";
import type { DraftEdit } from "../../model/drafts.ts";

/** A file to put into a draft, by its path from where it is put. */
export interface Upload {
  readonly path: string;
  readonly file: File;
}

/** The edits that put files into a folder: folders on the way are made, files that are there are written anew. */
export function uploadEdits(folder: string, uploads: readonly Upload[]): readonly DraftEdit[] {
  return uploads.map(({ path, file }) => ({
    kind: "file",
    path: joined(folder, path),
    content: file,
    mtime: Math.floor(file.lastModified / 1000),
    parents: true,
  }));
}

/** Asks for files, or for a folder. Call it from a click or a key. */
export function chooseUploads(folder: boolean, chosen: (uploads: readonly Upload[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folder;
  input.addEventListener("change", () =>
    chosen([...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))),
  );
  input.click();
}
