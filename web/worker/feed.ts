import type { Bytes } from "../../core/bytes/mod.ts";

/** Smallest chunk handed out but for the last: large enough that a message per chunk costs nothing. */
const CHUNK = 524_288;

/**
 * Chunks that are pulled one at a time, each about {@link CHUNK} bytes, the next one prepared while the last is on its way. Nothing is
 * made that is not asked for, but for that one.
 */
export class Feed {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #ahead: Promise<Bytes | undefined> | undefined;
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next chunk in a buffer of its own, `undefined` at the end. */
  async next(): Promise<Bytes | undefined> {
    const chunk = await (this.#ahead ?? this.#gather());
    if (chunk === undefined) {
      this.#ended = true;
    } else {
      this.#ahead = this.#gather();
      // A failure ahead is told when its chunk is asked for.
      this.#ahead.catch(() => {});
    }
    return chunk;
  }

  /** Gives up the rest. */
  async cancel(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#ahead?.catch(() => {});
    await this.#chunks.return?.();
  }

  async #gather(): Promise<Bytes | undefined> {
    const parts: Uint8Array[] = [];
    let size = 0;
    while (size < CHUNK && !this.#ended) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      size += value.length;
    }
    if (size === 0) return undefined;
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}

/** The chunks of a stream, which is cancelled when the caller stops early. (Streams are not async iterable everywhere.) */
export async function* chunksOf<T extends Uint8Array>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
