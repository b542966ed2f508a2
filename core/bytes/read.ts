import { CoreError } from "../error.ts";
import type { Bytes, Source } from "./source.ts";

/** What a long read takes. */
export interface ReadOptions {
  /** Rejects with the signal's reason when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exactly the bytes `[from, to)` of `source`, in a buffer that the caller owns.
 * @throws CoreError `bytes/truncated` when the source ends before `to` or hands out fewer bytes than its size promised.
 */
export async function readExact(
  source: Source,
  range: { readonly from: number; readonly to: number },
  options: ReadOptions = {},
): Promise<Bytes> {
  options.signal?.throwIfAborted();
  const { from, to } = range;
  const bytes = from === to ? new Uint8Array(0) : new Uint8Array(await source.slice(from, to).arrayBuffer());
  options.signal?.throwIfAborted();
  if (bytes.length !== to - from) {
    throw new CoreError(
      "bytes/truncated",
      `Cannot read bytes ${from} to ${to}: ${bytes.length} bytes are there, expected ${to - from}`,
      { from, to, found: bytes.length },
    );
  }
  return bytes;
}

/**
 * Calls `sink` with every chunk of `source` in order; a chunk is the sink's only until it returns (or its promise settles).
 * The stream is cancelled when the sink throws or the signal aborts.
 */
export async function pump(
  source: Source,
  sink: (chunk: Bytes) => void | Promise<void>,
  options: ReadOptions = {},
): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const reader = source.stream().getReader();
  // A read under way may never end by itself: a server that has stopped sending.
  const abort = (): void => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return;
      const wait = sink(value);
      if (wait !== undefined) await wait;
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
