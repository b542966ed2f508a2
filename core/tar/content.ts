import { type Source, sourceOf } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { storedSizeAt } from "./entry.ts";
import { sparseSource } from "./holes.ts";
import { sparseError } from "./sparse.ts";
import { ENTRY_TYPES, type EntryTable, findRow } from "./table.ts";

/**
 * The content of row `row` of `table`, lazily: a slice of `archive`, or for a sparse file its regions with zeros between them, which are
 * made only as they are read. Empty for types without content.
 * @throws RangeError when there is no such row
 * @throws CoreError `tar/truncated` when the archive ends before the content does, `tar/sparse` when the sparse map does not account for
 * exactly the bytes stored
 */
export function contentOf(archive: Source, table: EntryTable, row: number): Source {
  if (!(row >= 0 && row < table.count)) throw new RangeError(`no row ${row} in a table of ${table.count}`);
  const stored = storedSizeAt(table, row);
  if (stored === 0 && ENTRY_TYPES[table.type[row]!] !== "sparse") return sourceOf(new Uint8Array(0));
  const offset = table.offset[row]!;
  const end = offset + stored;
  if (end > archive.size) {
    throw new CoreError(
      "tar/truncated",
      `Cannot read tar content at byte ${offset}: the archive ends at byte ${archive.size}, expected ${stored} bytes`,
      { offset, end: archive.size, missing: end - archive.size },
    );
  }
  const bytes = archive.slice(offset, end);
  if (ENTRY_TYPES[table.type[row]!] !== "sparse") return bytes;
  return sparseSource(bytes, regionsAt(table, row), table.size[row]!);
}

/**
 * The regions of sparse row `row`: offset and length in turn.
 * @throws CoreError `tar/sparse` when they do not account for exactly the bytes stored
 */
export function regionsAt(table: EntryTable, row: number): Float64Array<ArrayBuffer> {
  const { rows, starts, regions, stored } = table.sparse;
  const index = findRow(rows, row);
  const own = regions.subarray(2 * starts[index]!, 2 * starts[index + 1]!);
  let total = 0;
  for (let i = 1; i < own.length; i += 2) total += own[i]!;
  if (total !== stored[index]) {
    throw sparseError(
      table.offset[row]! - table.prelude[row]!,
      `its regions add up to ${total} bytes, ${stored[index]} are stored`,
    );
  }
  return own;
}
