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

async function* chunksOf(pieces: readonly Source[]): AsyncGenerator<Bytes, void, undefined> {
  for (const piece of pieces) {
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
