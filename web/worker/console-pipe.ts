import type { Output } from "../../core/command/mod.ts";
import type { Chunks } from "../model/console-tool.ts";

/** What writing fails with when nobody reads any more. */
export class PipeClosed extends Error {
  override readonly name = "PipeClosed";
}

/** Bytes that may wait in a pipe before who writes them has to. */
const ROOM = 256 * 1024;

/** A pipe between two commands: one writes, one reads, and neither runs far ahead of the other. */
export class Pipe implements Output {
  readonly terminal = false;
  readonly columns = 80;
  readonly #encoder = new TextEncoder();
  readonly #onClosed: () => void;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  #ended = false;
  #closed = false;
  #wake: (() => void) | undefined;
  #roomy: (() => void) | undefined;

  /** `onClosed` is told when nobody reads any more. */
  constructor(onClosed: () => void = () => {}) {
    this.#onClosed = onClosed;
  }

  /** Takes a copy. @throws PipeClosed when nobody reads any more. */
  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.#closed) throw new PipeClosed("nobody reads any more");
    const bytes = typeof chunk === "string" ? this.#encoder.encode(chunk) : new Uint8Array(chunk);
    if (bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    this.#wake?.();
    while (this.#bytes > ROOM && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#roomy = resolve;
      });
    }
    if (this.#closed) throw new PipeClosed("nobody reads any more");
  }

  /** No more will be written. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The bytes, once. */
  async *read(): Chunks {
    try {
      for (;;) {
        const chunk = this.#waiting.shift();
        if (chunk !== undefined) {
          this.#bytes -= chunk.length;
          if (this.#bytes <= ROOM) this.#roomy?.();
          yield chunk;
        } else if (this.#ended) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.close();
    }
  }

  /** Nobody reads any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#roomy?.();
    if (!this.#ended) this.#onClosed();
  }
}
