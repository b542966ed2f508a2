import type { ZstdInput } from "./zstd-input.ts";

/** What the header of a zstd frame says. */
export interface FrameHeader {
  /** Bytes of history that blocks may refer to. */
  readonly window: number;
  /** Size of the content, when announced. */
  readonly size: number | undefined;
  readonly hasChecksum: boolean;
  /** Dictionary that the frame was made with; 0 for none. */
  readonly dictionary: number;
}

/** Size of a frame header by its first byte, the descriptor, which it includes: RFC 8878 section 3.1.1.1. */
export function frameHeaderSize(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  return 1 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizeBytes;
}

/**
 * Decodes the frame header that is the gathered piece.
 * @throws CoreError `compression/corrupt`.
 * @see RFC 8878 section 3.1.1.1
 */
export function decodeFrameHeader(input: ZstdInput): FrameHeader {
  const { view, from } = input;
  let at = from;
  const descriptor = view.getUint8(at++);
  if (descriptor & 8) throw input.corrupt("reserved bit of the frame header is set");
  const single = (descriptor & 0x20) !== 0;
  let window = 0;
  if (!single) {
    const byte = view.getUint8(at++);
    const base = 2 ** (10 + (byte >> 3));
    window = base + (base / 8) * (byte & 7);
  }
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const dictionary =
    dictionaryBytes === 4
      ? view.getUint32(at, true)
      : dictionaryBytes === 2
        ? view.getUint16(at, true)
        : dictionaryBytes === 1
          ? view.getUint8(at)
          : 0;
  at += dictionaryBytes;
  let size: number | undefined;
  const sizeFlag = descriptor >> 6;
  if (sizeFlag === 3) size = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  else if (sizeFlag === 2) size = view.getUint32(at, true);
  else if (sizeFlag === 1) size = view.getUint16(at, true) + 256;
  else if (single) size = view.getUint8(at);
  return { window: single ? size! : window, size, hasChecksum: (descriptor & 4) !== 0, dictionary };
}
