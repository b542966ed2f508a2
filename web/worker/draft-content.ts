import type { Bytes, Source } from "../../core/bytes/mod.ts";

/** `source`, with `count` told of every byte that is read of it: what is stored large is read twice, for its digest and into the store. */
export function counted(source: Source, count: (bytes: number) => void): Source {
  return {
    size: source.size,
    slice: (from, to) => counted(source.slice(from, to), count),
    stream: () =>
      source.stream().pipeThrough(
        new TransformStream<Bytes, Bytes>({
          transform(chunk, controller) {
            count(chunk.length);
            controller.enqueue(chunk);
          },
        }),
      ),
    async arrayBuffer() {
      const buffer = await source.arrayBuffer();
      count(buffer.byteLength);
      return buffer;
    },
  };
}
