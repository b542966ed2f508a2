import type { Digest, Hasher, NewHasher } from "../digest/mod.ts";
import { CoreError, type WireError } from "../error.ts";
import { type EntryTable, TarDecoder, type TarLimits } from "../tar/mod.ts";
import { TYPE } from "./tree.ts";

/** What a {@link LayerPass} takes. */
interface PassOptions {
  readonly newHasher: NewHasher;
  readonly limits?: TarLimits | undefined;
  readonly contentDigests?: boolean | undefined;
  readonly onEntry?: ((row: number, table: EntryTable) => void) | undefined;
}

/** What the uncompressed bytes of a layer say. */
export interface PassResult {
  readonly diffID: Digest | undefined;
  readonly size: number;
  readonly table: EntryTable;
  readonly contentSize: number;
  readonly problems: readonly WireError[];
  readonly fileDigests: Uint8Array<ArrayBuffer> | undefined;
}

/** Bytes of a content digest. */
export const DIGEST_BYTES = 32;

/** The uncompressed half of a scan: hashes what passes, reads the entries, and goes on hashing when the tar turns out broken. */
export class LayerPass {
  readonly problems: WireError[] = [];
  readonly #hasher: Hasher;
  readonly #decoder: TarDecoder;
  readonly #digests: FileDigests | undefined;
  #size = 0;
  #readable = true;

  constructor(options: PassOptions) {
    this.#hasher = options.newHasher();
    const digests = options.contentDigests === true ? new FileDigests(options.newHasher) : undefined;
    this.#digests = digests;
    const { onEntry } = options;
    this.#decoder = new TarDecoder({
      limits: options.limits,
      ...((digests !== undefined || onEntry !== undefined) && {
        onEntry(row, table) {
          digests?.begin(row, table.type[row] === TYPE.file);
          onEntry?.(row, table);
        },
      }),
      ...(digests !== undefined && {
        onContent: (_row, bytes) => digests.push(bytes),
        onEntryEnd: () => digests.end(),
      }),
    });
  }

  push(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
    this.#size += bytes.length;
    this.#guard(() => this.#decoder.push(bytes));
  }

  /** Ends it; `whole` says whether the bytes came to their end, so that their digest means something. */
  end(whole: boolean): PassResult {
    if (whole) this.#guard(() => this.#decoder.end());
    const table = this.#decoder.table();
    return {
      diffID: whole ? `sha256:${this.#hasher.hex()}` : undefined,
      size: this.#size,
      table,
      contentSize: contentSize(table),
      problems: this.problems,
      fileDigests: this.#digests?.finish(table.count),
    };
  }

  #guard(work: () => void): void {
    if (!this.#readable) return;
    try {
      work();
    } catch (error) {
      this.#readable = false;
      this.problems.push(wireError(error));
    }
  }
}

/** Sum of the sizes of the regular files of `table`. */
export function contentSize(table: EntryTable): number {
  let total = 0;
  for (let row = 0; row < table.count; row++) {
    if (table.type[row] === TYPE.file || table.type[row] === TYPE.sparse) total += table.size[row]!;
  }
  return total;
}

/** Hashes the content of one file after the other. */
class FileDigests {
  readonly #newHasher: NewHasher;
  #bytes = new Uint8Array(DIGEST_BYTES * 256);
  #row = -1;
  #hasher: Hasher | undefined;

  constructor(newHasher: NewHasher) {
    this.#newHasher = newHasher;
  }

  begin(row: number, wanted: boolean): void {
    this.#row = row;
    this.#hasher = wanted ? this.#newHasher() : undefined;
  }

  push(bytes: Uint8Array): void {
    this.#hasher?.update(bytes);
  }

  end(): void {
    if (this.#hasher === undefined) return;
    const at = this.#row * DIGEST_BYTES;
    this.#fit(at + DIGEST_BYTES);
    const hex = this.#hasher.hex();
    this.#hasher = undefined;
    for (let i = 0; i < DIGEST_BYTES; i++) {
      this.#bytes[at + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
    }
  }

  finish(rows: number): Uint8Array<ArrayBuffer> {
    this.#fit(rows * DIGEST_BYTES);
    return this.#bytes.slice(0, rows * DIGEST_BYTES);
  }

  #fit(length: number): void {
    if (length <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(length, this.#bytes.length * 2));
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

/** An error of the layer's bytes as plain JSON; what is not of the core is a defect and goes on its way. */
export function wireError(error: unknown): WireError {
  if (error instanceof CoreError) return error.toJSON();
  throw error;
}
