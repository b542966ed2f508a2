import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { Alarm } from "./clock.ts";
import { badAnswer, discardBody } from "./read-answer.ts";
import { type Remote, remoteUrl, scopeFor } from "./remote.ts";
import type { Wait } from "./transport.ts";

/** Bytes `[from, to)` of a blob of `size`. */
export interface BlobSpan {
  readonly digest: string;
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/** What reading a blob takes. */
export interface BlobReadOptions extends ReadOptions {
  /** Told of every wait before another attempt. */
  readonly onWait?: ((wait: Wait) => void) | undefined;
  /** Ranges asked for at once, where the server gives ranges. Default: one. */
  readonly ranges?: number | undefined;
  /** Bytes of one range, when there are several. What is asked for ahead is held in memory. Default: by the size, at most 4 MiB. */
  readonly window?: number | undefined;
}

/** What {@link blobChunks} takes more. */
export interface ChunkOptions extends BlobReadOptions {
  /** Where to end instead when the server answers a range with the whole blob. */
  readonly wholeTo?: number | undefined;
  /** Told when a connection broke off. */
  readonly onBreak?: (() => void) | undefined;
}

/** Docker waits 5 s, then 10 s, … after an attempt that brought nothing; one that brought something is followed at once by the next. */
const STEP_MS = 5000;
/** Bytes that are worth a request. Of connections that each bring fewer there may be {@link MOST_CRUMBS} one after the other. */
const PROGRESS = 4096;
const MOST_CRUMBS = 100;
/** It counts them down. */
const TICK_MS = 1000;

/**
 * The bytes of a span in order, in the network's chunks. A connection that breaks off is followed by one that goes on from there; the
 * attempts are counted anew whenever bytes have come. Unverified: who stores them checks the digest.
 * @throws CoreError `registry/unreachable` when it breaks off again and again, `registry/*`.
 */
export async function* blobChunks(
  remote: Remote,
  span: BlobSpan,
  options: ChunkOptions = {},
): AsyncGenerator<Bytes, void, void> {
  const { limits, clock } = remote.transport;
  let { from: at, to } = span;
  let failures = 0;
  let crumbs = 0;
  let tag: string | undefined;
  while (at < to) {
    const before = at;
    let error: CoreError;
    try {
      const opened = await openBlob(remote, { ...span, from: at, to }, { ...options, tag });
      tag = opened.tag;
      if (opened.whole) to = options.wholeTo ?? to;
      for await (const chunk of bodyOf(opened, remote, options.signal)) {
        const part = chunk.subarray(0, to - at);
        at += part.length;
        if (part.length > 0) yield part;
        if (at >= to) break;
      }
      if (at >= to) return;
      error = brokenOff(span, at);
    } catch (caught) {
      options.signal?.throwIfAborted();
      if (isCoreError(caught) && caught.code !== "registry/unreachable" && caught.code !== "registry/failed")
        throw caught;
      error = isCoreError(caught) ? caught : brokenOff(span, at, caught);
    }
    options.onBreak?.();
    if (at > before && (at - before >= PROGRESS || ++crumbs < MOST_CRUMBS)) {
      if (at - before >= PROGRESS) crumbs = 0;
      failures = 0;
      continue;
    }
    if (++failures >= limits.attempts) throw error;
    for (let ms = STEP_MS * failures; ms > 0; ms -= TICK_MS) {
      options.onWait?.({ ms, attempt: failures, error });
      await clock.sleep(TICK_MS, options.signal);
    }
  }
}

interface OpenedBlob {
  readonly response: Response;
  /** Bytes to be passed over, where the server sent more than was asked for. */
  readonly skip: number;
  /** It goes on to the end of the blob. */
  readonly whole: boolean;
  readonly tag: string | undefined;
}

/**
 * A response that holds a span from its first byte on.
 * @throws CoreError `registry/missing`, `registry/answer` when the answer is another range.
 */
async function openBlob(
  remote: Remote,
  { digest, size, from, to }: BlobSpan,
  options: BlobReadOptions & { readonly tag: string | undefined },
): Promise<OpenedBlob> {
  const whole = from === 0 && to === size;
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (!whole) headers["range"] = `bytes=${from}-${to === size ? "" : to - 1}`;
  if (!whole && options.tag !== undefined) headers["if-range"] = options.tag;
  const { response } = await remote.transport.send({
    method: "GET",
    url: remoteUrl(remote, `blobs/${digest}`),
    headers,
    scopes: scopeFor(remote, "pull"),
    signal: options.signal,
    onWait: options.onWait,
  });
  const tag = strongTag(response.headers.get("etag"));
  if (response.status !== 206) {
    checkLength(response, size, digest);
    return { response, skip: from, whole: true, tag };
  }
  const start = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (start !== undefined && Number(start) === from) return { response, skip: 0, whole: false, tag };
  await discardBody(response);
  const found = response.headers.get("content-range") ?? "no Content-Range";
  throw badAnswer(
    `blob ${digest}`,
    `asked for its bytes from ${from} on, the answer has ${found.slice(0, 100)}`,
  );
}

/** A length that differs is told before any byte is; with an encoding it is not that of the blob. */
function checkLength(response: Response, size: number, digest: string): void {
  const { headers } = response;
  const length = headers.get("content-length") ?? "";
  if (headers.has("content-encoding") || !/^\d{1,15}$/.test(length) || Number(length) === size) return;
  void discardBody(response);
  throw new CoreError(
    "digest/mismatch",
    `Cannot read blob ${digest}: it has ${length} bytes, expected ${size}`,
    {
      expected: digest,
      expectedSize: size,
      foundSize: Number(length),
    },
  );
}

const strongTag = (tag: string | null): string | undefined =>
  tag !== null && /^"[^"]*"$/.test(tag) ? tag : undefined;

async function* bodyOf(
  { response, skip }: OpenedBlob,
  { transport: { clock, limits } }: Remote,
  signal: AbortSignal | undefined,
): AsyncGenerator<Bytes, void, void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  // A read of a stream that is cancelled ends as at its end: too early, which counts as broken off.
  let waiting = false;
  const listen = (): Alarm | undefined =>
    clock.alarm?.(limits.silenceMs, () => {
      // Nothing comes either while nobody takes what has come.
      if (waiting) void reader.cancel().catch(() => {});
      else alarm = listen();
    });
  let alarm = listen();
  const abort = (): void => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", abort, { once: true });
  let left = skip;
  let done = false;
  try {
    for (;;) {
      alarm?.again();
      waiting = true;
      const next = await reader.read();
      waiting = false;
      signal?.throwIfAborted();
      if (next.done) {
        done = true;
        return;
      }
      const fresh = next.value.subarray(Math.min(left, next.value.length));
      left -= next.value.length - fresh.length;
      if (fresh.length > 0) yield fresh;
    }
  } finally {
    alarm?.off();
    signal?.removeEventListener("abort", abort);
    if (!done) await reader.cancel().catch(() => {});
  }
}

function brokenOff({ digest, to }: BlobSpan, at: number, cause?: unknown): CoreError {
  return new CoreError(
    "registry/unreachable",
    `Cannot read blob ${digest}: the connection broke off at byte ${at}, expected ${to}`,
    { digest, at, expected: to },
    { cause },
  );
}
