import { crc32 } from "./crc32.ts";
import { type Decompressor, type DecompressorOptions, decodeError, type Sink } from "./decompressor.ts";
import { Inflater } from "./inflate.ts";
import { BitInput } from "./input.ts";

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

/** A {@link DecompressorOptions.resume} with this state is the start of a member, with 1 the start of a block inside one. */
const INSIDE = 1;

type Stage =
  | "fixed"
  | "extraSize"
  | "extra"
  | "name"
  | "comment"
  | "headCrc"
  | "body"
  | "trailer"
  | "after"
  | "ignored";

/**
 * Decompresses gzip: any number of members back to back, then zeros, then anything else, which is ignored as GNU gzip does. Checks every
 * member's CRC-32 and size. Points: every member and every deflate block.
 * @throws CoreError from the machine: `compression/corrupt`, `compression/checksum`, `compression/truncated`, `bytes/limit`.
 * @see RFC 1952
 */
export function createGunzip(sink: Sink, options: DecompressorOptions = {}): Decompressor {
  const { resume, onPoint } = options;
  const input = new BitInput(resume?.in, resume?.bits);
  let crc = 0;
  let start = resume?.out ?? 0;
  let whole = true;
  let members = 0;

  const inflater = new Inflater({
    input,
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    out: start,
    window: resume?.window,
    sink(bytes) {
      if (whole) crc = crc32(crc, bytes);
      sink(bytes);
    },
    onBlock:
      onPoint &&
      ((at, window) =>
        onPoint({ out: inflater.offset, in: input.offset(at), bits: at & 7, window, state: INSIDE })),
  });

  let stage: Stage = "fixed";
  let flags = 0;
  let headCrc = 0;
  let extra = 0;
  if (resume?.state === INSIDE) {
    whole = false;
    stage = "body";
    inflater.begin(true);
  }

  const fail = (what: string) =>
    decodeError("compression/corrupt", { format: "gzip", offset: input.offset() }, what);
  const take = (count: number): Uint8Array => {
    const from = input.at >>> 3;
    input.at += count * 8;
    const bytes = input.bytes.subarray(from, from + count);
    headCrc = crc32(headCrc, bytes);
    return bytes;
  };
  /** Takes a zero-terminated text, of any length; false when its end is not there yet. */
  const skipText = (): boolean => {
    const from = input.at >>> 3;
    const to = input.bytes.indexOf(0, from);
    const found = to >= 0 && to < input.end >>> 3;
    take(found ? to + 1 - from : input.left);
    return found;
  };

  /** Each stage does what it can and says whether to go on; false asks for more input. */
  const stages: Readonly<Record<Stage, () => boolean>> = {
    fixed() {
      if (input.left < 10) return false;
      const at = input.at >>> 3;
      const [magic0, magic1, method, flag] = input.bytes.subarray(at, at + 4);
      if (magic0 !== 0x1f || magic1 !== 0x8b) throw fail("gzip magic is missing");
      if (method !== 8) throw fail(`compression method is ${method}, expected 8`);
      if (flag! & 0xe0) throw fail(`reserved header flags are set: 0x${flag!.toString(16)}`);
      start = inflater.offset;
      if (onPoint && !(resume && start === resume.out)) {
        onPoint({ out: start, in: input.offset(), bits: 0 });
      }
      flags = flag!;
      headCrc = 0;
      crc = 0;
      take(10);
      stage = "extraSize";
      return true;
    },
    extraSize() {
      stage = "name";
      if ((flags & FEXTRA) === 0) return true;
      if (input.left < 2) {
        stage = "extraSize";
        return false;
      }
      const [low, high] = take(2);
      extra = low! | (high! << 8);
      stage = "extra";
      return true;
    },
    extra() {
      const count = Math.min(extra, input.left);
      take(count);
      extra -= count;
      if (extra > 0) return false;
      stage = "name";
      return true;
    },
    name() {
      if (flags & FNAME && !skipText()) return false;
      stage = "comment";
      return true;
    },
    comment() {
      if (flags & FCOMMENT && !skipText()) return false;
      stage = "headCrc";
      return true;
    },
    headCrc() {
      if (flags & FHCRC) {
        if (input.left < 2) return false;
        const expected = headCrc & 0xffff;
        const found = input.view.getUint16(input.at >>> 3, true);
        if (found !== expected) throw fail(`header CRC is ${found}, expected ${expected}`);
        take(2);
      }
      inflater.begin();
      stage = "body";
      return true;
    },
    body() {
      if (!inflater.run()) return false;
      inflater.flush();
      input.align();
      stage = "trailer";
      return true;
    },
    trailer() {
      if (input.left < 8) return false;
      const at = input.at >>> 3;
      const foundCrc = input.view.getUint32(at, true);
      const foundSize = input.view.getUint32(at + 4, true);
      if (whole) {
        const size = (inflater.offset - start) % 2 ** 32;
        const where = { format: "gzip", offset: input.offset() };
        if (foundCrc !== crc) {
          throw decodeError(
            "compression/checksum",
            where,
            `CRC-32 is ${hex(crc)}, expected ${hex(foundCrc)}`,
          );
        }
        if (foundSize !== size) {
          throw decodeError(
            "compression/checksum",
            where,
            `size is ${size} (mod 2^32), expected ${foundSize}`,
          );
        }
      }
      take(8);
      whole = true;
      members++;
      stage = "after";
      return true;
    },
    after() {
      const { bytes } = input;
      while (input.left > 0 && bytes[input.at >>> 3] === 0) input.at += 8;
      if (input.left === 0) return false;
      if (bytes[input.at >>> 3] === 0x1f) {
        if (input.left < 2) return false;
        if (bytes[(input.at >>> 3) + 1] === 0x8b) {
          stage = "fixed";
          return true;
        }
      }
      stage = "ignored";
      return true;
    },
    ignored() {
      input.at = input.end;
      return false;
    },
  };

  return {
    push(chunk) {
      for (let from = 0; from < chunk.length; ) {
        from += input.fill(chunk, from);
        while (stages[stage]());
      }
      inflater.flush();
    },
    end() {
      if (stage === "after" || stage === "ignored") return;
      throw decodeError(
        "compression/truncated",
        { format: "gzip", offset: input.offset(input.end) },
        members > 0 ? `stream ends inside member ${members} (counting from 0)` : "stream ends too early",
      );
    },
  };
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");
