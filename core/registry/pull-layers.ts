import type { Digest } from "../digest/mod.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { PullEvent, PullState } from "./pull-event.ts";
import type { RemoteVariant } from "./remote-image.ts";

interface Followed {
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
  readonly layer: number;
  state: PullState;
  resumedFrom: number;
}

/**
 * Follows the layers of a pull through Docker's states: all are announced from the base up, each one arrives when it does, and they are
 * completed strictly from the base up. Of images for several platforms each has its own order.
 */
export class PullLayers {
  readonly #stacks: Followed[][] = [];
  readonly #byDigest = new Map<Digest, Followed>();
  readonly #tell: (event: PullEvent) => void;

  constructor(variants: readonly RemoteVariant[], tell: (event: PullEvent) => void) {
    this.#tell = tell;
    for (const { manifest, config } of variants) {
      const stack: Followed[] = [];
      for (const [layer, descriptor] of manifest.layers.entries()) {
        if (this.#byDigest.has(descriptor.digest)) continue;
        const one: Followed = {
          descriptor,
          diffID: config.diffIDs[layer]!,
          layer,
          state: "queued",
          resumedFrom: 0,
        };
        this.#byDigest.set(descriptor.digest, one);
        stack.push(one);
      }
      this.#stacks.push(stack);
    }
  }

  /** What a layer must decompress to; `undefined` for what is no layer of a followed image. */
  diffIDOf(digest: Digest): Digest | undefined {
    return this.#byDigest.get(digest)?.diffID;
  }

  /** Announces all. Those at the base that are there exist; of the others as many begin as may at once. */
  begin(there: ReadonlySet<Digest>, concurrency: number): void {
    const coming: Followed[] = [];
    for (const stack of this.#stacks) {
      let base = true;
      for (const one of stack) {
        base &&= there.has(one.descriptor.digest);
        this.#to(one, base ? "exists" : "queued", base ? one.descriptor.size : 0);
        if (!base && !there.has(one.descriptor.digest)) coming.push(one);
      }
    }
    for (const one of coming.slice(concurrency)) this.#to(one, "waiting", 0);
  }

  /** Bytes have come. */
  progress(digest: Digest, bytes: number, resumedFrom: number): void {
    const one = this.#byDigest.get(digest);
    if (one === undefined) return;
    one.resumedFrom = resumedFrom;
    this.#to(one, "downloading", bytes);
  }

  /** Nothing comes, and it is tried again in a while. */
  retrying(digest: Digest, seconds: number): void {
    const one = this.#byDigest.get(digest);
    if (one !== undefined) this.#to(one, "retrying", 0, seconds);
  }

  /** All bytes are there and right. */
  arrived(digest: Digest): void {
    const one = this.#byDigest.get(digest);
    if (one === undefined || one.state === "exists" || one.state === "complete") return;
    const { size } = one.descriptor;
    if (one.state === "downloading" || one.state === "retrying") this.#to(one, "verifying", size);
    this.#to(one, "downloaded", size);
    for (const stack of this.#stacks) {
      for (const next of stack) {
        if (next.state === "exists" || next.state === "complete") continue;
        if (next.state !== "downloaded") break;
        this.#to(next, "extracting", next.descriptor.size);
        this.#to(next, "complete", next.descriptor.size);
      }
    }
  }

  #to(one: Followed, state: PullState, bytes: number, seconds?: number): void {
    one.state = state;
    const { descriptor, diffID, layer, resumedFrom } = one;
    const { digest, size: total } = descriptor;
    const event = { kind: "layer", digest, diffID, layer, state, bytes, total, resumedFrom } as const;
    this.#tell(seconds === undefined ? event : { ...event, seconds });
  }
}
