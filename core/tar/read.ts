import { type Bytes, type ReadOptions, readExact, type Source } from "../bytes/mod.ts";
import { TarDecoder } from "./decode.ts";
import type { TarLimits } from "./limits.ts";
import type { EntryTable } from "./table.ts";

/** What {@link readTable} takes. */
export interface ReadTableOptions extends ReadOptions {
  readonly limits?: TarLimits | undefined;
  /** The decoder to fill, in place of one with `limits`: after a failure its `table()` has the entries before it. */
  readonly decoder?: TarDecoder | undefined;
  /** Gaps from this many bytes on are hopped over, shorter ones read through. Default: what the source says, else {@link HOP}. */
  readonly hop?: number | undefined;
  /** Called with the archive offset reached, after every read. */
  onProgress?(position: number): void;
  /** Called with every run of bytes that was read and where it begins, in ascending order; valid during the call only. */
  onRead?(bytes: Uint8Array, offset: number): void;
}

/**
 * A gap worth a request of its own. In Chromium a read of a `File` costs 1 ms and 300–900 MB/s from then on, so reading through half a
 * megabyte takes as long as a hop.
 */
export const HOP = 524_288;

/** Size of the first read and of the first after a hop: a header, with the small members that may follow it. */
const WINDOW_FIRST = 16_384;
/** Size up to which reads double while headers stay close to each other: where throughput levels off. */
const WINDOW_MOST = 4_194_304;
/** From this size on the next window is asked for before the last is decoded: small members have been the rule for a megabyte. */
const AHEAD_FROM = 1_048_576;

/**
 * The table of the plain tar archive `archive`, read by hopping from header to header where members are large, and in windows that grow to
 * 4 MiB, one of them read ahead, where they are small. Memory: the table and three windows at most.
 * @throws CoreError `tar/header`, `tar/pax`, `tar/sparse`, `tar/truncated`, `bytes/limit`, with the archive offset in `detail.offset`
 */
export async function readTable(archive: Source, options: ReadTableOptions = {}): Promise<EntryTable> {
  const { signal, hop = archive.requestCost ?? HOP } = options;
  const decoder = options.decoder ?? new TarDecoder({ limits: options.limits });
  const windows = new Windows(archive, signal);
  try {
    let position = 0;
    while (position < archive.size && !decoder.ended) {
      const bytes = await windows.read(position);
      options.onRead?.(bytes, position);
      decoder.push(bytes);
      position += bytes.length;
      const gap = decoder.skippable;
      if (gap >= hop) {
        const target = Math.min(position + gap, archive.size);
        decoder.skip(target - position);
        position = target;
        windows.hopped();
      }
      options.onProgress?.(position);
    }
  } finally {
    windows.close();
  }
  decoder.end();
  return decoder.table();
}

/** One read of a source, under way or done. */
interface Window {
  readonly from: number;
  readonly to: number;
  readonly bytes: Promise<Bytes>;
}

/** Reads of a source one after the other, growing as long as nobody hops. */
class Windows {
  readonly #source: Source;
  readonly #signal: AbortSignal | undefined;
  #size: number;
  readonly #first: number;
  #ahead: Window | undefined;

  constructor(source: Source, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
    // Where requests cost little, reading past a header costs more than asking again: a quarter was best of 512 bytes to 16 KiB.
    this.#first = Math.min(WINDOW_FIRST, Math.max((source.requestCost ?? HOP) >>> 2, 512));
    this.#size = this.#first;
  }

  /** The window that begins at `position`. */
  read(position: number): Promise<Bytes> {
    const window = this.#ahead?.from === position ? this.#ahead : this.#request(position);
    const large = window.to - window.from >= AHEAD_FROM;
    this.#ahead = large && window.to < this.#source.size ? this.#request(window.to) : undefined;
    return window.bytes;
  }

  /** Drops a window already asked for and begins again with smaller ones: small members may well be the rule after a large one too. */
  hopped(): void {
    this.close();
    this.#size = Math.max(this.#size >>> 3, this.#first);
  }

  close(): void {
    this.#ahead = undefined;
  }

  #request(from: number): Window {
    const to = Math.min(from + this.#size, this.#source.size);
    this.#size = Math.min(this.#size * 2, WINDOW_MOST);
    const bytes = readExact(this.#source, { from, to }, { signal: this.#signal });
    // A read ahead may fail before anybody waits for it, or be dropped: that is no unhandled rejection.
    bytes.catch(() => {});
    return { from, to, bytes };
  }
}
