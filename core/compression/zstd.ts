import { CoreError } from "../error.ts";
import {
  type Decompressor,
  type DecompressorOptions,
  decodeError,
  type Sink,
  WINDOW_LIMIT,
} from "./decompressor.ts";
import { Xxh64 } from "./xxh64.ts";
import { ZstdBlocks } from "./zstd-block.ts";
import { decodeFrameHeader, type FrameHeader, frameHeaderSize } from "./zstd-frame.ts";
import { BLOCK_LIMIT, ZstdInput } from "./zstd-input.ts";
import { ZstdOutput } from "./zstd-output.ts";

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** lz4 has the same skippable frames, so sniffing may take it for zstd. */
const LZ4_MAGIC = 0x184d2204;

/** What the piece being gathered is. */
type Piece = "magic" | "skipSize" | "descriptor" | "header" | "blockHeader" | "block" | "checksum";

/**
 * Decompresses zstd: any number of frames, skippable ones ignored, checksums and announced sizes checked. Points: every frame. Holds the window of
 * a frame (once its output is that large) and up to 32 MiB more.
 * @throws CoreError from the machine: `compression/corrupt`, `compression/checksum`, `compression/truncated`, `compression/unsupported` (a
 * dictionary, a window over the limit), `bytes/limit`.
 * @see RFC 8878
 */
export function createUnzstd(sink: Sink, options: DecompressorOptions = {}): Decompressor {
  const { resume, onPoint } = options;
  const windowLimit = options.windowLimit ?? WINDOW_LIMIT;
  const hash = new Xxh64();
  const input = new ZstdInput(resume?.in ?? 0);
  const blocks = new ZstdBlocks();
  let frame: FrameHeader = { window: 0, size: undefined, hasChecksum: false, dictionary: 0 };
  const output = new ZstdOutput({
    out: resume?.out ?? 0,
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    offsetIn: () => input.offset,
    sink(bytes) {
      if (frame.hasChecksum) hash.update(bytes);
      sink(bytes);
    },
  });
  let piece: Piece = "magic";
  let size = 4;
  /** Bytes still to be skipped before the next piece. */
  let skip = 0;
  let frameAt = output.offset;
  let blockType = 0;
  let rleSize = 0;
  let lastBlock = false;
  let frames = 0;

  const want = (next: Piece, bytes: number): void => {
    input.next();
    piece = next;
    size = bytes;
  };
  const unsupported = (what: string): CoreError =>
    decodeError("compression/unsupported", { format: "zstd", offset: input.offset }, what);

  const endFrame = (): void => {
    const found = output.offset - frameAt;
    if (frame.size !== undefined && found !== frame.size) {
      const where = { format: "zstd", offset: input.offset + input.to - input.from };
      throw decodeError("compression/checksum", where, `frame size is ${found}, expected ${frame.size}`);
    }
    frames++;
    want("magic", 4);
  };

  const blockLimit = (): number => Math.min(frame.window, BLOCK_LIMIT);

  const runBlock = (): void => {
    const { bytes, from, to } = input;
    if (blockType === 2) {
      blocks.decode(input, output, blockLimit());
    } else {
      const count = blockType === 0 ? to - from : rleSize;
      output.reserve();
      if (blockType === 0) output.bytes.set(bytes.subarray(from, to), output.op);
      else output.bytes.fill(bytes[from]!, output.op, output.op + count);
      output.op += count;
    }
    if (frame.size !== undefined && output.offset - frameAt > frame.size) {
      throw input.corrupt(`frame decodes to more than the ${frame.size} bytes it announced`);
    }
    afterBlock();
  };

  const afterBlock = (): void => {
    if (!lastBlock) return want("blockHeader", 3);
    output.flush();
    if (frame.hasChecksum) return want("checksum", 4);
    return endFrame();
  };

  const pieces: Readonly<Record<Piece, () => void>> = {
    magic() {
      const magic = input.view.getUint32(input.from, true);
      if (magic === MAGIC) {
        frameAt = output.offset;
        onPoint?.({ out: frameAt, in: input.offset, bits: 0 });
        return want("descriptor", 1);
      }
      if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) return want("skipSize", 4);
      if (magic === LZ4_MAGIC) throw unsupported("frame is lz4, expected zstd");
      throw input.corrupt(`frame magic is 0x${magic.toString(16).padStart(8, "0")}, expected 0xfd2fb528`);
    },
    skipSize() {
      skip = input.view.getUint32(input.from, true);
      frames++;
      want("magic", 4);
    },
    descriptor() {
      size = frameHeaderSize(input.bytes[input.from]!);
      piece = "header";
    },
    header() {
      frame = decodeFrameHeader(input);
      if (frame.dictionary !== 0) throw unsupported(`frame needs dictionary ${frame.dictionary}`);
      if (frame.window > windowLimit) {
        throw unsupported(`frame window is ${frame.window} bytes, expected at most ${windowLimit}`);
      }
      hash.reset();
      blocks.begin();
      output.begin(frame.window);
      want("blockHeader", 3);
    },
    blockHeader() {
      const { bytes, from } = input;
      const head = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16);
      lastBlock = (head & 1) === 1;
      blockType = (head >> 1) & 3;
      const bytesOf = head >>> 3;
      if (blockType === 3) throw input.corrupt("block type is 3, expected 0 to 2");
      if (bytesOf > blockLimit()) {
        throw input.corrupt(`block size is ${bytesOf}, expected at most ${blockLimit()}`);
      }
      rleSize = bytesOf;
      want("block", blockType === 1 ? 1 : bytesOf);
    },
    block: runBlock,
    checksum() {
      const found = hash.low32();
      const expected = input.view.getUint32(input.from, true);
      if (found !== expected) {
        const where = { format: "zstd", offset: input.offset };
        throw decodeError(
          "compression/checksum",
          where,
          `checksum is ${hex(found)}, expected ${hex(expected)}`,
        );
      }
      endFrame();
    },
  };

  return {
    push(chunk) {
      let at = 0;
      for (;;) {
        if (skip > 0) {
          const skipped = Math.min(skip, chunk.length - at);
          at += skipped;
          skip -= skipped;
          input.offset += skipped;
        }
        if (skip > 0) break;
        at += input.gather(chunk, at, size);
        if (input.to - input.from < size) break;
        pieces[piece]();
      }
      output.flush();
    },
    end() {
      if (piece === "magic" && input.to === input.from && skip === 0 && frames > 0) return;
      throw decodeError(
        "compression/truncated",
        { format: "zstd", offset: input.offset + input.to - input.from },
        frames > 0 ? `stream ends inside frame ${frames} (counting from 0)` : "stream ends too early",
      );
    },
  };
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");
