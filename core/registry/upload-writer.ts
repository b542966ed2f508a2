import type { Bytes } from "../bytes/mod.ts";
import { type Verifier, verifying } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { BlobRef, BlobWriter } from "../store/mod.ts";
import type { Remote } from "./remote.ts";
import { beginUpload, endUpload, sendChunk, type UploadSession, uploadStatus } from "./upload.ts";

/** Bytes of one request, where nobody says less: few requests, and progress that moves. */
const CHUNK = 8 * 1024 * 1024;

/** Most bytes of one request that a registry may ask for: they are held in memory. */
const MOST_CHUNK = 32 * 1024 * 1024;

/** Bytes left free below a limit that a proxy says: headers count with some. */
const LEAST_CHUNK = 64 * 1024;

/** What {@link UploadWriter} is made of. */
export interface UploadStart {
  readonly remote: Remote;
  readonly ref: BlobRef;
  readonly session: UploadSession;
  /** Most bytes of one request. */
  readonly chunk?: number | undefined;
  /** Bytes may be read after this: told of all that the registry has for sure. */
  readonly onSent?: ((bytes: number) => void) | undefined;
  /** Told how the session is when the writer ends without having committed; `undefined` when it is of no use. */
  readonly onLeft: (session: UploadSession | undefined) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Waits after a chunk that did not arrive, in milliseconds, as often as there are entries. */
const WAITS = [1000, 2000, 4000, 8000, 16_000];

/**
 * A blob on its way to a registry, in chunks: at most one is held in memory. A chunk that did not arrive is sent again from where the registry
 * says it stopped. What the registry has at the end of a broken-off writer is where the next one begins.
 */
export class UploadWriter implements BlobWriter {
  readonly #start: UploadStart;
  readonly #verifier: Verifier | undefined;
  readonly #window: Bytes;
  #filled = 0;
  #session: UploadSession;
  #state: "open" | "ended" = "open";

  constructor(start: UploadStart) {
    this.#start = start;
    this.#session = start.session;
    const { ref, session, remote } = start;
    // What was sent before is not here any more to be hashed; the registry does.
    this.#verifier = session.offset === 0 ? verifying(ref.digest, ref.size, remote.newHasher) : undefined;
    const most = Math.min(CHUNK, start.chunk ?? CHUNK, session.most ?? CHUNK);
    const wanted = Math.max(most, Math.min(session.least ?? 0, MOST_CHUNK), LEAST_CHUNK);
    this.#window = new Uint8Array(Math.min(wanted, session.most ?? wanted, Math.max(ref.size ?? wanted, 1)));
  }

  get offset(): number {
    return this.#session.offset + this.#filled;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    try {
      this.#verifier?.push(chunk);
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + this.#window.length - this.#filled);
        this.#window.set(part, this.#filled);
        this.#filled += part.length;
        at += part.length;
        // The last chunk goes with the end, which spares a request.
        if (this.#filled === this.#window.length && this.offset !== this.#start.ref.size) await this.#flush();
      }
    } catch (error) {
      this.#end(isCoreError(error, "digest/mismatch") ? undefined : this.#session);
      throw error;
    }
  }

  async commit(): Promise<void> {
    this.#mustBeOpen();
    const { remote, ref, signal } = this.#start;
    try {
      this.#verifier?.end();
      for (let tries = 0; ; ) {
        const bytes = this.#filled === 0 ? undefined : this.#window.subarray(0, this.#filled);
        try {
          await endUpload(remote, this.#session, { digest: ref.digest, bytes, signal });
          break;
        } catch (error) {
          tries = (await this.#recover(error, tries)) ? 0 : tries + 1;
        }
      }
      this.#start.onSent?.(this.offset);
      this.#state = "ended";
    } catch (error) {
      this.#end(isCoreError(error, "digest/mismatch") ? undefined : this.#session);
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#state === "open") this.#end(this.#session);
  }

  async #flush(): Promise<void> {
    const { remote, signal } = this.#start;
    for (let tries = 0; this.#filled > 0; ) {
      try {
        const sent = this.#filled;
        this.#session = await sendChunk(remote, this.#session, {
          bytes: this.#window.subarray(0, sent),
          signal,
        });
        this.#filled = 0;
      } catch (error) {
        tries = (await this.#recover(error, tries)) ? 0 : tries + 1;
      }
    }
    this.#start.onSent?.(this.#session.offset);
  }

  /** Finds out what the registry has after a failure, and keeps what is missing; `true` when something had arrived. */
  async #recover(error: unknown, tries: number): Promise<boolean> {
    const { remote, signal } = this.#start;
    signal?.throwIfAborted();
    if (!mayPass(error) || tries >= WAITS.length) throw error;
    await remote.transport.clock.sleep(WAITS[tries]!, signal);
    const { offset } = this.#session;
    let now: UploadSession;
    try {
      now = await uploadStatus(remote, this.#session, { signal });
    } catch (lost) {
      // Where nothing had arrived before this chunk, another session serves as well.
      if (!isCoreError(lost, "registry/missing") || offset > 0) throw error;
      const fresh = await beginUpload(remote, { signal });
      if (fresh === undefined) throw error;
      now = fresh;
    }
    if (now.offset < offset || now.offset > offset + this.#filled) {
      throw new CoreError(
        "registry/failed",
        `Cannot go on with the upload of ${this.#start.ref.digest}: the registry has ${now.offset} bytes, expected ${offset} to ${offset + this.#filled}`,
        { found: now.offset, from: offset, to: offset + this.#filled },
        { cause: error },
      );
    }
    this.#window.copyWithin(0, now.offset - offset, this.#filled);
    this.#filled -= now.offset - offset;
    this.#session = now;
    return now.offset > offset;
  }

  #mustBeOpen(): void {
    if (this.#state !== "open") throw new TypeError("Cannot use an upload that has ended");
  }

  #end(left: UploadSession | undefined): void {
    this.#state = "ended";
    this.#start.onLeft(left);
  }
}

function mayPass(error: unknown): boolean {
  if (!isCoreError(error)) return false;
  if (["registry/unreachable", "registry/failed", "registry/limited"].includes(error.code)) return true;
  // A chunk that does not follow on the last: part of it had arrived.
  return error.detail["status"] === 416;
}
