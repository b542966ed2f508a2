import { decodeLzmaChunk, type LzmaState, newLzmaState, type Ring, resetLzmaState } from "./lzma2-chunk.ts";

/** A chunk of LZMA2 decodes to at most this. */
const CHUNK_OUT = 2 * 1024 * 1024;

/**
 * A decoder of LZMA2, chunk by chunk: the caller gathers a chunk (at most 64 KiB) and hands it in whole, so that the inner loop need not
 * look for the end of its input. Holds history as it is needed, up to the dictionary's size, but at least one chunk's output.
 * @see https://tukaani.org/xz/xz-file-format-1.2.1.txt §5.3.1
 */
export class Lzma2Decoder {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #ring: Ring;
  readonly #most: number;
  #lzma: LzmaState | undefined;
  #wantsDictionary = true;
  #wantsProperties = true;

  /** For a dictionary of `dictionary` bytes; what is decoded goes to `sink`, in views valid only during the call. */
  constructor(dictionary: number, sink: (bytes: Uint8Array) => void) {
    this.#sink = sink;
    this.#most = Math.max(dictionary, CHUNK_OUT);
    this.#ring = {
      bytes: new Uint8Array(Math.min(this.#most, 64 * 1024)),
      at: 0,
      full: 0,
      limit: dictionary,
    };
  }

  /** Begins another sequence of chunks, in the memory of the last. */
  restart(): void {
    this.#wantsDictionary = true;
    this.#wantsProperties = true;
  }

  /** Decodes the chunk `bytes`, control byte and all, of the length that {@link chunkLength} gives; returns what is wrong, if anything. */
  decode(bytes: Uint8Array): string | undefined {
    const control = bytes[0]!;
    if (control >= 0xe0 || control === 1) {
      this.#ring.at = 0;
      this.#ring.full = 0;
      this.#wantsDictionary = false;
      this.#wantsProperties = true;
    } else if (this.#wantsDictionary) return "the first LZMA2 chunk does not reset the dictionary";
    return control >= 0x80 ? this.#decodeLzma(bytes) : this.#copy(bytes.subarray(3));
  }

  #decodeLzma(bytes: Uint8Array): string | undefined {
    const control = bytes[0]!;
    const size = ((control & 0x1f) << 16) + (bytes[1]! << 8) + bytes[2]! + 1;
    const lzma = (this.#lzma ??= newLzmaState());
    let from = 5;
    if (control >= 0xc0) {
      const flaw = setProperties(lzma, bytes[5]!);
      if (flaw !== undefined) return flaw;
      this.#wantsProperties = false;
      from = 6;
    } else if (this.#wantsProperties) return "an LZMA2 chunk lacks the properties expected after a reset";
    if (control >= 0xa0) resetLzmaState(lzma);
    this.#grow(size);
    const start = this.#ring.at;
    const flaw = decodeLzmaChunk(lzma, this.#ring, { input: bytes.subarray(from), size });
    if (flaw === undefined) this.#emit(start, size);
    return flaw;
  }

  #copy(bytes: Uint8Array): undefined {
    const ring = this.#ring;
    this.#grow(bytes.length);
    const start = ring.at;
    const first = Math.min(bytes.length, ring.bytes.length - start);
    ring.bytes.set(bytes.subarray(0, first), start);
    ring.bytes.set(bytes.subarray(first));
    ring.at = (start + bytes.length) % ring.bytes.length;
    ring.full = Math.min(ring.full + bytes.length, ring.limit);
    this.#emit(start, bytes.length);
  }

  /**
   * Doubles the ring until it holds `size` more bytes, and one, or all it ever must: so it never wraps before it has its last length,
   * and growing is a copy. A header that asks for a large dictionary gets no more than the data fill.
   */
  #grow(size: number): void {
    const ring = this.#ring;
    const wanted = Math.min(ring.at + size + 1, this.#most);
    let length = ring.bytes.length;
    if (length >= wanted) return;
    while (length < wanted) length = Math.min(length * 2, this.#most);
    const grown = new Uint8Array(length);
    grown.set(ring.bytes.subarray(0, ring.at));
    ring.bytes = grown;
  }

  #emit(start: number, size: number): void {
    const { bytes } = this.#ring;
    const first = Math.min(size, bytes.length - start);
    this.#sink(bytes.subarray(start, start + first));
    if (size > first) this.#sink(bytes.subarray(0, size - first));
  }
}

/** How many bytes of a chunk tell its length, by its first byte; 1 for the end, `undefined` when there is no such chunk. */
export function chunkHeadLength(control: number): number | undefined {
  if (control === 0) return 1;
  if (control <= 2) return 3;
  return control < 0x80 ? undefined : 5;
}

/** The length of a chunk with this head, all told. */
export function chunkLength(head: Uint8Array): number {
  const control = head[0]!;
  if (control === 0) return 1;
  if (control < 0x80) return 3 + (head[1]! << 8) + head[2]! + 1;
  return (control >= 0xc0 ? 6 : 5) + (head[3]! << 8) + head[4]! + 1;
}

/** The properties byte is (pb * 5 + lp) * 9 + lc; LZMA2 wants lc + lp to be at most four. */
function setProperties(lzma: LzmaState, byte: number): string | undefined {
  const lc = byte % 9;
  const lp = Math.floor(byte / 9) % 5;
  const pb = Math.floor(byte / 45);
  if (pb > 4 || lc + lp > 4)
    return `the LZMA properties are lc=${lc} lp=${lp} pb=${pb}, expected lc + lp <= 4, pb <= 4`;
  lzma.lc = lc;
  lzma.lpMask = (1 << lp) - 1;
  lzma.pbMask = (1 << pb) - 1;
  return undefined;
}
