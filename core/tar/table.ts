import type { Bytes } from "../bytes/mod.ts";

/** What an entry is, whatever its dialect calls it; `link` is a hard link. */
export type EntryType = "file" | "dir" | "symlink" | "link" | "char" | "block" | "fifo" | "sparse" | "other";

/** The values of {@link EntryTable.type}: a row's number indexes this list. */
export const ENTRY_TYPES: readonly EntryType[] = [
  "file",
  "dir",
  "symlink",
  "link",
  "char",
  "block",
  "fifo",
  "sparse",
  "other",
];

/** Who owns an entry. Names are empty where the archive gives none; bytes that are not UTF-8 appear as U+FFFD. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
}

/** Device numbers of the character and block devices among the rows; `rows` ascends. */
export interface DeviceColumn {
  readonly rows: Uint32Array<ArrayBuffer>;
  /** Major and minor in turn: two per row. */
  readonly numbers: Float64Array<ArrayBuffer>;
}

/** Maps of the sparse files among the rows; `rows` ascends. */
export interface SparseColumn {
  readonly rows: Uint32Array<ArrayBuffer>;
  /** First region of each, one more than `rows`: regions `[starts[i], starts[i + 1])` belong to `rows[i]`. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Offset in the expanded file and length of each region, in turn: two per region. */
  readonly regions: Float64Array<ArrayBuffer>;
  /** Bytes stored in the archive for each, from `offset` of the row on. */
  readonly stored: Float64Array<ArrayBuffer>;
}

/** Pax records that no other column holds (xattrs and vendor keys), raw, of the rows that have some; `rows` ascends. */
export interface PaxColumn {
  readonly rows: Uint32Array<ArrayBuffer>;
  /** First byte of each in `bytes`, one more than `rows`. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Whole records, `<length> <key>=<value>\n` each. */
  readonly bytes: Bytes;
}

/**
 * The entries of one archive in archive order, as columns: a plain object of typed arrays, so it can be cloned, transferred between
 * workers ({@link tableTransfer}) and stored. About 50 bytes an entry beside the bytes of its names. {@link entryAt} gives one row as
 * an object.
 */
export interface EntryTable {
  /** Number of entries. */
  readonly count: number;
  /** Paths and link targets as the raw bytes of the archive: not cleaned, trailing slashes kept. */
  readonly bytes: Bytes;
  /** Path of row `r`: `bytes[path[r] … link[r]]`. One more than `count`. */
  readonly path: Uint32Array<ArrayBuffer>;
  /** Link target of row `r`: `bytes[link[r] … path[r + 1]]`; empty when it has none. */
  readonly link: Uint32Array<ArrayBuffer>;
  /** Index into {@link ENTRY_TYPES}. */
  readonly type: Uint8Array<ArrayBuffer>;
  /** Type byte of the header as written; NUL for files of the oldest form. */
  readonly typeflag: Uint8Array<ArrayBuffer>;
  /** Permission bits, `& 0o7777`. */
  readonly mode: Uint16Array<ArrayBuffer>;
  /** Index into `owners`. */
  readonly owner: Uint32Array<ArrayBuffer>;
  /** Bytes of content, holes expanded. For types without content it is whatever the header says. */
  readonly size: Float64Array<ArrayBuffer>;
  /** Seconds since the epoch, with a fraction where the archive has one. */
  readonly mtime: Float64Array<ArrayBuffer>;
  /** Where the content (for sparse files the stored regions) begins in the archive. */
  readonly offset: Float64Array<ArrayBuffer>;
  /** Bytes from the first header of the entry, extensions included, to `offset`. */
  readonly prelude: Float64Array<ArrayBuffer>;
  readonly owners: readonly Owner[];
  readonly device: DeviceColumn;
  readonly sparse: SparseColumn;
  readonly pax: PaxColumn;
}

const columnsOf = (table: EntryTable): readonly (ArrayBufferView & { readonly buffer: ArrayBuffer })[] => [
  table.bytes,
  table.path,
  table.link,
  table.type,
  table.typeflag,
  table.mode,
  table.owner,
  table.size,
  table.mtime,
  table.offset,
  table.prelude,
  table.device.rows,
  table.device.numbers,
  table.sparse.rows,
  table.sparse.starts,
  table.sparse.regions,
  table.sparse.stored,
  table.pax.rows,
  table.pax.starts,
  table.pax.bytes,
];

/** The buffers of `table`, for the transfer list of `postMessage`: the sender's table is unusable afterwards. */
export function tableTransfer(table: EntryTable): ArrayBuffer[] {
  return columnsOf(table).map((column) => column.buffer);
}

/** Bytes of memory that `table` holds: exact for the columns, estimated (100 bytes each) for the owners. */
export function tableMemory(table: EntryTable): number {
  let total = table.owners.length * 100;
  for (const column of columnsOf(table)) total += column.buffer.byteLength;
  return total;
}

/** Where `row` stands in the ascending `rows`, or -1. */
export function findRow(rows: Uint32Array, row: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = rows[middle]!;
    if (at === row) return middle;
    if (at < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
