import { CoreError, type ErrorCode } from "../error.ts";
import { APPEND_BYTES, BitIntake } from "./bzip2-bits.ts";
import { BlockDecoder } from "./bzip2-block.ts";
import { crc32Bzip2 } from "./bzip2-crc.ts";
import { HEADER_BYTES, readBlockHeader } from "./bzip2-tables.ts";
import { type Decompressor, type DecompressorOptions, decodeError, type Sink } from "./decompressor.ts";

/** The first half of the digits of pi begins a block, of the square root of pi the end of a stream. */
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;

/** Work that yields when it wants more bytes than wait. */
type Steps<Result> = Generator<void, Result, void>;

/**
 * A bzip2 decoder of our own: the libraries to be had work on whole files or on Node's streams, check no stream CRC and are old.
 *
 * Reads any number of streams back to back and zeros after the last. Checks the CRC of every block and of every stream. Holds about 5 MB
 * at level 9, whatever the size. Every block is a {@link DecompressorOptions.onPoint} (`state` is the level); blocks need no window.
 * Randomised blocks, which no bzip2 since 1999 writes, are refused.
 * @throws CoreError `compression/corrupt`, `compression/checksum`, `compression/truncated`, `compression/unsupported`, `bytes/limit`.
 * @see https://sourceware.org/bzip2/ There is no specification; the format is what version 1.0.8 writes.
 */
export function createBunzip2(sink: Sink, options: DecompressorOptions = {}): Decompressor {
  const { resume, onPoint } = options;
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const intake = new BitIntake(resume?.in ?? 0);
  let out = resume?.out ?? 0;
  const machine = streams();

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; at += APPEND_BYTES) {
        intake.append(chunk.subarray(at, at + APPEND_BYTES));
        machine.next();
      }
    },
    end() {
      intake.finish();
      machine.next();
    },
  };

  /** Yields when it wants more bytes than wait; once the intake is finished it no longer does, but returns or throws. */
  function* streams(): Steps<void> {
    let decoder: BlockDecoder | undefined;
    let decoderLevel = 0;
    for (let stream = 0; ; stream++) {
      const resumed = stream === 0 && resume !== undefined;
      let level = resume?.state ?? 9;
      if (resumed) {
        yield* bytesWaiting(1);
        if (resume.bits > 0) intake.read(resume.bits);
      } else {
        if (stream > 0 && !(yield* anotherStream())) return;
        level = yield* streamHeader();
      }
      if (decoder === undefined || decoderLevel < level) decoder = new BlockDecoder(level * 100_000);
      decoderLevel = Math.max(decoderLevel, level);
      yield* blocks({ decoder, level, resumed });
    }
  }

  function* blocks(stream: { decoder: BlockDecoder; level: number; resumed: boolean }): Steps<void> {
    let combined = 0;
    for (let block = 0; ; block++) {
      // The magic and the CRC, and up to seven bits of the byte before.
      yield* bytesWaiting(11);
      const start = intake.bitOffset;
      const magic = [intake.read(24), intake.read(24)] as const;
      const crc = intake.read(16) * 65_536 + intake.read(16);
      checkCut();
      if (magic[0] === END_MAGIC[0] && magic[1] === END_MAGIC[1]) {
        // A resumed stream's CRC spans blocks that were not seen.
        if (!stream.resumed && combined !== crc)
          fail("compression/checksum", crcText("stream", combined, crc));
        intake.align();
        return;
      }
      if (magic[0] !== BLOCK_MAGIC[0] || magic[1] !== BLOCK_MAGIC[1]) {
        fail("compression/corrupt", "there is neither a block nor the end of the stream");
      }
      if (!(stream.resumed && block === 0)) {
        onPoint?.({ out, in: Math.floor(start / 8), bits: start % 8, state: stream.level });
      }
      const found = yield* decodeBlock(stream.decoder, stream.level);
      if (found !== crc) fail("compression/checksum", crcText("block", found, crc));
      combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
    }
  }

  /** Decodes a block from after its CRC and gives the CRC of its bytes. */
  function* decodeBlock(decoder: BlockDecoder, level: number): Steps<number> {
    yield* bytesWaiting(HEADER_BYTES);
    const header = readBlockHeader(intake);
    checkCut();
    if (header === "randomised") fail("compression/unsupported", "randomised blocks are not read");
    if (typeof header === "string") fail("compression/corrupt", `${header} in a block`);
    decoder.start(header, level * 100_000);
    for (;;) {
      const done = decoder.readSymbols(intake);
      checkCut();
      if (done === true) break;
      if (typeof done === "string") fail("compression/corrupt", `${done} in a block`);
      yield;
    }
    let crc = 0;
    decoder.write((bytes) => {
      out += bytes.length;
      if (out > limit) {
        throw new CoreError(
          "bytes/limit",
          `Cannot read bzip2 at byte ${byteOffset()}: it decompresses to more than ${limit} bytes`,
          { limit },
        );
      }
      crc = crc32Bzip2(crc, bytes);
      sink(bytes);
    });
    return crc;
  }

  /** The level, 1 to 9, of the stream that begins here. */
  function* streamHeader(): Steps<number> {
    yield* bytesWaiting(4);
    const magic = intake.read(24);
    const level = intake.read(8) - 0x30;
    checkCut();
    if (magic !== 0x425a68 || level < 1 || level > 9) {
      fail("compression/corrupt", "there is no bzip2 stream header, expected BZh1 to BZh9");
    }
    return level;
  }

  /** Skips zeros, as tapes and block devices leave behind, and tells whether anything follows. */
  function* anotherStream(): Steps<boolean> {
    for (;;) {
      yield* bytesWaiting(1);
      if (intake.waiting < 8) return false;
      if (intake.peek(8) !== 0) return true;
      intake.read(8);
    }
  }

  function* bytesWaiting(bytes: number): Steps<void> {
    while (!intake.finished && intake.waiting < bytes * 8) yield;
  }

  function byteOffset(): number {
    return Math.floor(intake.bitOffset / 8);
  }

  function checkCut(): void {
    if (intake.overrun) fail("compression/truncated", "the bytes end in the middle of a stream");
  }

  function fail(code: ErrorCode, what: string): never {
    throw decodeError(code, { format: "bzip2", offset: byteOffset() }, what);
  }
}

function crcText(of: string, found: number, expected: number): string {
  return `CRC of the ${of} is ${hex(found)}, expected ${hex(expected)}`;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
