import type { TransferEvent, TransferPart } from "../model/registries.ts";

/** Milliseconds in which changes are gathered before they are told. */
const TELL_EVERY_MS = 100;

/** Gathers how far the layers of a pull or push are, and tells it now and then. */
export class TransferWatch {
  readonly #tell: (event: TransferEvent) => void;
  readonly #changed = new Map<string, TransferPart>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (event: TransferEvent) => void) {
    this.#tell = tell;
  }

  image(name: string, digest?: string): void {
    this.flush();
    this.#tell({ type: "image", name, digest });
  }

  part(part: TransferPart): void {
    this.#changed.set(part.digest, part);
    this.#timer ??= setTimeout(() => this.flush(), TELL_EVERY_MS);
  }

  /** Tells what is gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#changed.size === 0) return;
    const parts = [...this.#changed.values()];
    this.#changed.clear();
    this.#tell({ type: "parts", parts });
  }
}
