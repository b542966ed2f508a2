import type { Bytes } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { type Fields, fieldsOf, parseJson } from "../oci/mod.ts";

/** The first `limit` bytes of a response; what comes after is given back unread. */
export async function readAtMost(response: Response, limit: number): Promise<Bytes> {
  const { bytes } = await read(response, limit);
  return bytes;
}

/**
 * All of a response's body.
 * @throws CoreError `bytes/limit` when there is more than that; whatever the stream fails with.
 */
export async function readWhole(
  response: Response,
  place: { readonly document: string; readonly limit: number },
): Promise<Bytes> {
  const { bytes, whole } = await read(response, place.limit);
  if (whole) return bytes;
  throw new CoreError("bytes/limit", `Cannot read ${place.document}: it has more than ${place.limit} bytes`, {
    document: place.document,
    limit: place.limit,
  });
}

/** The object in a JSON response. @throws CoreError `registry/answer`, `bytes/limit`. */
export async function readFields(
  response: Response,
  place: { readonly document: string; readonly limit: number },
): Promise<Fields> {
  const bytes = await readWhole(response, place);
  try {
    return fieldsOf(parseJson(bytes, { document: place.document }).value, place.document);
  } catch (cause) {
    throw badAnswer(place.document, "it is no JSON object", cause);
  }
}

/** The error for an answer that is not what the protocol says. */
export function badAnswer(what: string, flaw: string, cause?: unknown): CoreError {
  return new CoreError("registry/answer", `Cannot read ${what}: ${flaw}`, { what, flaw }, { cause });
}

async function read(
  response: Response,
  limit: number,
): Promise<{ readonly bytes: Bytes; readonly whole: boolean }> {
  if (response.body === null) return { bytes: new Uint8Array(0), whole: true };
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let whole = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
      if (size > limit) {
        whole = false;
        break;
      }
    }
  } finally {
    if (!whole) await reader.cancel().catch(() => {});
  }
  const bytes = new Uint8Array(Math.min(size, limit));
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, bytes.length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, whole };
}

/** Gives back a body that nobody wants: some hosts hold the connection until it is read or cancelled. */
export async function discardBody(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
