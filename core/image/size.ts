import { ENTRY_TYPES, type EntryTable } from "../tar/mod.ts";

const FILES: ReadonlySet<number> = new Set(
  ["file", "sparse"].map((type) => ENTRY_TYPES.findIndex((known) => known === type)),
);
const SYMLINK = ENTRY_TYPES.indexOf("symlink");
const SLASH = 0x2f;
/** `.wh.` */
const WHITEOUT = [0x2e, 0x77, 0x68, 0x2e];

/**
 * The size of a layer as `docker history` shows it, from the layer's entries: bytes of its regular files, and of the targets of its
 * symlinks. The engine adds up what the unpacked layer takes on disk, where a symlink is as long as its target, a second name of an
 * inode (hard link) adds nothing and a whiteout is empty.
 */
export function layerSize(entries: EntryTable): number {
  let total = 0;
  for (let row = 0; row < entries.count; row++) {
    const type = entries.type[row]!;
    if (type === SYMLINK) total += entries.path[row + 1]! - entries.link[row]!;
    else if (FILES.has(type) && entries.size[row]! > 0 && !isWhiteout(entries, row))
      total += entries.size[row]!;
  }
  return total;
}

function isWhiteout({ bytes, path, link }: EntryTable, row: number): boolean {
  let name = link[row]!;
  while (name > path[row]! && bytes[name - 1] !== SLASH) name--;
  return WHITEOUT.every((byte, at) => bytes[name + at] === byte);
}
