import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { type Fields, fieldsOf, parseJson } from "../oci/mod.ts";
import type { Clock } from "./clock.ts";

/** How long a body is waited for: {@link REGISTRY_LIMITS} has what that means. */
export interface Patience {
  readonly clock: Clock;
  readonly limits: { readonly silenceMs: number };
}

/** What is read of a response. */
export interface Place extends ReadOptions {
  /** For messages. */
  readonly document: string;
  /** Most bytes. */
  readonly limit: number;
  readonly patience: Patience;
}

/** Bytes in a millisecond that a document comes with at least, after a first silence: one that drips would never end. */
const SLOWEST = 16;

/**
 * The first `limit` bytes of a response; what comes after is given back unread.
 * @throws CoreError `registry/unreachable` when it breaks off or comes too slowly.
 */
export async function readAtMost(response: Response, place: Place): Promise<Bytes> {
  const { bytes } = await read(response, place);
  return bytes;
}

/**
 * All of a response's body.
 * @throws CoreError `bytes/limit` when there is more than that; `registry/unreachable` when it breaks off or comes too slowly.
 */
export async function readWhole(response: Response, place: Place): Promise<Bytes> {
  const { bytes, whole } = await read(response, place);
  if (whole) return bytes;
  throw new CoreError("bytes/limit", `Cannot read ${place.document}: it has more than ${place.limit} bytes`, {
    document: place.document,
    limit: place.limit,
  });
}

/** The object in a JSON response. @throws CoreError `registry/answer`, `bytes/limit`, `registry/unreachable`. */
export async function readFields(response: Response, place: Place): Promise<Fields> {
  return fieldsIn(await readWhole(response, place), place.document);
}

/** The object in JSON text. @throws CoreError `registry/answer`. */
export function fieldsIn(bytes: Bytes, document: string): Fields {
  try {
    return fieldsOf(parseJson(bytes, { document }).value, document);
  } catch (cause) {
    throw badAnswer(document, "it is no JSON object", cause);
  }
}

/** The error for an answer that is not what the protocol says. */
export function badAnswer(what: string, flaw: string, cause?: unknown): CoreError {
  return new CoreError("registry/answer", `Cannot read ${what}: ${flaw}`, { what, flaw }, { cause });
}

async function read(
  response: Response,
  { document, limit, patience, signal }: Place,
): Promise<{ readonly bytes: Bytes; readonly whole: boolean }> {
  if (response.body === null) return { bytes: new Uint8Array(0), whole: true };
  const { clock, limits } = patience;
  const reader = response.body.getReader();
  const began = clock.now();
  // One buffer that grows: a body in single bytes would otherwise hold an object for each.
  let buffer = new Uint8Array(0);
  let size = 0;
  let done = false;
  let silent = false;
  const alarm = clock.alarm?.(limits.silenceMs, () => {
    silent = true;
    // A read of a stream that is cancelled ends as at its end.
    void reader.cancel().catch(() => {});
  });
  try {
    while (size <= limit) {
      const next = await reader.read();
      signal?.throwIfAborted();
      if ((clock.now() - began) * 1000 > limits.silenceMs + size / SLOWEST) silent = true;
      if (silent) throw new DOMException("it comes too slowly", "TimeoutError");
      if (next.done) {
        done = true;
        break;
      }
      alarm?.again();
      const chunk = next.value;
      if (size + chunk.length > buffer.length) {
        const larger = new Uint8Array(Math.max(size + chunk.length, Math.min(2 * buffer.length, limit + 1)));
        larger.set(buffer.subarray(0, size));
        buffer = larger;
      }
      buffer.set(chunk, size);
      size += chunk.length;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new CoreError(
      "registry/unreachable",
      `Cannot read ${document}: it ${silent ? "came too slowly" : "broke off"} at byte ${size}`,
      { document, at: size },
      { cause },
    );
  } finally {
    alarm?.off();
    if (!done) await reader.cancel().catch(() => {});
  }
  return { bytes: buffer.subarray(0, Math.min(size, limit)), whole: done };
}

/** Gives back a body that nobody wants: some hosts hold the connection until it is read or cancelled. */
export async function discardBody(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
