/** What {@link fetchBlob} takes. */
export interface FetchBlobOptions {
  readonly signal: AbortSignal;
  /** Told of bytes; `total` is 0 where it is not known. */
  readonly report: (done: number, total: number) => void;
  /** What to say of an answer that is none, and of none at all. */
  readonly refused: (status: number) => string;
  readonly unreachable: string;
}

/** Bytes after which a new Blob is begun, so that the browser can put the earlier ones on disk. */
const PIECE = 8 << 20;

/** Fetches what an address names, without credentials; the bytes are held by the browser as a Blob. */
export async function fetchBlob(url: string, options: FetchBlobOptions): Promise<Blob> {
  const { signal, report, refused, unreachable } = options;
  let response: Response;
  try {
    response = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(unreachable, { cause: error });
  }
  if (!response.ok || response.body === null) throw new Error(refused(response.status));
  const total = Number(response.headers.get("content-length") ?? 0);
  const held: Blob[] = [];
  let small: Uint8Array<ArrayBuffer>[] = [];
  let [bytes, done, shownAt] = [0, 0, 0];
  const reader = response.body.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    small.push(value);
    bytes += value.byteLength;
    done += value.byteLength;
    if (bytes > PIECE) {
      held.push(new Blob(small));
      [small, bytes] = [[], 0];
    }
    if (performance.now() - shownAt > 100) {
      shownAt = performance.now();
      report(done, total);
    }
  }
  return new Blob([...held, ...small]);
}
