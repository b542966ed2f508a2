import { cat } from "./tar.ts";

/** All bytes of `stream`. Unlike `new Response(stream)`, which Chromium makes a TypeError of, it fails with the stream's own error. */
export async function drained(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return cat(...chunks);
    chunks.push(value);
  }
}

/** All of `stream` as UTF-8 text. */
export const drainedText = async (stream: ReadableStream<Uint8Array>): Promise<string> =>
  new TextDecoder().decode(await drained(stream));
