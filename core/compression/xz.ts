import type { ErrorCode } from "../error.ts";
import { crc32 } from "./crc32.ts";
import { type Decompressor, type DecompressorOptions, decodeError, type Sink } from "./decompressor.ts";
import { XzBlockReader } from "./xz-block.ts";
import type { Sha256Hasher } from "./xz-check.ts";
import {
  addDigit,
  crcText,
  decodeStreamFooter,
  decodeStreamHeader,
  STREAM_HEADER_BYTES,
  uint32,
} from "./xz-header.ts";
import { BlockSizes } from "./xz-index.ts";
import { APPEND_BYTES, type Steps, XzIntake } from "./xz-intake.ts";

/** What {@link createUnxz} takes. */
export interface UnxzOptions extends DecompressorOptions {
  /** Checks of kind SHA-256 are verified with this; without it they are not. CRC32, CRC64, sizes and indexes always are. */
  readonly newHasher?: (() => Sha256Hasher) | undefined;
}

/**
 * An xz decoder of our own: any number of streams with padding, blocks, the filters LZMA2, delta, x86, ARM, ARM Thumb, ARM64, PowerPC and
 * SPARC. Block checks (see {@link UnxzOptions.newHasher}), sizes, index and footer are verified.
 *
 * Holds the dictionary as far as the data fill it, at least 2 MiB, at most {@link DecompressorOptions.windowLimit}, and about 0.3 MB. Every
 * block is a {@link DecompressorOptions.onPoint} (`state` is the kind of check); blocks need no window. A stream resumed at a point is not
 * compared with its index.
 * @throws CoreError `compression/corrupt`, `compression/checksum`, `compression/truncated`, `compression/unsupported`, `bytes/limit`.
 * @see https://tukaani.org/xz/xz-file-format-1.2.1.txt
 */
export function createUnxz(sink: Sink, options: UnxzOptions = {}): Decompressor {
  const { resume } = options;
  const intake = new XzIntake(resume?.in ?? 0);
  const blocks = new XzBlockReader(intake, { sink, options, fail });
  let betweenStreams = false;
  const steps = streams();
  let wanted = next(new Uint8Array(0));

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; at += APPEND_BYTES) {
        intake.append(chunk.subarray(at, at + APPEND_BYTES));
        for (let bytes = intake.peek(wanted); bytes !== undefined; bytes = intake.peek(wanted)) {
          wanted = next(bytes);
        }
      }
    },
    end() {
      if (betweenStreams && intake.waiting === 0) return;
      fail("compression/truncated", "the bytes end in the middle of a stream");
    },
  };

  /** How many bytes are wanted next: never enough once the machine is dead. */
  function next(bytes: Uint8Array): number {
    const step = steps.next(bytes);
    return step.done === true ? Number.POSITIVE_INFINITY : step.value;
  }

  function* streams(): Steps<never> {
    if (resume !== undefined) {
      yield* stream(resume.state ?? 0, undefined);
      yield* padding();
    }
    for (;;) {
      const header = yield STREAM_HEADER_BYTES;
      const check = decodeStreamHeader(header);
      if (typeof check === "string") fail("compression/corrupt", check);
      intake.skip(STREAM_HEADER_BYTES);
      yield* stream(check, new BlockSizes());
      yield* padding();
    }
  }

  /** Reads a stream from after its header to its end; `seen` is what to compare its index with, where that can be done. */
  function* stream(check: number, seen: BlockSizes | undefined): Steps<void> {
    blocks.useCheck(check);
    for (let block = 0; (yield 1)[0] !== 0; block++) {
      const sizes = yield* blocks.read(seen === undefined && block === 0);
      seen?.add(sizes.unpadded, sizes.uncompressed);
    }
    const indexBytes = yield* index(seen);
    const footer = decodeStreamFooter(yield 12);
    if (typeof footer === "string") fail("compression/corrupt", footer);
    if (footer.check !== check) {
      fail(
        "compression/corrupt",
        `the footer says check ${footer.check}, expected ${check} as in the header`,
      );
    }
    if (footer.indexBytes !== indexBytes) {
      fail(
        "compression/corrupt",
        `the footer says ${footer.indexBytes} bytes of index, expected ${indexBytes}`,
      );
    }
    intake.skip(12);
  }

  /** Reads the index and gives its size. */
  function* index(seen: BlockSizes | undefined): Steps<number> {
    const start = intake.offset;
    let crc = 0;
    function* byte(): Steps<number> {
      const bytes = yield 1;
      crc = crc32(crc, bytes);
      intake.skip(1);
      return bytes[0]!;
    }
    function* number(): Steps<number> {
      let value = 0;
      for (let place = 0; ; place++) {
        const digit = addDigit(value, yield* byte(), place);
        value = digit.value;
        if (digit.done) break;
      }
      return Number.isNaN(value) ? fail("compression/corrupt", "a number in the index is malformed") : value;
    }
    yield* byte();
    const count = yield* number();
    if (seen !== undefined && count !== seen.count) {
      fail("compression/corrupt", `the index lists ${count} blocks, expected ${seen.count}`);
    }
    const listed = new BlockSizes();
    for (let record = 0; record < count; record++) listed.add(yield* number(), yield* number());
    if (seen !== undefined && !listed.equals(seen)) {
      fail("compression/corrupt", "the index does not list the sizes that its blocks have");
    }
    while ((intake.offset - start) % 4 !== 0) {
      if ((yield* byte()) !== 0) fail("compression/corrupt", "the index is not padded with zeros");
    }
    const found = crc;
    const expected = uint32(yield 4, 0);
    if (found !== expected) fail("compression/checksum", crcText("the index", found, expected));
    intake.skip(4);
    return intake.offset - start;
  }

  /** Skips zeros between streams, which come by fours. */
  function* padding(): Steps<void> {
    betweenStreams = true;
    while (uint32(yield 4, 0) === 0) intake.skip(4);
    betweenStreams = false;
  }

  function fail(code: ErrorCode, what: string): never {
    throw decodeError(code, { format: "xz", offset: intake.offset }, what);
  }
}
