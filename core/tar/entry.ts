import type { Bytes } from "../bytes/mod.ts";
import { paxRecords } from "./pax.ts";
import { ENTRY_TYPES, type EntryTable, type EntryType, findRow } from "./table.ts";

/** One row of an {@link EntryTable} as an object. */
export interface TarEntry {
  /** As written, `/` at the end and `./` at the front included; bytes that are not UTF-8 appear as U+FFFD. */
  readonly path: string;
  /** The raw bytes of `path`, only when they are not UTF-8. */
  readonly pathBytes?: Bytes;
  readonly type: EntryType;
  /** Type byte of the header as a character: `"\0"` for files of the oldest form. */
  readonly typeflag: string;
  /** Bytes of content, holes expanded; what the header says for types without content. */
  readonly size: number;
  /** Permission bits, `& 0o7777`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Seconds since the epoch, with a fraction where the archive has one. */
  readonly mtime: number;
  /** Target of a symlink or hard link as written, else empty. */
  readonly link: string;
  /** The raw bytes of `link`, only when they are not UTF-8. */
  readonly linkBytes?: Bytes;
  /** Device numbers, for `char` and `block` only. */
  readonly major?: number;
  readonly minor?: number;
  /** Extended attributes (`SCHILY.xattr.*`) by name, as raw bytes. */
  readonly xattrs?: { readonly [name: string]: Bytes };
  /** Further pax records that stand in no other field, by key, as raw bytes. */
  readonly pax?: { readonly [key: string]: Bytes };
  /** Where the content, as stored, begins in the archive. */
  readonly offset: number;
  /** Bytes of content stored in the archive: `size`, less the holes of sparse files; 0 for types without content. */
  readonly storedSize: number;
  /** Where the first header of the entry, extensions included, begins in the archive. */
  readonly headerOffset: number;
}

/** Prefix of the pax keys that carry extended attributes. */
export const XATTR_PREFIX = "SCHILY.xattr.";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

/** Lossy text of `bytes`, and a copy of the bytes themselves when the text cannot give them back. */
function textOf(bytes: Bytes): { readonly text: string; readonly raw?: Bytes } {
  const text = lossy.decode(bytes);
  if (!text.includes("\ufffd")) return { text };
  try {
    strict.decode(bytes);
    return { text };
  } catch {
    return { text, raw: bytes.slice() };
  }
}

/** Bytes that row `row` of `table` stores in the archive: its content, without holes. */
export function storedSizeAt(table: EntryTable, row: number): number {
  const type = ENTRY_TYPES[table.type[row]!]!;
  if (type === "file" || type === "other") return table.size[row]!;
  return type === "sparse" ? table.sparse.stored[findRow(table.sparse.rows, row)]! : 0;
}

/**
 * Row `row` of `table` as an object, independent of the table.
 * @throws RangeError when there is no such row.
 */
export function entryAt(table: EntryTable, row: number): TarEntry {
  if (!(row >= 0 && row < table.count)) throw new RangeError(`no row ${row} in a table of ${table.count}`);
  const start = table.path[row]!;
  const middle = table.link[row]!;
  const path = textOf(table.bytes.subarray(start, middle));
  const link = textOf(table.bytes.subarray(middle, table.path[row + 1]));
  const owner = table.owners[table.owner[row]!]!;
  const offset = table.offset[row]!;
  const device = findRow(table.device.rows, row);
  const pax = findRow(table.pax.rows, row);
  return {
    path: path.text,
    ...(path.raw && { pathBytes: path.raw }),
    type: ENTRY_TYPES[table.type[row]!]!,
    typeflag: String.fromCharCode(table.typeflag[row]!),
    size: table.size[row]!,
    mode: table.mode[row]!,
    uid: owner.uid,
    gid: owner.gid,
    uname: owner.uname,
    gname: owner.gname,
    mtime: table.mtime[row]!,
    link: link.text,
    ...(link.raw && { linkBytes: link.raw }),
    ...(device >= 0 && {
      major: table.device.numbers[2 * device]!,
      minor: table.device.numbers[2 * device + 1]!,
    }),
    ...(pax >= 0 && keptRecords(table, pax)),
    offset,
    storedSize: storedSizeAt(table, row),
    headerOffset: offset - table.prelude[row]!,
  };
}

/** The records of place `index` in the pax column, attributes apart from the rest. */
function keptRecords(table: EntryTable, index: number): Pick<TarEntry, "xattrs" | "pax"> {
  const { starts, bytes } = table.pax;
  const xattrs = new Map<string, Bytes>();
  const rest = new Map<string, Bytes>();
  for (const { key, value } of paxRecords(bytes.subarray(starts[index], starts[index + 1]))) {
    const xattr = key.startsWith(XATTR_PREFIX);
    const records = xattr ? xattrs : rest;
    const name = xattr ? key.slice(XATTR_PREFIX.length) : key;
    // Of equal keys the last counts, and an empty value takes the record back.
    if (value.length > 0) records.set(name, value);
    else records.delete(name);
  }
  // fromEntries defines own properties, so a key such as __proto__ is an ordinary one.
  return {
    ...(xattrs.size > 0 && { xattrs: Object.fromEntries(xattrs) }),
    ...(rest.size > 0 && { pax: Object.fromEntries(rest) }),
  };
}
