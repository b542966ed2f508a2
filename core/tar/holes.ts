import { type Bytes, type Source, sliceBounds } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";

/** Zeros are handed out in chunks of this size. */
const HOLE_CHUNK = 65_536;

/** A stretch of a sparse file: bytes `[from, to)` of what is stored, or a hole when `from` is undefined. */
interface Stretch {
  readonly length: number;
  readonly from: number | undefined;
}

/**
 * A sparse file of `size` bytes: `stored` holds its regions end to end, `regions` says where they belong (offset and length in turn,
 * ascending, checked). Holes take no memory until they are read; of a large file read `stream()` or slices.
 */
export function sparseSource(stored: Source, regions: Float64Array, size: number): Source {
  return view({ stored, map: mapOf(regions) }, 0, size);
}

/** The stream of a sparse file of `size` bytes whose stored bytes `read` gives, asked for them once and in order. */
export function sparseStream(read: ReadStored, regions: Float64Array, size: number): ReadableStream<Bytes> {
  return streamOf(read, stretches(mapOf(regions), 0, size));
}

function mapOf(regions: Float64Array): RegionMap {
  const positions = new Float64Array(regions.length >>> 1);
  for (let i = 1; i < positions.length; i++) positions[i] = positions[i - 1]! + regions[2 * i - 1]!;
  return { regions, positions };
}

interface RegionMap {
  readonly regions: Float64Array;
  /** Where each region stands among the stored bytes. */
  readonly positions: Float64Array;
}

interface SparseFile {
  readonly stored: Source;
  readonly map: RegionMap;
}

/** The stored bytes `[from, to)` as a stream. */
type ReadStored = (from: number, to: number) => ReadableStream<Bytes>;

function view(file: SparseFile, start: number, end: number): Source {
  return {
    size: end - start,
    slice(from, to) {
      const [first, last] = sliceBounds(end - start, from, to);
      return view(file, start + first, start + last);
    },
    stream: () =>
      streamOf((from, to) => file.stored.slice(from, to).stream(), stretches(file.map, start, end)),
    async arrayBuffer() {
      const bytes = zeros(end - start);
      let at = 0;
      for (const { length, from } of stretches(file.map, start, end)) {
        if (from !== undefined) {
          bytes.set(new Uint8Array(await file.stored.slice(from, from + length).arrayBuffer()), at);
        }
        at += length;
      }
      return bytes.buffer;
    },
  };
}

/** @throws CoreError `bytes/limit` when memory has no room: a header of one kilobyte may announce a file of petabytes */
function zeros(size: number): Bytes {
  try {
    return new Uint8Array(size);
  } catch (error) {
    throw new CoreError(
      "bytes/limit",
      `Cannot read a sparse file of ${size} bytes at once`,
      { size },
      { cause: error },
    );
  }
}

/** The stretches that make up bytes `[start, end)`, in order. */
function* stretches({ regions, positions }: RegionMap, start: number, end: number): Generator<Stretch> {
  let at = start;
  for (let i = firstAfter(regions, start); i < positions.length && at < end; i++) {
    const offset = regions[2 * i]!;
    const length = regions[2 * i + 1]!;
    if (offset > at) {
      const hole = Math.min(offset, end) - at;
      yield { length: hole, from: undefined };
      at += hole;
    }
    const until = Math.min(offset + length, end);
    if (until > at) {
      yield { length: until - at, from: positions[i]! + at - offset };
      at = until;
    }
  }
  if (at < end) yield { length: end - at, from: undefined };
}

/** The first region that ends after `start`. */
function firstAfter(regions: Float64Array, start: number): number {
  let low = 0;
  let high = regions.length >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (regions[2 * middle]! + regions[2 * middle + 1]! <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function streamOf(read: ReadStored, parts: Iterator<Stretch>): ReadableStream<Bytes> {
  let reader: ReadableStreamDefaultReader<Bytes> | undefined;
  let hole = 0;
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        for (;;) {
          if (hole > 0) {
            const length = Math.min(hole, HOLE_CHUNK);
            hole -= length;
            controller.enqueue(new Uint8Array(length));
            return;
          }
          if (reader !== undefined) {
            const { done, value } = await reader.read();
            if (!done) {
              controller.enqueue(value);
              return;
            }
            reader = undefined;
          }
          const next = parts.next();
          if (next.done) {
            controller.close();
            return;
          }
          const { length, from } = next.value;
          if (from === undefined) hole = length;
          else reader = read(from, from + length).getReader();
        }
      },
      async cancel(reason) {
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
