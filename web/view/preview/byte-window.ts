import { type ReadonlySignal, signal } from "@preact/signals";

/** Bytes fetched at a time. */
const CHUNK = 64 << 10;
/** Chunks kept: 4 MiB of a file of any size. */
const MAX_CHUNKS = 64;

/** The part of a file that a hex view has at hand. */
export interface ByteWindow {
  /** Grows when bytes have come. */
  readonly version: ReadonlySignal<number>;
  /** The chunk that holds `offset` and the offset's place in it; asks for it when it is not at hand. */
  at(offset: number): { readonly bytes: Uint8Array; readonly index: number } | undefined;
}

/** A window over a file of `size` bytes that `read` reads. */
export function createByteWindow(
  size: number,
  read: (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>,
): ByteWindow {
  const version = signal(0);
  const chunks = new Map<number, Uint8Array>();
  const asked = new Set<number>();

  async function load(chunk: number): Promise<void> {
    asked.add(chunk);
    try {
      const from = chunk * CHUNK;
      const bytes = await read(from, Math.min(size, from + CHUNK));
      chunks.set(chunk, bytes);
      for (const key of chunks.keys()) {
        if (chunks.size <= MAX_CHUNKS) break;
        chunks.delete(key);
      }
      version.value += 1;
    } catch {
      // The line stays empty; scrolling back asks again. A file that cannot be read at all has said so before.
    } finally {
      asked.delete(chunk);
    }
  }

  return {
    version,
    at(offset) {
      const chunk = Math.floor(offset / CHUNK);
      const bytes = chunks.get(chunk);
      if (bytes !== undefined) return { bytes, index: offset % CHUNK };
      if (!asked.has(chunk) && asked.size < 4) void load(chunk);
      return undefined;
    },
  };
}
