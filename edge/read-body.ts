import { FaultError } from "./errors.ts";

/**
 * The whole of a body of at most `limit` bytes, or `undefined` when it has more; the rest is not fetched then. What came as gzip although nobody
 * asked for it is unpacked where the runtime has not done so (Deno, as soon as a request says `identity`): no document begins like gzip itself.
 * @throws FaultError 502 when the body breaks off
 */
export async function readBody(
  response: Response,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const bytes = await readStream(response.body, limit);
    const isGzip = bytes !== undefined && bytes[0] === 0x1f && bytes[1] === 0x8b;
    if (!isGzip || !/gzip/i.test(response.headers.get("content-encoding") ?? "")) return bytes;
    return await readStream(streamOf(bytes).pipeThrough(new DecompressionStream("gzip")), limit);
  } catch (cause) {
    throw new FaultError(
      { status: 502, code: "UNAVAILABLE", message: "The upstream's answer broke off", source: "upstream" },
      { cause },
    );
  }
}

async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = stream?.getReader();
  if (reader === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel().catch(() => undefined);
      return undefined;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `bytes` as a stream of one piece. */
export function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
