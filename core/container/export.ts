import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import { mergedMembers, type OpenTree } from "../image/mod.ts";
import { composeTar, encodeGoHeader, type TarComposition, writeTar } from "../tar/mod.ts";
import type { OpenContainer } from "./open.ts";

/** The file system of a container as `docker export` writes it, as a stream. Memory: a chunk. Without config, history or volumes. */
export function exportContainer(container: OpenContainer, options: ReadOptions = {}): ReadableStream<Bytes> {
  const { signal } = options;
  const members = mergedMembers(container, { impliedTime: container.record.created });
  return writeTar(members, { signal, encode: encodeGoHeader });
}

/** The same composed and not copied: its parts are headers, and contents as they lie in the layers. */
export function composeExport(container: OpenContainer): TarComposition {
  return composeTar(mergedMembers(container, { impliedTime: container.record.created }), {
    encode: encodeGoHeader,
  });
}

/** The flattened file system of an image, without what engines make in containers. */
export function exportFiles(files: OpenTree, options: ReadOptions = {}): ReadableStream<Bytes> {
  return writeTar(mergedMembers(files), { signal: options.signal, encode: encodeGoHeader });
}
