import { CoreError } from "../error.ts";
import {
  BLOCK,
  checksumFromSum,
  dialectOf,
  FIELD,
  headerError,
  octalAt,
  readNumber,
  signedExcess,
  sumBlock,
} from "./block.ts";
import { Columns } from "./columns.ts";
import { type PaxSparse, parseInteger } from "./extension.ts";
import { TAR_LIMITS, type TarLimits } from "./limits.ts";
import { OwnerFinder } from "./owners.ts";
import { checkStarTimes, hasContent, SPARSE, writeRow } from "./row.ts";
import { checkRegions, MapReader, OLD_MAP, parsePaxMap, readOldMap, sparseError } from "./sparse.ts";
import { type Extensions, extended, Gatherer, isSpecial, type SpecialContent } from "./special.ts";
import type { EntryTable } from "./table.ts";

/** What a {@link TarDecoder} takes. */
export interface TarDecoderOptions {
  readonly limits?: TarLimits | undefined;
  /** Called when the headers of a row are complete. `table` is the live view of all rows so far, valid during the call only. */
  onEntry?(row: number, table: EntryTable): void;
  /** Called with the content of a row as stored (for sparse files the regions, without holes), in pieces valid during the call only. */
  onContent?(row: number, bytes: Uint8Array): void;
  /** Called when the content of a row is complete. */
  onEntryEnd?(row: number): void;
}

/** What the next block is. */
const HEADER = 0;
const SECOND_ZERO = 1;
const OLD_SPARSE = 2;
const PAX_SPARSE = 3;
const ENDED = 4;

/**
 * Decodes a tar archive into an {@link EntryTable}, without I/O: bytes go in by {@link push}, in chunks cut anywhere; what is content may
 * be passed over by {@link skip}. Reads as Docker does (Go's archive/tar), by the rules of RULES.md. Memory: the table, one special
 * entry, one block.
 *
 * After a failure {@link table} has the entries before it, and every further call throws the same error.
 */
export class TarDecoder {
  readonly #options: TarDecoderOptions;
  readonly #limits: TarLimits;
  readonly #columns: Columns;
  #owners: OwnerFinder;
  readonly #hold = new Uint8Array(BLOCK);
  readonly #holdView: DataView = new DataView(this.#hold.buffer);
  #held = 0;
  #viewed: Uint8Array = this.#hold;
  #view: DataView = this.#holdView;
  #state = HEADER;
  #position = 0;
  /** Bytes left of the content being passed, and of the padding after it. */
  #content = 0;
  #padding = 0;
  /** Type byte of the special entry whose content is being passed, or 0. */
  #special = 0;
  readonly #gatherer = new Gatherer();
  #extensions: Extensions | undefined;
  /** Offset of the first header of the entry under way, of the latest header, and of its sparse map. */
  #start = -1;
  #headerAt = 0;
  #regions: number[] = [];
  #map: MapReader | undefined;
  #failure: unknown;

  constructor(options: TarDecoderOptions = {}) {
    this.#options = options;
    this.#limits = options.limits ?? TAR_LIMITS;
    this.#columns = new Columns(this.#limits.table);
    this.#owners = new OwnerFinder(this.#columns);
  }

  /** Bytes consumed so far: the archive offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** Rows decoded so far. */
  get count(): number {
    return this.#columns.count;
  }

  /** How many of the next bytes are content and padding, which {@link skip} may pass over unless `onContent` wants them. */
  get skippable(): number {
    if (this.#special !== 0 || this.#state !== HEADER) return 0;
    return this.#content + this.#padding;
  }

  /** Whether the end mark was seen: all further bytes are ignored. */
  get ended(): boolean {
    return this.#state === ENDED;
  }

  /**
   * Decodes the next `bytes`, which are not kept.
   * @throws CoreError `tar/header`, `tar/pax`, `tar/sparse`, `bytes/limit`, with the archive offset in `detail.offset`
   */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at = this.step(bytes, at);
  }

  /**
   * Decodes from `at` on until an entry begins, a run of content has passed or `bytes` end; gives back where it stopped. For readers that
   * must not run ahead of their consumer.
   * @throws CoreError as {@link push}
   */
  step(bytes: Uint8Array, at: number): number {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#advance(bytes, at);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** Passes over `count` bytes unseen. @throws RangeError when more than {@link skippable} */
  skip(count: number): void {
    if (count < 0 || count > this.skippable) {
      throw new RangeError(`cannot skip ${count} bytes where ${this.skippable} are skippable`);
    }
    const content = Math.min(count, this.#content);
    this.#position += count;
    this.#padding -= count - content;
    if (content === 0) return;
    this.#content -= content;
    if (this.#content === 0) this.#options.onEntryEnd?.(this.count - 1);
  }

  /**
   * Ends the archive where it stands. An archive may end without its end mark, and within the padding after content.
   * @throws CoreError `tar/truncated` when it ends elsewhere
   */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state === ENDED) return;
    const where = this.#held > 0 ? "in a header" : this.#content > 0 ? "in its content" : "";
    if (where === "" && this.#state !== OLD_SPARSE && this.#state !== PAX_SPARSE) return;
    const missing = this.#held > 0 ? BLOCK - this.#held : this.#content > 0 ? this.#content : BLOCK;
    const offset = this.#held > 0 && this.#content === 0 ? this.#position - this.#held : this.#headerAt;
    this.#failure = new CoreError(
      "tar/truncated",
      `Cannot read tar entry at byte ${offset}: the archive ends at byte ${this.#position} ${where || "in its sparse map"}, ` +
        `${missing} more bytes expected`,
      { offset, end: this.#position, missing },
    );
    throw this.#failure;
  }

  /** The entries decoded so far, in memory of its own. */
  table(): EntryTable {
    return this.#columns.trimmed();
  }

  /** Forgets the rows decoded so far, so that a reader of one entry at a time needs the memory of one. */
  clear(): void {
    if (this.#columns.clear()) this.#owners = new OwnerFinder(this.#columns);
  }

  #advance(bytes: Uint8Array, from: number): number {
    let at = from;
    const end = bytes.length;
    const rows = this.#columns.count;
    while (at < end) {
      if (this.#content > 0 && this.#state === HEADER) {
        const run = Math.min(this.#content, end - at);
        const passing = this.#special === 0;
        if (passing) this.#passContent(bytes, at, run);
        else this.#gather(bytes, at, run);
        at += run;
        if (passing && this.#options.onContent !== undefined) return at;
        continue;
      }
      if (this.#padding > 0 && this.#state === HEADER) {
        const run = Math.min(this.#padding, end - at);
        this.#padding -= run;
        this.#position += run;
        at += run;
        continue;
      }
      if (this.#state === ENDED) {
        this.#position += end - at;
        return end;
      }
      if (this.#held === 0 && end - at >= BLOCK) {
        if (this.#viewed !== bytes) {
          this.#viewed = bytes;
          this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        }
        this.#block(bytes, at, this.#view);
        at += BLOCK;
      } else {
        const run = Math.min(BLOCK - this.#held, end - at);
        this.#hold.set(bytes.subarray(at, at + run), this.#held);
        this.#held += run;
        at += run;
        if (this.#held < BLOCK) {
          this.#position += run;
          continue;
        }
        // The block is at its start again, as it is for a block that lies in one chunk.
        this.#position -= BLOCK - run;
        this.#held = 0;
        this.#block(this.#hold, 0, this.#holdView);
      }
      if (this.#columns.count !== rows && this.#options.onEntry !== undefined) return at;
    }
    return at;
  }

  #passContent(bytes: Uint8Array, at: number, run: number): void {
    this.#content -= run;
    this.#position += run;
    this.#options.onContent?.(this.count - 1, bytes.subarray(at, at + run));
    if (this.#content === 0) this.#options.onEntryEnd?.(this.count - 1);
  }

  /** Takes the block at `at`; the position is that of its first byte until it has been understood. */
  #block(bytes: Uint8Array, at: number, view: DataView): void {
    switch (this.#state) {
      case HEADER:
        this.#header(bytes, at, view);
        return;
      case SECOND_ZERO:
        if (sumBlock(view, at) !== 0) {
          throw headerError(this.#position, "it follows a block of zeros, expected a second one");
        }
        this.#position += BLOCK;
        this.#state = ENDED;
        return;
      case OLD_SPARSE:
        this.#oldMap(bytes, at, OLD_MAP.blockSlots);
        this.#position += BLOCK;
        if (bytes[at + OLD_MAP.extendedAt] === 0) this.#sparseRow();
        return;
      default:
        this.#paxMapBlock(bytes, at);
    }
  }

  #header(bytes: Uint8Array, at: number, view: DataView): void {
    const position = this.#position;
    const sum = sumBlock(view, at);
    if (sum === 0) {
      this.#position += BLOCK;
      this.#state = SECOND_ZERO;
      return;
    }
    this.#headerAt = position;
    if (this.#start < 0) this.#start = position;
    checkSum(bytes, at, { sum, position });
    const dialect = dialectOf(bytes, at);
    const size = readNumber(bytes, at, { field: FIELD.size, position });
    const mtime = readNumber(bytes, at, { field: FIELD.mtime, position });
    const mode = readNumber(bytes, at, { field: FIELD.mode, position }) & 0o7777;
    const owner = this.#owners.find(bytes, at, { view, dialect, position });
    if (dialect === "star") checkStarTimes(bytes, at, position);
    const flag = bytes[at + FIELD.typeflag.at]!;
    if (isSpecial(flag)) {
      this.#beginSpecial(flag, size);
      return;
    }
    const extensions = this.#extensions;
    const stored = writeRow(
      this.#columns,
      { bytes, at, position, dialect, size, mtime, mode, owner },
      { extensions, limits: this.#limits },
    );
    this.#position = position + BLOCK;
    this.#content = stored;
    this.#padding = (BLOCK - (stored % BLOCK)) % BLOCK;
    if (this.#columns.type[this.count] === SPARSE) {
      if (dialect !== "gnu") throw sparseError(position, "only GNU headers have one");
      this.#beginOldMap(bytes, at);
    } else if (extensions?.pax?.sparse === undefined || !this.#beginPaxMap(extensions.pax.sparse)) {
      this.#commit();
    }
  }

  #beginSpecial(flag: number, size: number): void {
    const position = this.#position;
    if (size < 0) throw headerError(position, `size is ${size}, expected 0 or more`);
    if (size > this.#limits.special) {
      throw new CoreError(
        "bytes/limit",
        `Cannot read tar header at byte ${position}: an entry of type ${String.fromCharCode(flag)} has ${size} bytes, ` +
          `at most ${this.#limits.special} are read`,
        { offset: position, size, limit: this.#limits.special },
      );
    }
    this.#position += BLOCK;
    this.#special = flag;
    this.#content = size;
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (size === 0) this.#endSpecial({ bytes: this.#hold, start: 0, end: 0, position: this.#position });
  }

  #gather(bytes: Uint8Array, at: number, run: number): void {
    const content = this.#gatherer.take(bytes, at, { run, left: this.#content, position: this.#position });
    if (content !== undefined) this.#endSpecial(content);
    this.#content -= run;
    this.#position += run;
  }

  #endSpecial(content: SpecialContent): void {
    this.#extensions = extended(this.#extensions, this.#special, content);
    this.#special = 0;
    if (this.#extensions === undefined) this.#start = -1;
  }

  #beginOldMap(bytes: Uint8Array, at: number): void {
    const row = this.count;
    this.#columns.size[row] = readNumber(bytes, at, {
      field: FIELD.gnuRealSize,
      position: this.#headerAt,
    });
    this.#regions = [];
    this.#position -= BLOCK;
    this.#oldMap(bytes, at + FIELD.gnuSparse.at, OLD_MAP.headerSlots);
    this.#position += BLOCK;
    if (bytes[at + FIELD.gnuExtended.at] === 0) this.#sparseRow();
    else this.#state = OLD_SPARSE;
  }

  #oldMap(bytes: Uint8Array, at: number, slots: number): void {
    const { fragments: limit } = this.#limits;
    readOldMap(bytes, at, { slots, position: this.#position, limit, regions: this.#regions });
  }

  /** Begins the sparse file that pax records announce; false when they announce none that is known, and the entry is a plain file. */
  #beginPaxMap(sparse: PaxSparse): boolean {
    const { major, minor } = sparse;
    const inContent = major === "1" && minor === "0";
    const inRecords =
      (major === "0" && (minor === "0" || minor === "1")) ||
      (major === "" && minor === "" && sparse.map !== "");
    if (!inContent && !inRecords) return false;
    const row = this.count;
    const position = this.#extensions?.pax?.position ?? this.#headerAt;
    if (!hasContent(this.#columns.type[row]!)) throw sparseError(position, "the entry is no file");
    if (sparse.name !== undefined) this.#rename(sparse.name);
    const size = sparse.size || sparse.realsize;
    if (size !== "") {
      this.#columns.size[row] = parseInteger(size, { key: "GNU.sparse.size", at: position });
    }
    this.#columns.type[row] = SPARSE;
    if (inContent) {
      this.#map = new MapReader(this.#limits.fragments);
      this.#state = PAX_SPARSE;
      return true;
    }
    this.#regions = parsePaxMap(sparse.map, sparse.numblocks, { position, limit: this.#limits.fragments });
    this.#sparseRow();
    return true;
  }

  #paxMapBlock(bytes: Uint8Array, at: number): void {
    const map = this.#map!;
    if (this.#content < BLOCK)
      throw sparseError(this.#position, "it is longer than the content it stands in");
    const complete = map.block(bytes, at, this.#position);
    this.#position += BLOCK;
    this.#content -= BLOCK;
    if (!complete) return;
    this.#regions = map.regions;
    this.#map = undefined;
    this.#sparseRow();
  }

  /** Gives the row under way another path: its strings are the last in the table. */
  #rename(name: Uint8Array): void {
    const columns = this.#columns;
    const row = columns.count;
    if (name.length > this.#limits.path) {
      throw sparseError(this.#headerAt, `GNU.sparse.name is longer than ${this.#limits.path} bytes`);
    }
    const start = columns.path[row]!;
    const link = columns.bytes.slice(columns.link[row], columns.used);
    columns.reserve(name.length + link.length);
    columns.bytes.set(name, start);
    columns.bytes.set(link, start + name.length);
    columns.link[row] = start + name.length;
    columns.used = columns.path[row + 1] = start + name.length + link.length;
  }

  #sparseRow(): void {
    const row = this.count;
    this.#state = HEADER;
    checkRegions(this.#regions, this.#columns.size[row]!, this.#headerAt);
    this.#columns.addSparse(row, this.#regions, this.#content);
    this.#regions = [];
    this.#commit();
  }

  /** Counts the row under way: its content begins here. */
  #commit(): void {
    const columns = this.#columns;
    const row = columns.count;
    const kept = this.#extensions?.pax?.kept;
    if (kept !== undefined) columns.addPax(row, kept);
    columns.offset[row] = this.#position;
    columns.prelude[row] = this.#position - this.#start;
    columns.count = row + 1;
    this.#start = -1;
    this.#extensions = undefined;
    this.#options.onEntry?.(row, columns);
    if (this.#content === 0) this.#options.onEntryEnd?.(row);
  }
}

/** @throws CoreError `tar/header` unless the header's checksum is the sum of its bytes, unsigned or signed. */
function checkSum(
  bytes: Uint8Array,
  at: number,
  header: { readonly sum: number; readonly position: number },
): void {
  const expected = checksumFromSum(bytes, at, header.sum);
  const found = octalAt(bytes, at + FIELD.checksum.at, FIELD.checksum.length);
  if (found === expected || found === expected - signedExcess(bytes, at)) return;
  throw headerError(
    header.position,
    Number.isNaN(found) ? "its checksum is no octal number" : `checksum is ${found}, expected ${expected}`,
  );
}
