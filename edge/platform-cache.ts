import type { CacheWriter, Keeping, ResponseCache } from "./cache.ts";
import { createCheck, isCheckable } from "./checked.ts";
import type { CacheSetting } from "./memory-cache.ts";

/** What is used of the Cache API, on Workers and on Deno. */
export interface PlatformCache {
  match(request: Request): Promise<Response | undefined>;
  put(request: Request, response: Response): Promise<void>;
  delete(request: Request): Promise<boolean>;
}

/** Bytes of unfinished answers held in one isolate at a time: it has 128 MB for everything. */
const MOST_UNFINISHED = 32 * 1024 * 1024;

/** Our own words about an answer, in headers of it. */
const [STORED, STALE_FROM, SIZE, HEADERS] = [
  "x-kept-stored",
  "x-kept-stale-from",
  "x-kept-size",
  "x-kept-headers",
];

/**
 * A cache over the platform's. It takes whole answers only, so that one is gathered and verified in memory before it is put there: what is
 * larger than `objectBytes` passes by. How much it holds and what it drops is the platform's affair.
 */
export function createPlatformCache(
  open: () => Promise<PlatformCache>,
  setting: CacheSetting & { readonly staleSeconds: number },
): ResponseCache {
  let unfinished = 0;
  let opened: Promise<PlatformCache> | undefined;
  const cache = (): Promise<PlatformCache> => {
    opened ??= open();
    return opened;
  };

  const writer = (key: string, keeping: Keeping): CacheWriter => {
    const check = createCheck(keeping, setting.objectBytes, setting.newHasher);
    let pieces: Uint8Array<ArrayBuffer>[] | undefined = [];
    let counted = 0;
    const giveUp = (): void => {
      pieces = undefined;
      unfinished -= counted;
      counted = 0;
    };
    return {
      async write(bytes) {
        if (pieces === undefined) return false;
        if (check.add(bytes) && unfinished + bytes.length <= MOST_UNFINISHED) {
          counted += bytes.length;
          unfinished += bytes.length;
          pieces.push(new Uint8Array(bytes));
          return true;
        }
        giveUp();
        return false;
      },
      async commit() {
        const whole = pieces;
        try {
          if (whole === undefined || !check.holds()) return false;
          const stored = Math.floor(setting.nowMs() / 1000);
          const headers = {
            [STORED]: String(stored),
            [STALE_FROM]: String(stored + keeping.freshSeconds),
            [SIZE]: String(check.size),
            [HEADERS]: JSON.stringify(keeping.headers),
            "content-type": "application/octet-stream",
            "content-length": String(check.size),
            // The platform drops it at the end of this, also as a stand-in for a failing upstream.
            "cache-control": `public, max-age=${keeping.freshSeconds + setting.staleSeconds}`,
          };
          await (await cache()).put(requestFor(key), new Response(new Blob(whole), { headers }));
          return true;
        } catch {
          return false;
        } finally {
          giveUp();
        }
      },
      async abort() {
        giveUp();
      },
    };
  };

  return {
    kind: "platform",
    async read(key) {
      const found = await (await cache()).match(requestFor(key));
      if (found === undefined) return undefined;
      // Not waited for: where the platform hands out branches of one stream, it ends only with the last of them.
      found.body?.cancel().catch(() => undefined);
      const size = Number(found.headers.get(SIZE));
      const headers = readHeaders(found.headers.get(HEADERS));
      if (headers === undefined || !Number.isSafeInteger(size)) return undefined;
      return {
        headers,
        size,
        stored: Number(found.headers.get(STORED)),
        staleFrom: Number(found.headers.get(STALE_FROM)),
        body: (from = 0, to = size) => lazyBytes(() => matchRange(cache, key, { from, to, size })),
      };
    },
    async write(key, keeping) {
      const size = keeping.size ?? 0;
      if (!isCheckable(keeping) || size > setting.objectBytes || unfinished + size > MOST_UNFINISHED)
        return undefined;
      return writer(key, keeping);
    },
    async remove(key) {
      await (await cache()).delete(requestFor(key));
    },
    held: () => undefined,
  };
}

/** Keys become addresses that no client can ask for: the Cache API knows nothing else (C8). */
function requestFor(key: string, headers: Record<string, string> = {}): Request {
  return new Request(`https://cache.breakbulk.invalid/${encodeURIComponent(key)}`, { headers });
}

function readHeaders(text: string | null): Record<string, string> | undefined {
  if (text === null) return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

async function matchRange(
  cache: () => Promise<PlatformCache>,
  key: string,
  { from, to, size }: Span,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const whole = from === 0 && to === size;
  const range: Record<string, string> = whole || from === to ? {} : { range: `bytes=${from}-${to - 1}` };
  const found = await (await cache()).match(requestFor(key, range));
  if (found === undefined || found.body === null) throw new Error("The kept answer went while it was read");
  // Some implementations take no ranges, and give everything.
  return found.status === 206 || whole ? found.body : found.body.pipeThrough(cut(from, to));
}

/** Lets the bytes from `from` to `to` through. */
function cut(from: number, to: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new TransformStream({
    transform(bytes, controller) {
      const piece = bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
      at += bytes.length;
      if (piece.length > 0) controller.enqueue(piece);
      if (at >= to) controller.terminate();
    },
  });
}

/** The bytes of a stream that is opened when they are first asked for. */
function lazyBytes(
  open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  return new ReadableStream(
    {
      async pull(controller) {
        reader ??= (await open()).getReader();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
