import { type Bytes, type Source, sliceBounds } from "../../core/bytes/mod.ts";
import { answer, connect, type Remote, transferred } from "./rpc.ts";

/** What whoever borrows a source asks of its owner. */
type LendingCalls = {
  /** Begins to read a part of it. */
  open(range: { readonly from: number; readonly to: number }): number;
  next(feed: number): Bytes | undefined;
  cancel(feed: number): void;
};

/** A source as it goes to another worker: where to ask for its bytes. */
export interface LentSource {
  readonly port: MessagePort;
  readonly size: number;
  readonly requestCost?: number | undefined;
}

/**
 * Lends a source that cannot be cloned (one behind HTTP) to another worker: its bytes go over a channel when they are asked for, what has
 * arrived by then at a time. Give {@link LentSource.port} along; `end` when it is no longer used.
 */
export function lendSource(source: Source): { readonly lent: LentSource; readonly end: () => void } {
  const { port1, port2 } = new MessageChannel();
  const feeds = new Map<number, Arrivals>();
  let numbers = 0;
  const stop = answer<LendingCalls>(port1, {
    open({ from, to }) {
      const number = numbers++;
      // The whole may have been begun already, to look at its first bytes.
      const part = from === 0 && to === source.size ? source : source.slice(from, to);
      feeds.set(number, new Arrivals(part.stream()));
      return number;
    },
    async next(number) {
      const chunk = await feeds.get(number)?.next();
      if (chunk !== undefined) return transferred(chunk, [chunk.buffer]);
      feeds.delete(number);
      return undefined;
    },
    async cancel(number) {
      const feed = feeds.get(number);
      feeds.delete(number);
      await feed?.cancel();
    },
  });
  const { size, requestCost } = source;
  return {
    lent: { port: port2, size, ...(requestCost !== undefined && { requestCost }) },
    end() {
      stop();
      for (const feed of feeds.values()) void feed.cancel().catch(() => {});
      feeds.clear();
      port1.close();
    },
  };
}

/** Bytes that are read ahead at most: a message costs little beside so many. */
const AHEAD = 512 * 1024;

/**
 * What a stream gives, handed on as it arrives: little at a time when it is slow, so that nothing waits here while it could be stored, and
 * much at a time when it is fast.
 */
class Arrivals {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  #chunks: Bytes[] = [];
  #size = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #reading = false;
  #wake = (): void => {};

  constructor(stream: ReadableStream<Bytes>) {
    this.#reader = stream.getReader();
  }

  /** All that is there, and something at least; `undefined` at the end. */
  async next(): Promise<Bytes | undefined> {
    void this.#read();
    while (this.#size === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#size === 0 && this.#failure !== undefined) throw this.#failure.error;
    if (this.#size === 0) return undefined;
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [];
    this.#size = 0;
    void this.#read();
    return bytes;
  }

  async cancel(): Promise<void> {
    this.#ended = true;
    this.#wake();
    await this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    if (this.#reading || this.#ended) return;
    this.#reading = true;
    try {
      while (this.#size < AHEAD && !this.#ended) {
        const { done, value } = await this.#reader.read();
        if (done) this.#ended = true;
        else {
          this.#chunks.push(value);
          this.#size += value.length;
        }
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
      this.#ended = true;
      this.#wake();
    } finally {
      this.#reading = false;
    }
  }
}

/** A source that was lent from another worker. */
export function borrowedSource({ port, size, requestCost }: LentSource): Source {
  return part(connect<LendingCalls>(port), { from: 0, to: size, requestCost });
}

function part(
  owner: Remote<LendingCalls>,
  range: { readonly from: number; readonly to: number; readonly requestCost: number | undefined },
): Source {
  const { from, to, requestCost } = range;
  const size = to - from;
  return {
    size,
    ...(requestCost !== undefined && { requestCost }),
    slice(first, last) {
      const [start, end] = sliceBounds(size, first, last);
      return part(owner, { from: from + start, to: from + end, requestCost });
    },
    stream() {
      let feed: Promise<number> | undefined;
      return new ReadableStream<Bytes>(
        {
          async pull(controller) {
            feed ??= owner.call("open", { from, to });
            const chunk = await owner.call("next", await feed);
            if (chunk === undefined) controller.close();
            else controller.enqueue(chunk);
          },
          async cancel() {
            if (feed !== undefined) await owner.call("cancel", await feed);
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      const all = new Uint8Array(size);
      const feed = await owner.call("open", { from, to });
      let at = 0;
      for (;;) {
        const chunk = await owner.call("next", feed);
        if (chunk === undefined) break;
        all.set(chunk.subarray(0, size - at), at);
        at += chunk.length;
      }
      return all.buffer;
    },
  };
}
