import { seeded } from "./random.ts";

/** The ways in which every streaming decoder is fed: whole, byte by byte, around the tar block size, and at seeded random. */
export const CHUNKINGS: readonly { readonly name: string; readonly next: () => () => number }[] = [
  { name: "whole", next: () => () => Number.POSITIVE_INFINITY },
  { name: "byte by byte", next: () => () => 1 },
  { name: "511 bytes", next: () => () => 511 },
  { name: "512 bytes", next: () => () => 512 },
  { name: "513 bytes", next: () => () => 513 },
  {
    name: "seeded random",
    next: () => {
      const random = seeded(7);
      return () => 1 + Math.floor(random() ** 3 * 5000);
    },
  },
];

/** `bytes` cut up by `sizes`: views, in order, none empty. */
export function* chunked(bytes: Uint8Array, sizes: () => number): Generator<Uint8Array<ArrayBuffer>> {
  const own = new Uint8Array(bytes);
  for (let at = 0; at < own.length; ) {
    const end = Math.min(own.length, at + Math.max(1, sizes()));
    yield own.subarray(at, end);
    at = end;
  }
}
