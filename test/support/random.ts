/** A seeded generator of numbers in [0, 1): the same seed gives the same run on every runtime (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `length` seeded bytes without any pattern. */
export function randomBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/** `length` bytes that compress about as text does. */
export function textLikeBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const words = Array.from({ length: 400 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 9) }, () => 97 + Math.floor(random() ** 2 * 26)),
  );
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    for (const letter of words[Math.floor(random() ** 2 * words.length)] ?? []) bytes[at++] = letter;
    bytes[at++] = random() < 0.1 ? 10 : 32;
  }
  return bytes;
}
