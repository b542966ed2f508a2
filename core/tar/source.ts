import { type Bytes, type Source, sliceBounds, sourceOf } from "../bytes/mod.ts";
import type { TarComposition } from "./write.ts";

/**
 * A composition as one source, for what is no Blob: streams to disk, and reading what was composed. Holds nothing, copies nothing.
 */
export function compositionSource({ parts, size }: TarComposition): Source {
  const pieces: Source[] = parts.map((part) => (part instanceof Uint8Array ? sourceOf(part) : part));
  return joined(pieces, size);
}

function joined(pieces: readonly Source[], size: number): Source {
  return {
    size,
    slice(from, to) {
      const [first, last] = sliceBounds(size, from, to);
      const cut: Source[] = [];
      let at = 0;
      for (const piece of pieces) {
        const [start, end] = [Math.max(first - at, 0), Math.min(last - at, piece.size)];
        if (start < end) cut.push(start === 0 && end === piece.size ? piece : piece.slice(start, end));
        at += piece.size;
      }
      return joined(cut, last - first);
    },
    stream() {
      const chunks = chunksOf(pieces);
      return new ReadableStream<Bytes>(
        {
          async pull(controller) {
            const { done, value } = await chunks.next();
            if (done) controller.close();
            else controller.enqueue(value);
          },
          async cancel() {
            await chunks.return();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      const all = new Uint8Array(size);
      let at = 0;
      for (const piece of pieces) {
        all.set(new Uint8Array(await piece.arrayBuffer()), at);
        at += piece.size;
      }
      return all.buffer;
    },
  };
}

/** Pieces up to this size are read whole, several at once: asking for a stream costs more than their bytes. */
const SMALL = 65_536;
/** Bytes, and pieces, that are read at once. */
const BATCH = 262_144;
const AT_ONCE = 256;

async function* chunksOf(pieces: readonly Source[]): AsyncGenerator<Bytes, void, undefined> {
  for (let at = 0; at < pieces.length; ) {
    const piece = pieces[at]!;
    if (piece.size <= SMALL) {
      const batch: Source[] = [];
      let size = 0;
      while (at < pieces.length && pieces[at]!.size <= SMALL && size < BATCH && batch.length < AT_ONCE) {
        size += pieces[at]!.size;
        batch.push(pieces[at++]!);
      }
      const bytes = concatenated(await Promise.all(batch.map((one) => one.arrayBuffer())));
      if (bytes.length > 0) yield bytes;
      continue;
    }
    at++;
    const reader = piece.stream().getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (value.length > 0) yield value;
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }
}

function concatenated(buffers: readonly ArrayBuffer[]): Bytes {
  const whole = new Uint8Array(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const buffer of buffers) {
    whole.set(new Uint8Array(buffer), at);
    at += buffer.byteLength;
  }
  return whole;
}
