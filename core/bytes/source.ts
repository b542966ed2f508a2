/**
 * Random-access bytes of a known size: the currency of the core. A web `Blob` is one as it stands, so a dropped `File`, a `Blob` out of
 * a database and `fs.openAsBlob()` need no adapter.
 */
export interface Source {
  /** Size in bytes. */
  readonly size: number;
  /**
   * Bytes that take as long to read as one request more takes: gaps shorter than that are better read through. A Blob does not say, and
   * costs much; positional reads of a local file cost little.
   */
  readonly requestCost?: number | undefined;
  /** The bytes from `from` to `to` (exclusive), with `Blob.slice` semantics: clamped, negative counts from the end. Reads nothing. */
  slice(from?: number, to?: number): Source;
  /** All bytes in order, in chunks of the source's choosing. Must be finished or cancelled. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** All bytes at once, in a buffer that the caller owns. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Byte array over an ordinary (not shared) buffer. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** `[from, to)` clamped to `size` as `Blob.slice` does. */
export function sliceBounds(
  size: number,
  from: number | undefined,
  to: number | undefined,
): readonly [from: number, to: number] {
  const at = (position: number): number =>
    position < 0 ? Math.max(size + position, 0) : Math.min(position, size);
  const start = at(from ?? 0);
  return [start, Math.max(at(to ?? size), start)];
}

/** A {@link Source} over bytes in memory. The bytes are not copied: do not change them afterwards. */
export function sourceOf(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    slice(from, to) {
      const [start, end] = sliceBounds(bytes.length, from, to);
      return sourceOf(bytes.subarray(start, end));
    },
    stream() {
      let offset = 0;
      return new ReadableStream<Bytes>({
        pull(controller) {
          const end = Math.min(offset + MEMORY_CHUNK, bytes.length);
          if (end > offset) controller.enqueue(new Uint8Array(bytes.subarray(offset, end)));
          offset = end;
          if (offset >= bytes.length) controller.close();
        },
      });
    },
    arrayBuffer() {
      // Not `slice()`: of a Node Buffer that shares memory, and its `buffer` would be the whole pool.
      return Promise.resolve(new Uint8Array(bytes).buffer);
    },
  };
}

/** Chunk size of a memory source's stream: large enough that chunk overhead vanishes, small enough to stay in cache. */
const MEMORY_CHUNK = 65_536;
