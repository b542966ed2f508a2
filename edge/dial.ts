import { FaultError } from "./errors.ts";
import type { Host } from "./host.ts";

/** One request to an upstream. */
export interface Dial {
  readonly url: string | URL;
  readonly method: string;
  readonly headers: Headers;
  /** A client's, which takes as long as it takes, or bytes of ours, whose length the upstream is told on every runtime. */
  readonly body?: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | undefined;
  /** The client's; it ends the wait for headers. What comes after is ended by cancelling the body. */
  readonly signal: AbortSignal;
}

/**
 * The upstream's answer, redirects included as they are. Waits `waitMs` for its headers, and for a body that is being sent as long as that takes.
 * @throws FaultError 502 when it cannot be reached, 504 when it does not answer in time; the client's own abort passes through.
 */
export async function dial(
  host: Host,
  { url, method, headers, body, signal }: Dial,
  waitMs: number,
): Promise<Response> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let late = false;
  const timer = !(body instanceof ReadableStream)
    ? setTimeout(() => {
        late = true;
        controller.abort();
      }, waitMs)
    : undefined;
  try {
    const init: RequestInit & { duplex?: "half" } = {
      method,
      headers,
      redirect: "manual",
      signal: controller.signal,
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    };
    return await host.fetch(url, init);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof FaultError) throw cause;
    const { hostname } = new URL(url);
    throw new FaultError(
      late
        ? {
            status: 504,
            code: "UNAVAILABLE",
            message: `${hostname} did not answer within ${waitMs / 1000} seconds`,
          }
        : { status: 502, code: "UNAVAILABLE", message: `${hostname} cannot be reached` },
      { cause },
    );
  } finally {
    clearTimeout(timer);
    // Deno's signal fires after answers that went well, too, and must not cut off what is still streaming.
    signal.removeEventListener("abort", onAbort);
  }
}

/** Lets go of an answer that nobody reads; Workers keep its connection, one of six, until then (B11). */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
