import type { NewHasher } from "../core/digest/mod.ts";
import type { ResponseCache } from "./cache.ts";

/** One file of the built page. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly type: string;
}

/** What a runtime hands to the app: everything that is not the same on Node, Deno and Workers. */
export interface Host {
  /** Dials the upstreams. It must not follow redirects when told `redirect: "manual"`. */
  readonly fetch: (input: string | URL, init?: RequestInit) => Promise<Response>;
  /** The built page's file at `path` (`/index.html`, `/assets/…`), or `undefined`. */
  readonly page: (path: string) => Promise<PageFile | undefined>;
  /** The address at the other end of a request's connection (Node and Deno tell it in what they hand to `app.fetch`), or `undefined` when it cannot be told. */
  readonly peer: (request: Request, environment?: unknown) => string | undefined;
  readonly cache: ResponseCache | undefined;
  /** Keeps a streamed answer's Content-Length where a plain stream loses it (`FixedLengthStream` of Workers). */
  readonly fixedLength: ((bytes: number) => ReadableWritablePair<Uint8Array, Uint8Array>) | undefined;
  readonly newHasher: NewHasher;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Takes one line of the log. */
  readonly log: (line: string) => void;
  /** Whether a request may not wait for work that another request began, as on Workers, where doing so hangs. */
  readonly isolated: boolean;
  /** Keeps the runtime awake for what goes on after the answer (`waitUntil` of Workers). */
  readonly later: (work: Promise<unknown>) => void;
}
