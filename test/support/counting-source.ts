import { type Source, sliceBounds } from "../../core/bytes/mod.ts";

/** A source that counts what is read of it. */
export interface CountingSource extends Source {
  readonly reads: { readonly from: number; readonly to: number }[];
  /** Most reads under way at once. */
  readonly most: number;
  /** Bytes read in all. */
  readonly total: number;
}

/** A source of `size` bytes whose contents `fill` writes into zeros: archives far larger than memory, made as they are read. */
export function countingSource(
  size: number,
  fill: (bytes: Uint8Array<ArrayBuffer>, from: number) => void,
): CountingSource {
  const reads: { from: number; to: number }[] = [];
  let open = 0;
  let most = 0;
  const read = async (from: number, to: number): Promise<ArrayBuffer> => {
    reads.push({ from, to });
    most = Math.max(most, ++open);
    // As with a file, an answer takes a few turns of the event loop.
    await Promise.resolve();
    const bytes = new Uint8Array(to - from);
    fill(bytes, from);
    open--;
    return bytes.buffer;
  };
  const range = (from: number, to: number): Source => ({
    size: to - from,
    slice(start, end) {
      const [a, b] = sliceBounds(to - from, start, end);
      return range(from + a, from + b);
    },
    stream: () =>
      new ReadableStream({
        async start(controller) {
          controller.enqueue(new Uint8Array(await read(from, to)));
          controller.close();
        },
      }),
    arrayBuffer: () => read(from, to),
  });
  return {
    ...range(0, size),
    reads,
    get most() {
      return most;
    },
    get total() {
      return reads.reduce((sum, { from, to }) => sum + to - from, 0);
    },
  };
}

/** A `fill` out of `pieces`, each with where it lies; the rest is zeros. */
export function piecesAt(
  pieces: readonly { readonly at: number; readonly bytes: Uint8Array }[],
): (bytes: Uint8Array<ArrayBuffer>, from: number) => void {
  return (bytes, from) => {
    for (const piece of pieces) {
      const start = Math.max(piece.at, from);
      const end = Math.min(piece.at + piece.bytes.length, from + bytes.length);
      if (start < end) bytes.set(piece.bytes.subarray(start - piece.at, end - piece.at), start - from);
    }
  };
}
