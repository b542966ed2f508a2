import type { Bytes } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { GrowingFloats, GrowingIntegers, grownBytes, roomier } from "./growing.ts";
import type { DeviceColumn, EntryTable, Owner, PaxColumn, SparseColumn } from "./table.ts";

/** Bytes of one row in the columns that every row has. */
const ROW_BYTES = 51;
/** Bytes that an owner, a sparse file or a pax row takes beside its texts and regions, about. */
const PLACE_BYTES = 100;
/** Bytes of owners that outlive {@link Columns.clear}. */
const OWNERS_KEPT = 1_048_576;

/**
 * The columns of an {@link EntryTable} while they grow. Itself a live table of the rows appended so far, except that its arrays may be
 * longer than `count`; {@link trimmed} copies out one that is not.
 */
export class Columns implements EntryTable {
  count = 0;
  bytes: Bytes = new Uint8Array(4096);
  /** Bytes of the string table in use. */
  used = 0;
  path = new Uint32Array(65);
  link = new Uint32Array(64);
  type = new Uint8Array(64);
  typeflag = new Uint8Array(64);
  mode = new Uint16Array(64);
  owner = new Uint32Array(64);
  size = new Float64Array(64);
  mtime = new Float64Array(64);
  offset = new Float64Array(64);
  prelude = new Float64Array(64);
  readonly owners: Owner[] = [];
  readonly #ownerIndex = new Map<string, number>();
  readonly #deviceRows = new GrowingIntegers();
  readonly #deviceNumbers = new GrowingFloats();
  readonly #sparseRows = new GrowingIntegers();
  readonly #sparseStarts = new GrowingIntegers();
  readonly #regions = new GrowingFloats();
  readonly #stored = new GrowingFloats();
  readonly #paxRows = new GrowingIntegers();
  readonly #paxStarts = new GrowingIntegers();
  #paxBytes: Bytes = new Uint8Array(0);
  #paxUsed = 0;
  readonly #limit: number;
  #ownerBytes = 0;

  /** `limit` is the memory that all rows together may take, in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#sparseStarts.push(0);
    this.#paxStarts.push(0);
  }

  get device(): DeviceColumn {
    return { rows: this.#deviceRows.view(), numbers: this.#deviceNumbers.view() };
  }

  get sparse(): SparseColumn {
    return {
      rows: this.#sparseRows.view(),
      starts: this.#sparseStarts.view(),
      regions: this.#regions.view(),
      stored: this.#stored.view(),
    };
  }

  get pax(): PaxColumn {
    return {
      rows: this.#paxRows.view(),
      starts: this.#paxStarts.view(),
      bytes: this.#paxBytes.subarray(0, this.#paxUsed),
    };
  }

  /** @throws CoreError `bytes/limit` when `more` bytes are too many */
  #charge(more: number): void {
    const held =
      this.count * ROW_BYTES +
      this.used +
      this.#ownerBytes +
      this.#paxUsed +
      (this.#paxRows.length + this.#sparseRows.length + this.#deviceRows.length) * PLACE_BYTES +
      this.#regions.length * 8;
    if (held + more <= this.#limit) return;
    throw new CoreError(
      "bytes/limit",
      `Cannot list archive: its first ${this.count} entries take more than ${this.#limit} bytes of memory`,
      { entries: this.count, limit: this.#limit },
    );
  }

  /** Room for one more row and `strings` more bytes of names. @throws CoreError `bytes/limit` */
  reserve(strings: number): void {
    const needed = this.used + strings;
    if (needed > this.bytes.length) {
      this.#charge(strings);
      this.bytes = grownBytes(this.bytes, needed);
    }
    const rows = this.count + 1;
    if (rows <= this.link.length) return;
    this.#charge(ROW_BYTES);
    const length = roomier(this.link.length, rows);
    const { path, link, type, typeflag, mode, owner, size, mtime, offset, prelude } = this;
    (this.path = new Uint32Array(length + 1)).set(path);
    (this.link = new Uint32Array(length)).set(link);
    (this.type = new Uint8Array(length)).set(type);
    (this.typeflag = new Uint8Array(length)).set(typeflag);
    (this.mode = new Uint16Array(length)).set(mode);
    (this.owner = new Uint32Array(length)).set(owner);
    (this.size = new Float64Array(length)).set(size);
    (this.mtime = new Float64Array(length)).set(mtime);
    (this.offset = new Float64Array(length)).set(offset);
    (this.prelude = new Float64Array(length)).set(prelude);
  }

  /** Index of the owner with these values, each distinct one kept once. @throws CoreError `bytes/limit` */
  intern(owner: Owner): number {
    const key = `${owner.uid},${owner.gid},${owner.uname}\0${owner.gname}`;
    let index = this.#ownerIndex.get(key);
    if (index === undefined) {
      // The names stand in the key as well; a character is two bytes at most.
      const bytes = PLACE_BYTES + 4 * (owner.uname.length + owner.gname.length);
      this.#charge(bytes);
      this.#ownerBytes += bytes;
      index = this.owners.push(owner) - 1;
      this.#ownerIndex.set(key, index);
    }
    return index;
  }

  addDevice(row: number, major: number, minor: number): void {
    this.#deviceRows.push(row);
    this.#deviceNumbers.push(major);
    this.#deviceNumbers.push(minor);
  }

  /** @throws CoreError `bytes/limit` */
  addSparse(row: number, regions: readonly number[], stored: number): void {
    this.#charge(PLACE_BYTES + regions.length * 8);
    this.#sparseRows.push(row);
    for (const number of regions) this.#regions.push(number);
    this.#sparseStarts.push(this.#regions.length >>> 1);
    this.#stored.push(stored);
  }

  /** @throws CoreError `bytes/limit` */
  addPax(row: number, records: Uint8Array): void {
    this.#charge(PLACE_BYTES + records.length);
    this.#paxBytes = grownBytes(this.#paxBytes, this.#paxUsed + records.length);
    this.#paxBytes.set(records, this.#paxUsed);
    this.#paxUsed += records.length;
    this.#paxRows.push(row);
    this.#paxStarts.push(this.#paxUsed);
  }

  /**
   * Forgets every row, keeping memory: for readers that look at one row at a time. Owners are kept too, while they are few; true when they
   * are forgotten as well, and their indexes mean nothing any more.
   */
  clear(): boolean {
    this.count = 0;
    this.used = 0;
    for (const list of [
      this.#deviceRows,
      this.#deviceNumbers,
      this.#sparseRows,
      this.#regions,
      this.#stored,
      this.#paxRows,
    ]) {
      list.length = 0;
    }
    this.#sparseStarts.length = 1;
    this.#paxStarts.length = 1;
    this.#paxUsed = 0;
    if (this.#ownerBytes < OWNERS_KEPT) return false;
    this.owners.length = 0;
    this.#ownerIndex.clear();
    this.#ownerBytes = 0;
    return true;
  }

  /** A copy of exactly the rows appended so far. */
  trimmed(): EntryTable {
    const { count, device, sparse, pax } = this;
    return {
      count,
      // Not `used`: a row that failed half-way has left strings behind.
      bytes: this.bytes.slice(0, this.path[count]),
      path: this.path.slice(0, count + 1),
      link: this.link.slice(0, count),
      type: this.type.slice(0, count),
      typeflag: this.typeflag.slice(0, count),
      mode: this.mode.slice(0, count),
      owner: this.owner.slice(0, count),
      size: this.size.slice(0, count),
      mtime: this.mtime.slice(0, count),
      offset: this.offset.slice(0, count),
      prelude: this.prelude.slice(0, count),
      owners: this.owners.slice(),
      device: { rows: device.rows.slice(), numbers: device.numbers.slice() },
      sparse: {
        rows: sparse.rows.slice(),
        starts: sparse.starts.slice(),
        regions: sparse.regions.slice(),
        stored: sparse.stored.slice(),
      },
      pax: { rows: pax.rows.slice(), starts: pax.starts.slice(), bytes: pax.bytes.slice() },
    };
  }
}
