import { arm, arm64, armThumb, type BranchFilter, powerPC, sparc, x86 } from "./xz-branch.ts";
import type { XzFilter } from "./xz-header.ts";

/** One step of undoing a filter chain: takes bytes in order, hands on as many in views valid only during the call. */
export interface Stage {
  /** The bytes stay the caller's and are not changed. */
  push(bytes: Uint8Array): void;
  /** Hands on what it still held. */
  end(): void;
}

const DELTA = 0x03;

/** Filters for machine code: branch targets become absolute, which repeats more. @see https://tukaani.org/xz/xz-file-format-1.2.1.txt §5.3.2 */
const BRANCH_FILTERS: ReadonlyMap<number, { readonly align: number; readonly make: () => BranchFilter }> =
  new Map([
    [0x04, { align: 1, make: x86 }],
    [0x05, { align: 4, make: () => powerPC }],
    [0x07, { align: 4, make: () => arm }],
    [0x08, { align: 2, make: () => armThumb }],
    [0x09, { align: 4, make: () => sparc }],
    [0x0a, { align: 4, make: () => arm64 }],
  ]);

const UNSUPPORTED: ReadonlyMap<number, string> = new Map([
  [0x06, "IA-64"],
  [0x0b, "RISC-V"],
]);

/** The stage that undoes `filter` into `next`, or why there is none: `unsupported`, or what is malformed. */
export function makeStage(
  filter: XzFilter,
  next: Stage,
): Stage | { readonly unsupported: string } | { readonly corrupt: string } {
  const { id, properties } = filter;
  if (id === DELTA) {
    return properties.length === 1
      ? new DeltaStage(properties[0]! + 1, next)
      : { corrupt: "the delta filter has no distance" };
  }
  const branch = BRANCH_FILTERS.get(id);
  if (branch === undefined) {
    const name = UNSUPPORTED.get(id);
    return {
      unsupported:
        name === undefined ? `filter 0x${id.toString(16)}` : `the ${name} filter (0x0${id.toString(16)})`,
    };
  }
  if (properties.length !== 0 && properties.length !== 4)
    return { corrupt: "a branch filter has malformed properties" };
  const start = properties.length === 0 ? 0 : new DataView(properties.buffer).getUint32(0, true);
  if (start % branch.align !== 0)
    return { corrupt: `a branch filter starts at ${start}, expected a multiple of ${branch.align}` };
  return new BranchStage(branch.make(), start, next);
}

/** Bytes that a stage works on at once, small enough to stay in the cache. */
const SCRATCH = 64 * 1024;

class DeltaStage implements Stage {
  readonly #next: Stage;
  readonly #distance: number;
  /** The last `distance` bytes handed on, and after them those being worked on. */
  readonly #scratch: Uint8Array;

  constructor(distance: number, next: Stage) {
    this.#distance = distance;
    this.#next = next;
    this.#scratch = new Uint8Array(distance + SCRATCH);
  }

  push(bytes: Uint8Array): void {
    const scratch = this.#scratch;
    const distance = this.#distance;
    for (let from = 0; from < bytes.length; from += SCRATCH) {
      const part = bytes.subarray(from, from + SCRATCH);
      const end = distance + part.length;
      for (let at = distance; at < end; at++) scratch[at] = part[at - distance]! + scratch[at - distance]!;
      this.#next.push(scratch.subarray(distance, end));
      scratch.copyWithin(0, part.length, end);
    }
  }

  end(): void {
    this.#next.end();
  }
}

class BranchStage implements Stage {
  readonly #filter: BranchFilter;
  readonly #next: Stage;
  readonly #scratch = new Uint8Array(SCRATCH + 16);
  #held = 0;
  #position: number;

  constructor(filter: BranchFilter, start: number, next: Stage) {
    this.#filter = filter;
    this.#position = start;
    this.#next = next;
  }

  push(bytes: Uint8Array): void {
    const scratch = this.#scratch;
    for (let from = 0; from < bytes.length; from += SCRATCH) {
      const part = bytes.subarray(from, from + SCRATCH);
      scratch.set(part, this.#held);
      const length = this.#held + part.length;
      const done = this.#filter(scratch.subarray(0, length), this.#position);
      this.#next.push(scratch.subarray(0, done));
      scratch.copyWithin(0, done, length);
      this.#held = length - done;
      // Addresses are of 32 bits.
      this.#position = (this.#position + done) >>> 0;
    }
  }

  end(): void {
    this.#next.push(this.#scratch.subarray(0, this.#held));
    this.#held = 0;
    this.#next.end();
  }
}
