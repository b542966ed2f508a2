import type { Bytes, ReadOptions, Source } from "../bytes/mod.ts";
import { BLOCK } from "./block.ts";
import { encodeHeader, type HeaderFields } from "./encode.ts";
import { hasContent, typeCode } from "./row.ts";

/** Writes the header of one entry. */
export type EncodeHeader = (fields: HeaderFields) => Bytes;

/** What the writers take. */
export interface WriteTarOptions {
  /** Default: {@link encodeHeader}. */
  readonly encode?: EncodeHeader | undefined;
}

/** One member to write: its header and, for types with content, that. The size in the header is that of the content. */
export interface TarMember {
  readonly entry: HeaderFields;
  readonly content?: Source | undefined;
}

/** An archive as parts that lie end to end: headers and padding as bytes, contents as the sources they were given as. */
export interface TarComposition {
  /** Bytes of all parts. */
  readonly size: number;
  readonly parts: readonly (Bytes | Source)[];
}

/**
 * The archive of `members` in their order, composed and not copied: where the contents are Blobs, `new Blob(parts)` is the archive. Reads
 * nothing. Ends in two zero blocks.
 * @throws RangeError when a header cannot be written
 */
export function composeTar(members: Iterable<TarMember>, options: WriteTarOptions = {}): TarComposition {
  const parts: (Bytes | Source)[] = [];
  let pending: Bytes[] = [];
  let size = 0;
  const flush = (): void => {
    if (pending.length > 0) parts.push(joined(pending));
    pending = [];
  };
  const add = (bytes: Bytes): void => {
    pending.push(bytes);
    size += bytes.length;
  };
  for (const member of members) {
    const content = contentOf(member);
    add(headerOf(member, content, options));
    if (content === undefined) continue;
    flush();
    parts.push(content);
    size += content.size;
    add(new Uint8Array(paddingOf(content.size)));
  }
  add(new Uint8Array(2 * BLOCK));
  flush();
  return { size, parts };
}

/**
 * The archive of `members` as a stream, each asked for when its turn comes. Memory: a chunk.
 * @throws RangeError (from the stream) when a header cannot be written; whatever reading a content throws
 */
export function writeTar(
  members: Iterable<TarMember> | AsyncIterable<TarMember>,
  options: ReadOptions & WriteTarOptions = {},
): ReadableStream<Bytes> {
  const chunks = chunksOf(members, options);
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

async function* chunksOf(
  members: Iterable<TarMember> | AsyncIterable<TarMember>,
  options: ReadOptions & WriteTarOptions,
): AsyncGenerator<Bytes, undefined> {
  const { signal } = options;
  for await (const member of members) {
    signal?.throwIfAborted();
    const content = contentOf(member);
    yield headerOf(member, content, options);
    if (content === undefined) continue;
    if (content.size <= SMALL) {
      // Asking for a stream costs more than its bytes.
      const bytes = new Uint8Array(await content.arrayBuffer());
      signal?.throwIfAborted();
      checkSize(member, content, bytes.length);
      const padded = new Uint8Array(bytes.length + paddingOf(bytes.length));
      padded.set(bytes);
      yield padded;
      continue;
    }
    let written = 0;
    const reader = content.stream().getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        signal?.throwIfAborted();
        if (done) break;
        written += value.length;
        if (value.length > 0) yield value;
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
    checkSize(member, content, written);
    const padding = paddingOf(written);
    if (padding > 0) yield new Uint8Array(padding);
  }
  yield new Uint8Array(2 * BLOCK);
  return undefined;
}

/** Contents up to this size are read whole, in bytes. */
const SMALL = 65_536;

function checkSize({ entry }: TarMember, content: Source, written: number): void {
  if (written === content.size) return;
  throw new RangeError(
    `the content of ${JSON.stringify(entry.path)} is ${written} bytes, its size said ${content.size}`,
  );
}

/** The content to write: none for types that have none, and for the empty one. */
function contentOf({ entry, content }: TarMember): Source | undefined {
  return content !== undefined && content.size > 0 && hasContent(typeCode(entry.type)) ? content : undefined;
}

const headerOf = (
  { entry }: TarMember,
  content: Source | undefined,
  { encode = encodeHeader }: WriteTarOptions,
): Bytes => encode({ ...entry, size: content?.size ?? 0 });

const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function joined(parts: readonly Bytes[]): Bytes {
  if (parts.length === 1) return parts[0]!;
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
