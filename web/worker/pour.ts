import { type Bytes, pump, type ReadOptions, type Source } from "../../core/bytes/mod.ts";

/** Bytes asked for at a time: what is read then lies in the cache when it is hashed. */
const BUFFER = 1024 * 1024;

/**
 * Calls `sink` with all bytes of `source` in order, each chunk valid during the call only. Where streams take a buffer (not in WebKit) one
 * buffer serves the whole file: a file of 2 GB read chunk by chunk leaves up to 500 MB of garbage about in Chromium, which cleans up
 * by the count of objects and sees few.
 */
export async function pour(
  source: Source,
  sink: (chunk: Bytes) => void,
  options: ReadOptions,
): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const reader = byobReader(source.stream());
  if (reader === undefined) return pump(source, sink, options);
  let buffer = new ArrayBuffer(BUFFER);
  try {
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      signal?.throwIfAborted();
      if (done || value === undefined) return;
      sink(value);
      buffer = value.buffer;
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

function byobReader(stream: ReadableStream<Bytes>): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}
