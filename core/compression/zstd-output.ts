import { limitError, type Sink } from "./decompressor.ts";
import { BLOCK_LIMIT } from "./zstd-input.ts";

/** Room past the end for copies by words. */
const SLACK = 32;
/** Output kept beyond the window before it is moved to the front: the larger, the rarer; with this a byte moves four times at worst. */
const MOST_BEYOND = 32 * 1024 * 1024;
const LEAST_BEYOND = 1024 * 1024;

/**
 * The output of a zstd frame and the history it refers to, in one buffer that grows as the frame needs it: a small frame that announces a large
 * window takes little memory. `op` is where the next byte goes.
 */
export class ZstdOutput {
  bytes = new Uint8Array(LEAST_BEYOND);
  view = new DataView(this.bytes.buffer);
  op = 0;
  #given = 0;
  #window = 0;
  /** Output offset of `bytes[0]`. */
  #base: number;
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #offsetIn: () => number;

  constructor(options: {
    readonly out: number;
    readonly limit: number;
    readonly sink: Sink;
    /** Offset reached in the source, to be named in errors. */
    readonly offsetIn: () => number;
  }) {
    this.#base = options.out;
    this.#limit = options.limit;
    this.#sink = options.sink;
    this.#offsetIn = options.offsetIn;
  }

  /** Output offset reached. */
  get offset(): number {
    return this.#base + this.op;
  }

  /** Begins a frame: nothing before is referred to any more. */
  begin(window: number): void {
    this.flush();
    this.#base += this.op;
    this.op = 0;
    this.#given = 0;
    this.#window = window;
  }

  /** Gives the sink what it has not seen. */
  flush(): void {
    if (this.#given === this.op) return;
    const bytes = this.bytes.subarray(this.#given, this.op);
    this.#given = this.op;
    if (this.offset > this.#limit) {
      throw limitError({ format: "zstd", offset: this.#offsetIn() }, this.#limit);
    }
    this.#sink(bytes);
  }

  /** Makes room for a block. */
  reserve(): void {
    const needed = this.op + BLOCK_LIMIT + SLACK;
    if (needed <= this.bytes.length) return;
    this.flush();
    const most = this.#window + Math.min(MOST_BEYOND, Math.max(LEAST_BEYOND, this.#window));
    if (this.bytes.length < most) {
      const larger = new Uint8Array(Math.max(needed, Math.min(most, this.bytes.length * 2)));
      larger.set(this.bytes.subarray(0, this.op));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
      return;
    }
    const kept = Math.min(this.op, this.#window);
    this.bytes.copyWithin(0, this.op - kept, this.op);
    this.#base += this.op - kept;
    this.op = kept;
    this.#given = kept;
  }
}
