import { type Dialect, FIELD, readNumber, stringEnd } from "./block.ts";
import type { Columns } from "./columns.ts";

const text = new TextDecoder("utf-8", { ignoreBOM: true });

/** Headers remembered: an image layer has a handful of owners that alternate. */
const SLOTS = 4;
/** uid and gid (16 bytes at 108), then uname, gname and the device numbers (80 bytes at 265), as 32-bit words. */
const WORDS = 24;

/**
 * Finds the owner of a header. Parsing one costs more than all other fields together and nearly every header repeats one of the last few,
 * so the raw bytes of those are compared first. The device numbers are part of what is compared, so that a header that is found has
 * well-formed ones.
 */
export class OwnerFinder {
  readonly #columns: Columns;
  readonly #words = new Int32Array(SLOTS * WORDS);
  readonly #dialects: (Dialect | undefined)[] = [];
  readonly #indexes = new Uint32Array(SLOTS);
  #latest = 0;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  /** Index of the owner of the header at `at`, which stands at `position` in the archive. @throws CoreError `tar/header` */
  find(
    bytes: Uint8Array,
    at: number,
    header: { readonly view: DataView; readonly dialect: Dialect; readonly position: number },
  ): number {
    const { view, dialect } = header;
    for (let tried = 0; tried < SLOTS; tried++) {
      const slot = (this.#latest + tried) % SLOTS;
      if (this.#dialects[slot] === dialect && this.#same(view, at, slot * WORDS)) {
        this.#latest = slot;
        return this.#indexes[slot]!;
      }
    }
    const index = this.#parse(bytes, at, header);
    const slot = (this.#latest + SLOTS - 1) % SLOTS;
    for (let i = 0; i < WORDS; i++) this.#words[slot * WORDS + i] = view.getInt32(wordAt(at, i), true);
    this.#dialects[slot] = dialect;
    this.#indexes[slot] = index;
    this.#latest = slot;
    return index;
  }

  #same(view: DataView, at: number, from: number): boolean {
    const words = this.#words;
    for (let i = 0; i < WORDS; i++) {
      if (words[from + i] !== view.getInt32(wordAt(at, i), true)) return false;
    }
    return true;
  }

  #parse(
    bytes: Uint8Array,
    at: number,
    { dialect, position }: { readonly dialect: Dialect; readonly position: number },
  ): number {
    const uid = readNumber(bytes, at, { field: FIELD.uid, position });
    const gid = readNumber(bytes, at, { field: FIELD.gid, position });
    if (dialect === "v7") return this.#columns.intern({ uid, gid, uname: "", gname: "" });
    readNumber(bytes, at, { field: FIELD.major, position });
    readNumber(bytes, at, { field: FIELD.minor, position });
    return this.#columns.intern({
      uid,
      gid,
      uname: stringOf(bytes, at, FIELD.uname),
      gname: stringOf(bytes, at, FIELD.gname),
    });
  }
}

const wordAt = (at: number, i: number): number => at + (i < 4 ? 108 + 4 * i : 265 - 16 + 4 * i);

function stringOf(
  bytes: Uint8Array,
  at: number,
  field: { readonly at: number; readonly length: number },
): string {
  const start = at + field.at;
  return text.decode(bytes.subarray(start, stringEnd(bytes, start, field.length)));
}
