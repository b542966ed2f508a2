import type { Bytes, ReadOptions, Source } from "../bytes/mod.ts";
import { regionsAt } from "./content.ts";
import { TarDecoder } from "./decode.ts";
import { entryAt, type TarEntry } from "./entry.ts";
import { sparseStream } from "./holes.ts";
import type { TarLimits } from "./limits.ts";
import type { EntryTable } from "./table.ts";

/** What {@link readEntries} takes. */
export interface ReadEntriesOptions extends ReadOptions {
  readonly limits?: TarLimits | undefined;
}

/** An entry of {@link readEntries} with its content. */
export interface StreamedEntry {
  readonly entry: TarEntry;
  /**
   * The content, holes expanded; empty for types without content. Read it before asking for the next entry: what is left unread then is
   * skipped, and reading on fails. Chunks are views of what the archive's stream gave: copy them before transferring.
   */
  readonly content: ReadableStream<Bytes>;
}

/**
 * The entries of a plain tar archive in one pass, with their content, in archive order. Memory: one chunk and one entry. The stream is
 * cancelled when the caller leaves the loop, and at the end mark: what follows that is not read.
 * @throws CoreError `tar/header`, `tar/pax`, `tar/sparse`, `tar/truncated`, `bytes/limit`, with the archive offset in `detail.offset`
 */
export async function* readEntries(
  archive: Source | ReadableStream<Bytes>,
  options: ReadEntriesOptions = {},
): AsyncGenerator<StreamedEntry> {
  options.signal?.throwIfAborted();
  const passage = new Passage("getReader" in archive ? archive : archive.stream(), options);
  try {
    for (;;) {
      const next = await passage.next();
      if (next === undefined) return;
      yield next;
    }
  } finally {
    await passage.close();
  }
}

/** One pass over an archive: either between two entries or within the content of one. */
class Passage {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  readonly #signal: AbortSignal | undefined;
  readonly #decoder: TarDecoder;
  #chunk: Bytes = new Uint8Array(0);
  #at = 0;
  /** Set by the decoder while it steps: an entry that begins, or the length of a run of content that has just passed. */
  #found: StreamedEntry | undefined;
  #run = 0;
  #piece: Bytes | undefined;
  /** Number of the entry whose content may be read. */
  #current = 0;

  constructor(stream: ReadableStream<Bytes>, options: ReadEntriesOptions) {
    this.#reader = stream.getReader();
    this.#signal = options.signal;
    this.#decoder = new TarDecoder({
      limits: options.limits,
      onEntry: (row, table) => {
        this.#current++;
        this.#piece = undefined;
        this.#found = this.#entry(table, row);
      },
      onContent: (_row, bytes) => {
        this.#run = bytes.length;
      },
    });
  }

  /** The next entry, past what is left of the one before it; undefined at the end. */
  async next(): Promise<StreamedEntry | undefined> {
    this.#found = undefined;
    this.#piece = undefined;
    while (this.#found === undefined) if (!(await this.#step())) return undefined;
    this.#decoder.clear();
    return this.#found;
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  /** Goes on until something was found or the chunk is used up; false at the end of the archive. */
  async #step(): Promise<boolean> {
    if (this.#decoder.ended) return false;
    if (this.#at === this.#chunk.length) {
      const { done, value } = await this.#reader.read();
      this.#signal?.throwIfAborted();
      if (done) {
        this.#decoder.end();
        return false;
      }
      this.#chunk = value;
      this.#at = 0;
    }
    if (this.#chunk.length === 0) return true;
    this.#run = 0;
    this.#at = this.#decoder.step(this.#chunk, this.#at);
    if (this.#run > 0) this.#piece = this.#chunk.subarray(this.#at - this.#run, this.#at);
    return true;
  }

  #entry(table: EntryTable, row: number): StreamedEntry {
    const entry = entryAt(table, row);
    const owner = this.#current;
    const read = (length: number): ReadableStream<Bytes> => this.#read(owner, length);
    if (entry.type !== "sparse") return { entry, content: read(entry.storedSize) };
    try {
      const regions = regionsAt(table, row).slice();
      return { entry, content: sparseStream((from, to) => read(to - from), regions, entry.size) };
    } catch (error) {
      // Only the content of this entry is lost.
      return { entry, content: new ReadableStream({ start: (controller) => controller.error(error) }) };
    }
  }

  /** The next `length` bytes of content of entry number `owner`. */
  #read(owner: number, length: number): ReadableStream<Bytes> {
    let left = length;
    return new ReadableStream<Bytes>(
      {
        pull: async (controller) => {
          if (left === 0) {
            controller.close();
            return;
          }
          if (owner !== this.#current) {
            throw new TypeError("the content of an entry was read after the next entry was asked for");
          }
          const rest = await this.#nextPiece();
          const piece = rest.subarray(0, left);
          this.#piece = rest.length > left ? rest.subarray(left) : undefined;
          left -= piece.length;
          controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** The next piece of content: what a shorter region left over, else the next the decoder finds. */
  async #nextPiece(): Promise<Bytes> {
    while (this.#piece === undefined) await this.#step();
    return this.#piece;
  }
}
