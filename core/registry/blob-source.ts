import { type Bytes, type Source, sliceBounds } from "../bytes/mod.ts";
import { type BlobReadOptions, type BlobSpan, blobChunks } from "./blob-stream.ts";
import { rangedChunks } from "./blob-windows.ts";
import type { Remote } from "./remote.ts";

/** Bytes that arrive in about the time that a request takes to and fro: 0.1 s at 5 MB/s. */
const REQUEST_COST = 512 * 1024;

/**
 * A blob of a registry as a Source: every read of a part is a Range request, nothing is kept. Bytes come unverified, since parts cannot be; who
 * reads the whole checks it. Its stream survives broken connections.
 */
export function remoteSource(remote: Remote, span: BlobSpan, options: BlobReadOptions = {}): Source {
  const size = span.to - span.from;
  return {
    size,
    requestCost: REQUEST_COST,
    slice(from, to) {
      const [start, end] = sliceBounds(size, from, to);
      return remoteSource(remote, { ...span, from: span.from + start, to: span.from + end }, options);
    },
    stream() {
      const stop = new AbortController();
      const signal =
        options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
      const chunks = rangedChunks(remote, span, { ...options, signal });
      return new ReadableStream<Bytes>(
        {
          async pull(controller) {
            const next = await chunks.next();
            if (next.done === true) controller.close();
            else controller.enqueue(next.value);
          },
          async cancel(reason) {
            // A read under way may never end by itself.
            stop.abort(reason);
            await chunks.return().catch(() => {});
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      const bytes = new Uint8Array(size);
      let at = 0;
      for await (const chunk of blobChunks(remote, span, options)) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return bytes.buffer;
    },
  };
}
