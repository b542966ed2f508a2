import { type Bytes, type Source, sliceBounds, sourceOf } from "../bytes/mod.ts";

/** A source whose first bytes are known, and which is being read. */
export interface Peeked {
  readonly source: Source;
  /** Ends the reading, if nobody took it up. */
  close(): Promise<void>;
}

/**
 * `source` with its first `size` bytes read: they are there for whoever looks at them, and come first in its stream, which is the one that they
 * were read from. Of a remote source looking ahead would be a request of its own.
 */
export async function peeked(source: Source, size: number): Promise<Peeked> {
  let reader: ReadableStreamDefaultReader<Bytes> | undefined = source.stream().getReader();
  const chunks: Bytes[] = [];
  let length = 0;
  while (length < size) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  const head = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    head.set(chunk, at);
    at += chunk.length;
  }
  return {
    source: {
      size: source.size,
      requestCost: source.requestCost,
      slice(from, to) {
        const [start, end] = sliceBounds(source.size, from, to);
        return end <= head.length ? sourceOf(head.subarray(start, end)) : source.slice(start, end);
      },
      stream() {
        if (reader === undefined) return source.stream();
        const rest = reader;
        reader = undefined;
        return new ReadableStream<Bytes>(
          {
            async pull(controller) {
              const next = chunks.shift();
              if (next !== undefined) return controller.enqueue(next);
              const { done, value } = await rest.read();
              if (done) controller.close();
              else controller.enqueue(value);
            },
            cancel: (reason) => rest.cancel(reason),
          },
          { highWaterMark: 0 },
        );
      },
      arrayBuffer: () => source.arrayBuffer(),
    },
    async close() {
      await reader?.cancel().catch(() => {});
    },
  };
}
