import { CoreError, type ErrorCode } from "../error.ts";
import { type DecompressorOptions, type Sink, WINDOW_LIMIT } from "./decompressor.ts";
import { chunkHeadLength, chunkLength, Lzma2Decoder } from "./lzma2.ts";
import { type BlockCheck, checkSize, isKnownCheck, newCheck, type Sha256Hasher } from "./xz-check.ts";
import { makeStage, type Stage } from "./xz-filter.ts";
import { decodeBlockHeader, dictionarySize, LZMA2, type XzBlockHeader } from "./xz-header.ts";
import type { Steps, XzIntake } from "./xz-intake.ts";

/** What the blocks of a file share. */
interface XzBlockContext {
  readonly sink: Sink;
  readonly options: DecompressorOptions & { readonly newHasher?: (() => Sha256Hasher) | undefined };
  readonly fail: (code: ErrorCode, what: string) => never;
}

/** Reads blocks, one after another, and hands on what they decode to. */
export class XzBlockReader {
  readonly #intake: XzIntake;
  readonly #context: XzBlockContext;
  #checkKind = 0;
  #check: BlockCheck | undefined;
  #out: number;
  /** Kept from block to block, since most files use one dictionary size and it is the memory that counts. */
  #decoder: { readonly dictionary: number; readonly lzma2: Lzma2Decoder } | undefined;
  #stage: Stage | undefined;

  constructor(intake: XzIntake, context: XzBlockContext) {
    this.#intake = intake;
    this.#context = context;
    this.#out = context.options.resume?.out ?? 0;
  }

  /** Begins a stream whose blocks have this kind of check. */
  useCheck(kind: number): void {
    if (!isKnownCheck(kind)) this.#context.fail("compression/unsupported", `check ${kind} is not known`);
    this.#checkKind = kind;
  }

  /** Reads a block and gives its sizes, as the index lists them. It is a point unless it is the one `resumed` at. */
  *read(resumed: boolean): Steps<{ readonly unpadded: number; readonly uncompressed: number }> {
    const intake = this.#intake;
    const { options, fail } = this.#context;
    const start = intake.offset;
    const outStart = this.#out;
    if (!resumed) options.onPoint?.({ out: outStart, in: start, bits: 0, state: this.#checkKind });

    const headerBytes = ((yield 1)[0]! + 1) * 4;
    const header = decodeBlockHeader(yield headerBytes);
    if (typeof header === "string") return fail("compression/corrupt", header);
    const lzma2 = this.#open(header);
    intake.skip(headerBytes);
    this.#check = newCheck(this.#checkKind, options.newHasher);

    yield* this.#chunks(lzma2);
    this.#stage!.end();
    const compressed = intake.offset - start - headerBytes;
    this.#compareSize("compressed", compressed, header.compressed);
    const uncompressed = this.#out - outStart;
    this.#compareSize("uncompressed", uncompressed, header.uncompressed);

    const padding = -compressed & 3;
    if (padding > 0 && (yield padding).some((byte) => byte !== 0)) {
      fail("compression/corrupt", "a block is not padded with zeros");
    }
    intake.skip(padding);
    const size = checkSize(this.#checkKind);
    if (size > 0) this.#compareCheck(yield size);
    intake.skip(size);
    return { unpadded: headerBytes + compressed + size, uncompressed };
  }

  *#chunks(lzma2: Lzma2Decoder): Steps<void> {
    const intake = this.#intake;
    for (;;) {
      const control = (yield 1)[0]!;
      const headLength = chunkHeadLength(control);
      if (headLength === undefined) {
        this.#context.fail("compression/corrupt", `an LZMA2 chunk begins with ${control}`);
      }
      const length = chunkLength(yield headLength);
      if (control !== 0) {
        const flaw = lzma2.decode(yield length);
        if (flaw !== undefined) this.#context.fail("compression/corrupt", flaw);
      }
      intake.skip(length);
      if (control === 0) return;
    }
  }

  /** Builds the chain of a block: LZMA2, then its other filters from last to first, then the check and the sink. */
  #open(header: XzBlockHeader): Lzma2Decoder {
    const { fail, options } = this.#context;
    let stage: Stage = { push: (bytes) => this.#deliver(bytes), end() {} };
    for (const filter of header.filters.slice(0, -1)) {
      const made = makeStage(filter, stage);
      if ("unsupported" in made)
        return fail("compression/unsupported", `${made.unsupported} is not supported`);
      if ("corrupt" in made) return fail("compression/corrupt", made.corrupt);
      stage = made;
    }
    this.#stage = stage;

    const last = header.filters.at(-1)!;
    if (last.id !== LZMA2) {
      return fail(
        "compression/unsupported",
        `the last filter is 0x${last.id.toString(16)}, expected LZMA2 (0x21)`,
      );
    }
    const dictionary = dictionarySize(last.properties);
    if (dictionary === undefined)
      return fail("compression/corrupt", "the dictionary size of LZMA2 is malformed");
    const limit = options.windowLimit ?? WINDOW_LIMIT;
    if (dictionary > limit) {
      return fail(
        "compression/unsupported",
        `it wants a dictionary of ${dictionary} bytes, expected at most ${limit}`,
      );
    }
    if (this.#decoder?.dictionary !== dictionary) {
      this.#decoder = {
        dictionary,
        lzma2: new Lzma2Decoder(dictionary, (bytes) => this.#stage!.push(bytes)),
      };
    }
    this.#decoder.lzma2.restart();
    return this.#decoder.lzma2;
  }

  #deliver(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const limit = this.#context.options.limit ?? Number.POSITIVE_INFINITY;
    this.#out += bytes.length;
    if (this.#out > limit) {
      const { offset } = this.#intake;
      throw new CoreError(
        "bytes/limit",
        `Cannot read xz at byte ${offset}: it decompresses to more than ${limit} bytes`,
        { limit },
      );
    }
    this.#check?.update(bytes);
    this.#context.sink(bytes);
  }

  #compareSize(what: string, found: number, expected: number | undefined): void {
    if (expected === undefined || found === expected) return;
    this.#context.fail("compression/corrupt", `${what} size of a block is ${found}, expected ${expected}`);
  }

  #compareCheck(stored: Uint8Array): void {
    const found = this.#check?.digest();
    if (found === undefined || found.every((byte, at) => byte === stored[at])) return;
    const hex = (bytes: Uint8Array): string =>
      Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#context.fail("compression/checksum", `check of a block is ${hex(found)}, expected ${hex(stored)}`);
  }
}
