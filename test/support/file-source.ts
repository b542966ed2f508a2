import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Bytes, type Source, sliceBounds } from "../../core/bytes/mod.ts";

/** A {@link Source} over a file, by positional reads: on Node some ten times faster than `fs.openAsBlob`, and Deno has no other. */
export interface FileSource extends Source {
  /** Gives the file back; slices of it stop working. */
  close(): void;
  /** Reads so far, and their bytes: of this source and all of its slices. */
  readonly work: { reads: number; bytes: number };
}

/** Chunk size of the stream of a file source: reads below it are dominated by the call. */
const STREAM_CHUNK = 262_144;

/** Measured: with members of 32 KB on average, hopping from here on lists an archive twice as fast as reading all of it. */
const REQUEST_COST = 16_384;

/** Opens the file at `path`. */
export function openFileSource(path: string): FileSource {
  const file = openSync(path, "r");
  const work = { reads: 0, bytes: 0 };
  const read = (into: Bytes, position: number): number => {
    let filled = 0;
    while (filled < into.length) {
      const got = readSync(file, into, filled, into.length - filled, position + filled);
      work.reads++;
      work.bytes += got;
      if (got === 0) break;
      filled += got;
    }
    return filled;
  };
  const range = (from: number, to: number): Source => ({
    size: to - from,
    requestCost: REQUEST_COST,
    slice(start, end) {
      const [a, b] = sliceBounds(to - from, start, end);
      return range(from + a, from + b);
    },
    stream() {
      let at = from;
      return new ReadableStream<Bytes>(
        {
          pull(controller) {
            const chunk = new Uint8Array(Math.min(STREAM_CHUNK, to - at));
            const got = chunk.length === 0 ? 0 : read(chunk, at);
            at += got;
            if (got > 0) controller.enqueue(got === chunk.length ? chunk : chunk.subarray(0, got));
            if (got === 0 || at >= to) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      const bytes = new Uint8Array(to - from);
      const got = read(bytes, from);
      return got === bytes.length ? bytes.buffer : bytes.buffer.slice(0, got);
    },
  });
  return { ...range(0, fstatSync(file).size), work, close: () => closeSync(file) };
}
