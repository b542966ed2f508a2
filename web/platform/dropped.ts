/** Files of a dropped folder at most: more are hardly meant. */
export const DROPPED_MOST = 50_000;

/** Between two tellings of how many files were found. */
const TELL_EVERY_MS = 100;

/** What lies under dropped entries, with its path from there. Folders are read as they come; what cannot be read is left out. `tell` hears how many there are. */
export async function droppedFiles(
  entries: readonly FileSystemEntry[],
  tell?: (count: number) => void,
): Promise<readonly { readonly path: string; readonly file: File }[]> {
  const found: { readonly path: string; readonly file: File }[] = [];
  const waiting = [...entries];
  let told = performance.now();
  for (let entry = waiting.pop(); entry !== undefined && found.length < DROPPED_MOST; entry = waiting.pop()) {
    if (isFolder(entry)) waiting.push(...(await entriesOf(entry)));
    else if (isFile(entry)) {
      const file = await fileOf(entry);
      if (file !== undefined) found.push({ path: entry.fullPath.slice(1), file });
    }
    if (tell !== undefined && performance.now() - told > TELL_EVERY_MS) {
      told = performance.now();
      tell(found.length);
    }
  }
  return found;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(undefined)));
}

/** A reader gives a hundred or so at a time, and none when that was all. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
