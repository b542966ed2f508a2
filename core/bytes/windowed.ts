import { type Bytes, type Source, sliceBounds, sourceOf } from "./source.ts";

/** Bytes of a window, and how many of them are kept. */
const WINDOW = 1024 * 1024;
const KEPT = 4;
/** Slices up to this size come out of windows. */
const SMALL = 65_536;

/**
 * `source`, of which small slices are read in windows of a megabyte that are kept for the next ones: for reading many small things that lie near each
 * other where every read costs, as in a Blob, or has to inflate what is before it. Holds four windows. The source must not change.
 */
export function windowed(source: Source): Source {
  const windows = new Map<number, Promise<Bytes>>();
  const windowAt = (index: number): Promise<Bytes> => {
    const known = windows.get(index);
    windows.delete(index);
    const from = index * WINDOW;
    const read =
      known ??
      source
        .slice(from, from + WINDOW)
        .arrayBuffer()
        .then((buffer) => new Uint8Array(buffer));
    windows.set(index, read);
    // A read that failed is made again when it is asked for again.
    if (known === undefined) read.catch(() => windows.delete(index));
    for (const oldest of windows.keys()) {
      if (windows.size <= KEPT) break;
      windows.delete(oldest);
    }
    return read;
  };
  const read = async (from: number, to: number): Promise<Bytes> => {
    const bytes = new Uint8Array(to - from);
    for (let at = from; at < to; ) {
      const index = Math.floor(at / WINDOW);
      const start = at - index * WINDOW;
      const part = (await windowAt(index)).subarray(start, start + to - at);
      // Shorter than the source's size promised: what there is.
      if (part.length === 0) return bytes.subarray(0, at - from);
      bytes.set(part, at - from);
      at += part.length;
    }
    return bytes;
  };
  const view = (from: number, to: number): Source => ({
    size: to - from,
    slice(start, end) {
      const [first, last] = sliceBounds(to - from, start, end);
      return last - first > SMALL ? source.slice(from + first, from + last) : view(from + first, from + last);
    },
    stream() {
      if (to - from > SMALL) return source.slice(from, to).stream();
      return new ReadableStream<Bytes>(
        {
          async pull(controller) {
            const bytes = await read(from, to);
            if (bytes.length > 0) controller.enqueue(bytes);
            controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      if (to - from > SMALL) return source.slice(from, to).arrayBuffer();
      return sourceOf(await read(from, to)).arrayBuffer();
    },
  });
  return view(0, source.size);
}
