import { type Bytes, pump, sourceOf } from "../bytes/mod.ts";

/** Calls `sink` with every chunk of a stream, one after the other. */
export function pumpStream(
  stream: ReadableStream<Bytes>,
  sink: (chunk: Bytes) => void | Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  return pump({ ...sourceOf(new Uint8Array(0)), stream: () => stream }, sink, { signal });
}
