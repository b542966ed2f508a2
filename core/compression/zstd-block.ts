import { BLOCK_LIMIT, type ZstdInput } from "./zstd-input.ts";
import { ZstdLiterals } from "./zstd-literals.ts";
import type { ZstdOutput } from "./zstd-output.ts";
import { SequenceTables } from "./zstd-sequences.ts";

/** Copies longer than this go through the engine's own block copy; shorter ones are faster word by word. */
const LONG = 256;

/**
 * Decodes compressed blocks of zstd frames: literals, then sequences of (literals, match). Holds 300 KiB.
 * @see RFC 8878 section 3.1.1.3
 */
export class ZstdBlocks {
  readonly #literals = new ZstdLiterals();
  readonly #tables = new SequenceTables();
  /** The three offsets used last: RFC 8878 section 3.1.1.5. */
  readonly #recent = Int32Array.of(1, 4, 8);

  /** Begins a frame. */
  begin(): void {
    this.#literals.reset();
    this.#tables.reset();
    this.#recent.set([1, 4, 8]);
  }

  /**
   * Decodes the block that is the gathered piece; `blockLimit` is the most it may decode to.
   * @throws CoreError `compression/corrupt`.
   */
  decode(input: ZstdInput, output: ZstdOutput, blockLimit: number): void {
    const { bytes, from, to } = input;
    if (from === to) throw input.corrupt("block ends before its literals");
    output.reserve();
    let at = this.#literals.read(input, from, to);
    if (at >= to) throw input.corrupt("block ends before its sequences", at);
    let count = bytes[at++]!;
    if (count === 255) {
      count = bytes[at]! + (bytes[at + 1]! << 8) + 0x7f00;
      at += 2;
    } else if (count >= 128) {
      count = ((count - 128) << 8) + bytes[at++]!;
    }
    const start = output.op;
    let used = 0;
    if (count > 0) {
      if (at >= to) throw input.corrupt("block ends before its sequences", at);
      used = this.#sequences(input, output, { at, count, outEnd: start + Math.min(blockLimit, BLOCK_LIMIT) });
    } else if (at !== to) {
      throw input.corrupt("block goes on after its literals", at);
    }
    const rest = this.#literals.size - used;
    if (output.op - start + rest > blockLimit) {
      throw input.corrupt(`block decodes to more than ${blockLimit} bytes`);
    }
    output.bytes.set(this.#literals.bytes.subarray(used, used + rest), output.op);
    output.op += rest;
  }

  /** Carries out `count` sequences whose tables begin at `at`; returns how many literals they used. */
  #sequences(
    input: ZstdInput,
    output: ZstdOutput,
    block: { readonly at: number; readonly count: number; readonly outEnd: number },
  ): number {
    const tables = this.#tables.read(input, { from: block.at, to: input.to });
    const source = input.view;
    const literalTable = tables.literals.table;
    const offsetTable = tables.offsets.table;
    const matchTable = tables.matches.table;
    const literals = this.#literals.view;
    const literalSize = this.#literals.size;
    const out = output.view;
    const { outEnd } = block;
    let recent0 = this.#recent[0]!;
    let recent1 = this.#recent[1]!;
    let recent2 = this.#recent[2]!;
    let op = output.op;
    let lit = 0;

    const last = input.to > tables.end ? source.getUint8(input.to - 1) : 0;
    if (last === 0) throw input.corrupt("sequences have no final bit", input.to);
    const start = tables.end * 8;
    let at = input.to * 8 - 8 + (31 - Math.clz32(last));
    at -= tables.literals.log;
    let literalState = (source.getInt32(at >>> 3, true) >> (at & 7)) & ((1 << tables.literals.log) - 1);
    at -= tables.offsets.log;
    let offsetState = (source.getInt32(at >>> 3, true) >> (at & 7)) & ((1 << tables.offsets.log) - 1);
    at -= tables.matches.log;
    let matchState = (source.getInt32(at >>> 3, true) >> (at & 7)) & ((1 << tables.matches.log) - 1);

    const wideStates = tables.literals.log + tables.matches.log + tables.offsets.log > 25;

    for (let left = block.count; left > 0; left--) {
      if (at < start) throw input.corrupt("sequences are cut short", tables.end);
      const offsetCode = offsetTable[2 * offsetState + 1]!;
      const matchCode = matchTable[2 * matchState + 1]!;
      const literalCode = literalTable[2 * literalState + 1]!;
      const matchBits = matchCode >> 20;
      const literalBits = literalCode >> 20;
      let length = matchCode & 0xfffff;
      let run = literalCode & 0xfffff;
      let offset: number;
      if (offsetCode + matchBits + literalBits <= 25) {
        at -= offsetCode + matchBits + literalBits;
        let hold = source.getInt32(at >>> 3, true) >> (at & 7);
        run += hold & ((1 << literalBits) - 1);
        hold >>= literalBits;
        length += hold & ((1 << matchBits) - 1);
        hold >>= matchBits;
        offset = (1 << offsetCode) + (hold & ((1 << offsetCode) - 1));
      } else {
        const high = offsetCode > 16 ? offsetCode - 16 : 0;
        const low = offsetCode - high;
        at -= high;
        offset = (1 << high) + ((source.getInt32(at >>> 3, true) >> (at & 7)) & ((1 << high) - 1));
        at -= low;
        offset = (offset << low) + ((source.getInt32(at >>> 3, true) >> (at & 7)) & ((1 << low) - 1));
        // Code 31 is past 2^31: below zero here, where it must not be taken for one of the offsets used last.
        if (offset < 0)
          throw input.corrupt(`offset is ${offset >>> 0}, expected at most ${op + run}`, tables.end);
        at -= matchBits;
        length += (source.getInt32(at >>> 3, true) >> (at & 7)) & ((1 << matchBits) - 1);
        at -= literalBits;
        run += (source.getInt32(at >>> 3, true) >> (at & 7)) & ((1 << literalBits) - 1);
      }

      if (offset > 3) {
        offset -= 3;
        recent2 = recent1;
        recent1 = recent0;
        recent0 = offset;
      } else {
        if (run === 0) offset++;
        if (offset === 1) {
          offset = recent0;
        } else {
          const which = offset;
          offset = which === 2 ? recent1 : which === 3 ? recent2 : recent0 - 1;
          if (which !== 2) recent2 = recent1;
          recent1 = recent0;
          recent0 = offset;
        }
      }

      if (left > 1) {
        const literalNext = literalTable[2 * literalState]!;
        const matchNext = matchTable[2 * matchState]!;
        const offsetNext = offsetTable[2 * offsetState]!;
        let bits = offsetNext >> 16;
        at -= (literalNext >> 16) + (matchNext >> 16) + bits;
        let hold = source.getInt32(at >>> 3, true) >> (at & 7);
        offsetState = (offsetNext & 0xffff) + (hold & ((1 << bits) - 1));
        hold >>= bits;
        bits = matchNext >> 16;
        matchState = (matchNext & 0xffff) + (hold & ((1 << bits) - 1));
        hold >>= bits;
        bits = literalNext >> 16;
        if (wideStates)
          hold =
            source.getInt32((at + (offsetNext >> 16) + (matchNext >> 16)) >>> 3, true) >>>
            ((at + (offsetNext >> 16) + (matchNext >> 16)) & 7);
        literalState = (literalNext & 0xffff) + (hold & ((1 << bits) - 1));
      }

      if (lit + run > literalSize)
        throw input.corrupt("sequences want more literals than there are", tables.end);
      const matchAt = op + run;
      const end = matchAt + length;
      if (end > outEnd)
        throw input.corrupt(`block decodes to more than ${outEnd - output.op} bytes`, tables.end);
      if (run > LONG) {
        output.bytes.set(this.#literals.bytes.subarray(lit, lit + run), op);
      } else {
        out.setInt32(op, literals.getInt32(lit, true), true);
        out.setInt32(op + 4, literals.getInt32(lit + 4, true), true);
        for (let more = 8; more < run; more += 4) {
          out.setInt32(op + more, literals.getInt32(lit + more, true), true);
        }
      }
      lit += run;
      op = matchAt;

      let from = op - offset;
      if (from < 0 || offset <= 0)
        throw input.corrupt(`offset is ${offset >>> 0}, expected at most ${op}`, tables.end);
      if (length > LONG && offset >= length) {
        output.bytes.copyWithin(op, from, from + length);
      } else {
        if (offset < 4) {
          out.setUint8(op, out.getUint8(from));
          out.setUint8(op + 1, out.getUint8(from + 1));
          out.setUint8(op + 2, out.getUint8(from + 2));
          out.setUint8(op + 3, out.getUint8(from + 3));
          op += 4;
          from = op - (offset === 3 ? 6 : 4);
        }
        out.setInt32(op, out.getInt32(from, true), true);
        out.setInt32(op + 4, out.getInt32(from + 4, true), true);
        for (op += 8, from += 8; op < end; op += 4, from += 4)
          out.setInt32(op, out.getInt32(from, true), true);
      }
      op = end;
    }
    if (at !== start) throw input.corrupt("sequences do not end where their bits do", tables.end);
    output.op = op;
    this.#recent[0] = recent0;
    this.#recent[1] = recent1;
    this.#recent[2] = recent2;
    return lit;
  }
}
