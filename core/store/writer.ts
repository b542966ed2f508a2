import { type Digest, type NewHasher, type Verifier, verifying } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { BlobRef, BlobWriter } from "./blob.ts";

/** What a store does for {@link verifiedWriter}: the part that touches its medium. Calls never overlap. */
export interface WriterMedium {
  /** Keeps the next bytes, which may be reused once it settles; they need not be safe before `settle` or `publish`. */
  keep(chunk: Uint8Array): Promise<void>;
  /** Makes all that was given to `keep` safe. */
  settle(): Promise<void>;
  /** Makes all that was given to `keep` visible as the blob, in one step with the end of its unfinished state. */
  publish(size: number): Promise<void>;
  /** Forgets all that was kept. */
  drop(): Promise<void>;
  /** Lets the next writer come; always called, once, last. */
  close(): void;
}

/**
 * A check of `ref` for a writer.
 * @throws CoreError `store/unverifiable`: nothing becomes visible that cannot be checked. `digest/invalid`.
 */
export function blobVerifier(ref: BlobRef, newHasher: NewHasher | undefined): Verifier {
  const verifier = verifying(ref.digest, ref.size, newHasher);
  if (verifier.verifiable) return verifier;
  throw new CoreError(
    "store/unverifiable",
    `Cannot store ${ref.digest}: its algorithm cannot be checked, expected sha256`,
    { digest: ref.digest },
  );
}

/** A writer over `medium`. `verifier` has seen the `offset` bytes that are kept already. */
export function verifiedWriter(start: {
  readonly verifier: Verifier;
  readonly offset: number;
  readonly medium: WriterMedium;
}): BlobWriter {
  return new VerifiedWriter(start.verifier, start.offset, start.medium);
}

class VerifiedWriter implements BlobWriter {
  readonly #verifier: Verifier;
  readonly #medium: WriterMedium;
  #offset: number;
  #state: "open" | "busy" | "ended" = "open";
  /** An abort that came while a write was under way waits for it here. */
  #work: Promise<void> = Promise.resolve();

  constructor(verifier: Verifier, offset: number, medium: WriterMedium) {
    this.#verifier = verifier;
    this.#offset = offset;
    this.#medium = medium;
  }

  get offset(): number {
    return this.#offset;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#run(async () => {
      this.#verifier.push(chunk);
      this.#offset += chunk.length;
      if (chunk.length > 0) await this.#medium.keep(chunk);
      this.#state = "open";
    });
  }

  commit(): Promise<void> {
    return this.#run(async () => {
      this.#verifier.end();
      await this.#medium.publish(this.#offset);
      this.#end();
    });
  }

  async abort(): Promise<void> {
    await this.#work;
    if (this.#state === "ended") return;
    this.#state = "ended";
    try {
      await this.#medium.settle();
    } catch (error) {
      // A full disk keeps what it has; the tail that did not fit is fetched again.
      if (!isCoreError(error, "store/full")) throw error;
    } finally {
      this.#medium.close();
    }
  }

  /** One call at a time; any failure ends the writer, and a wrong blob leaves nothing. */
  async #run(step: () => Promise<void>): Promise<void> {
    if (this.#state !== "open") throw new TypeError(`Cannot use a blob writer that is ${this.#state}`);
    this.#state = "busy";
    const work = step().catch(async (error: unknown) => {
      try {
        if (isCoreError(error, "digest/mismatch")) await this.#medium.drop();
      } finally {
        this.#end();
      }
      throw error;
    });
    this.#work = work.catch(() => {});
    return work;
  }

  #end(): void {
    this.#state = "ended";
    this.#medium.close();
  }
}

/** The order of lists. */
export function byDigest(a: { readonly digest: Digest }, b: { readonly digest: Digest }): number {
  return a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0;
}
