import type { Bytes } from "../bytes/mod.ts";
import { type BlobReadOptions, type BlobSpan, blobChunks } from "./blob-stream.ts";
import type { Remote } from "./remote.ts";

/**
 * Bytes of one range: large enough that its request costs little, small enough that what is lost when everything stops is little, both in bytes
 * and as a part of the blob.
 */
const LEAST_WINDOW = 512 * 1024;
const MOST_WINDOW = 4 * 1024 * 1024;
const PARTS = 256;

/** Bytes in a second from which on one connection is enough for one of several layers: requests to and fro would only hold it up. */
const FAST = 15_000_000;

/** Ranges one after the other that had to wait for the reader, until it is he who is slow and not the network. */
const IDLE = 2;

/** Below that, one connection has it before another one is open. */
const LARGE = 16 * 1024 * 1024;

/**
 * As {@link blobChunks}, with several ranges at once (`ranges`) where the blob is large and the server gives ranges: the first one tells. What is
 * read ahead of its turn is held in memory: at most `ranges - 1` windows. A blob that is taken up in its middle, or whose connections break off,
 * is read by one connection alone: what was ahead is lost when everything stops, and would be fetched again.
 */
export async function* rangedChunks(
  remote: Remote,
  span: BlobSpan,
  options: BlobReadOptions = {},
): AsyncGenerator<Bytes, void, void> {
  const window = options.window ?? Math.min(Math.max(Math.ceil(span.to / PARTS), LEAST_WINDOW), MOST_WINDOW);
  const ranges = options.ranges ?? 1;
  const least = options.window === undefined ? LARGE : 3 * window;
  if (ranges < 2 || span.from > 0 || span.to < least) {
    yield* blobChunks(remote, span, options);
    return;
  }
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  let ahead = ranges - 1;
  const onBreak = (): void => {
    ahead = 0;
  };
  const part = (from: number): AsyncGenerator<Bytes, void, void> => {
    const to = Math.min(from + window, span.to);
    return blobChunks(
      remote,
      { ...span, from, to },
      { ...options, signal, onBreak, wholeTo: from === 0 ? span.to : to },
    );
  };
  try {
    let at = 0;
    const { clock } = remote.transport;
    const first = part(0);
    // Only what the network takes counts: whoever reads may take his time with each chunk.
    let waited = 0;
    for (;;) {
      const asked = clock.now();
      const { done, value } = await first.next();
      waited += clock.now() - asked;
      if (done === true) break;
      at += value.length;
      yield value;
    }
    if (options.window === undefined && at >= waited * FAST) ahead = 0;
    const queue: Eager[] = [];
    let idle = 0;
    for (let next = at; at < span.to; ) {
      const most = ahead > 0 ? ahead + 1 : 0;
      while (queue.length < most && next < span.to) {
        queue.push(eagerly(part(next)));
        next += window;
      }
      // Nothing is to be ahead any more: the rest comes by one connection.
      const head = queue.shift();
      // A range that was there before its turn had to wait for the reader: more of them at once bring nothing.
      idle = head?.ended() === true ? idle + 1 : 0;
      if (options.window === undefined && idle >= IDLE) ahead = 0;
      for await (const chunk of head?.chunks ??
        blobChunks(remote, { ...span, from: at }, { ...options, signal })) {
        at += chunk.length;
        yield chunk;
      }
    }
  } finally {
    stop.abort(new DOMException("nobody reads on", "AbortError"));
  }
}

/** Chunks that are fetched ahead of their turn. */
interface Eager {
  readonly chunks: AsyncGenerator<Bytes, void, void>;
  /** All of them are there. */
  ended(): boolean;
}

/** The same chunks, taken from the source as fast as it gives them. */
function eagerly(chunks: AsyncGenerator<Bytes, void, void>): Eager {
  const arrived: Bytes[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => {};
  const collect = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) {
        arrived.push(chunk);
        wake();
      }
    } catch (error) {
      failure = { error };
    }
    ended = true;
    wake();
  };
  void collect();
  const inOrder = async function* (): AsyncGenerator<Bytes, void, void> {
    for (;;) {
      for (let chunk = arrived.shift(); chunk !== undefined; chunk = arrived.shift()) yield chunk;
      if (failure !== undefined) throw failure.error;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (arrived.length > 0 || ended) resolve();
      });
    }
  };
  return { chunks: inOrder(), ended: () => ended };
}
