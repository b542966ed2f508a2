import { seeded } from "./random.ts";

/** `bytes` with a few seeded wounds: flipped bytes, digits changed, ranges zeroed, repeated, cut out or swapped, the end torn off. */
export function mutated(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  let out = new Uint8Array(bytes);
  const wounds = 1 + below(4);
  for (let wound = 0; wound < wounds && out.length > 0; wound++) {
    const at = below(out.length);
    const length = Math.min(out.length - at, 1 + below(random() < 0.5 ? 16 : 1024));
    switch (below(7)) {
      case 0:
        out[at] = below(256);
        break;
      case 1: {
        // Headers are where it hurts: a byte within a block's first 512, as a digit.
        const block = at - (at % 512);
        out[Math.min(out.length - 1, block + below(512))] = 48 + below(10);
        break;
      }
      case 2:
        out.fill(0, at, at + length);
        break;
      case 3:
        out.copyWithin(below(out.length), at, at + length);
        break;
      case 4:
        out = new Uint8Array([...out.subarray(0, at), ...out.subarray(at + length)]);
        break;
      case 5:
        out = out.slice(0, at);
        break;
      default: {
        const from = at - (at % 512);
        const repeated = out.slice(from, from + 512);
        out.set(repeated, Math.max(0, Math.min(out.length - repeated.length, below(out.length) & ~511)));
      }
    }
  }
  return out;
}
